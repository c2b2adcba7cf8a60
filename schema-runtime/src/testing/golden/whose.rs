//! Whose golden document it is.

use std::{collections::BTreeSet, fmt};

use bson::RawDocument;
use schema_core::history::Version;

/// A version's, or that of one variant of it where the version is an enum.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Whose {
    pub(super) version: u32,
    /// Under the name that is stored.
    pub(super) variant: Option<String>,
}

impl Whose {
    /// All that a version should have: one, or one for each variant that is written.
    pub(super) fn all(version: &Version) -> BTreeSet<Self> {
        let of =
            |variant: Option<&str>| Self { version: version.version, variant: variant.map(str::to_owned) };
        match version.variants {
            None => BTreeSet::from([of(None)]),
            Some(variants) => {
                let written = variants.list.iter().filter_map(|variant| variant.stored_as);
                written.map(|name| of(Some(name))).collect()
            }
        }
    }

    /// The one that this document is of.
    pub(super) fn of(document: &RawDocument, version: &Version) -> Self {
        let variant = version.variants.and_then(|variants| document.get_str(variants.tag).ok());
        Self { version: version.version, variant: variant.map(str::to_owned) }
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.variant {
            None => write!(f, "the document of version {}", self.version),
            Some(variant) => write!(f, "the document `{variant}` of version {}", self.version),
        }
    }
}
