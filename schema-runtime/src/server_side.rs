//! The part of a backfill that the server can do by itself: which pipeline upgrades which documents, and why not the
//! others.
//!
//! A step whose fields are renamed, added, removed or carried as they are needs no conversion by the types: an aggregation
//! pipeline says the same. What the types would do is known from the history of the chain and from the Rust types of
//! its fields. It is never guessed at:
//!
//! - a version from which some field takes another way has an [`Obstacle`], and its documents are left to the client;
//! - a document of another version is changed only if it is certain that the conversion would store the same.
//!   All others are left to the client as well, which has the exact words for what is wrong with them.
//!
//! So the server's pass is a shortcut before the client's, never instead of it:
//!
//! ```text
//! history, types -> lineage.rs -> trial.rs -> admission.rs, pipeline.rs
//!                   where each    what is     which documents, and
//!                   field is      constant    what becomes of them
//!                   from
//! ```

mod admission;
mod lineage;
mod pipeline;
mod trial;

use std::fmt;

use bson::{Bson, Document};
use schema_core::{DecodeOwned, Unversioned, history::Version};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use self::{admission::Admission, lineage::Lineage, pipeline::pipeline, trial::Trial};
pub use crate::trace::Obstacle;
use crate::{census::Census, trace::addressable};

/// What the server can upgrade by itself in the chain of a document type, and what it cannot.
///
/// Its `Display` is a line for each; it also serializes.
///
/// ```
/// use schema_runtime::{VersionedDocument, server_side::ServerSide};
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1)]
/// struct UserV1 {
///     mail: String,
/// }
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 2, previous = UserV1)]
/// struct UserV2 {
///     #[versioned(from = mail, with = |mail| mail.to_lowercase())]
///     mail: String,
/// }
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 3, previous = UserV2)]
/// struct UserV3 {
///     #[versioned(from = mail)]
///     login: String,
///     #[versioned(added = true)]
///     active: bool,
/// }
///
/// assert_eq!(
///     ServerSide::of::<UserV3>().to_string(),
///     "\
/// inside the server: version 2
/// by the client: version 1, because `mail` of version 2 is made by the function `|mail| mail.to_lowercase()`
/// "
/// );
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ServerSide {
    passes: Vec<Pass>,
    obstacles: Vec<(u32, Obstacle)>,
}

/// One update of many documents.
///
/// To be run as `updateMany` of the filter and, for a part of the collection, a range of `_id`, with a hint on that index:
/// the conditions on other fields are none to search by. What it matches is upgraded. The server ends such a command at the first document that it refuses
/// (a unique index, a validator, the size); what it has changed by then is right, and the rest is the client's. Servers
/// before 5.0 refuse the command as a whole: they do not know all of its expressions.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Pass {
    /// The documents that it is for.
    pub stored: Stored,
    /// Which of them it looks at.
    pub filter: Document,
    /// What it makes of them.
    pub pipeline: Vec<Document>,
}

/// Documents by the version that they say they have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stored {
    /// They say this version.
    Version(u32),
    /// They say none, and are read as this one.
    Unversioned(u32),
}

impl ServerSide {
    /// What the chain that ends at `T` says.
    #[must_use]
    pub fn of<T: DecodeOwned>() -> Self {
        let mut found = Self { passes: Vec::new(), obstacles: Vec::new() };
        // The oldest first, as a census counts.
        let mut older: Vec<&'static Version> = T::HISTORY.versions().skip(1).collect();
        older.reverse();
        for version in older {
            match passes::<T>(version) {
                Ok(passes) => found.passes.extend(passes),
                Err(obstacle) => found.obstacles.push((version.version, obstacle)),
            }
        }
        found
    }

    /// What the server can do, the oldest version first.
    #[must_use]
    pub fn passes(&self) -> &[Pass] {
        &self.passes
    }

    /// The versions of which the server can upgrade no document, and why.
    #[must_use]
    pub fn obstacles(&self) -> &[(u32, Obstacle)] {
        &self.obstacles
    }

    /// As far as it is about documents that there are.
    pub(crate) fn about(mut self, census: &Census) -> Self {
        self.passes.retain(|pass| pass.stored.count_in(census) > 0);
        self.obstacles.retain(|(version, _)| {
            Stored::Version(*version).count_in(census) + Stored::Unversioned(*version).count_in(census) > 0
        });
        self
    }
}

impl Stored {
    /// How many of these documents there are.
    pub(crate) fn count_in(self, census: &Census) -> u64 {
        match self {
            Self::Version(version) => census.versions.get(&version).copied().unwrap_or(0),
            Self::Unversioned(version) if census.unversioned_are == Some(version) => census.unversioned,
            Self::Unversioned(_) => 0,
        }
    }
}

fn passes<T: DecodeOwned>(version: &'static Version) -> Result<Vec<Pass>, Obstacle> {
    addressable(version.version, T::CHAIN.version_field)?;
    if let Some(kind) = T::CHAIN.kind {
        addressable(version.version, kind.key)?;
        // Before there were kinds, it may have been a field.
        if version.knows(kind.key) {
            return Err(Obstacle::Kind { version: version.version, field: kind.key });
        }
    }
    let lineage = Lineage::of::<T>(version)?;
    let trial = Trial::of::<T>(version.version, &lineage)?;
    let mut stored = vec![Stored::Version(version.version)];
    if T::CHAIN.unversioned == Unversioned::Version(version.version) {
        stored.push(Stored::Unversioned(version.version));
    }
    let pass = |stored| {
        let admission = Admission {
            lineage: &lineage,
            stored,
            version_field: T::CHAIN.version_field,
            kind: T::CHAIN.kind,
        };
        Pass { stored, filter: admission.filter(), pipeline: pipeline(&admission, &trial) }
    };
    Ok(stored.into_iter().map(pass).collect())
}

/// What every document of that version gets under a name that is added to all of them, if it is written.
///
/// # Errors
///
/// What keeps the conversion from being tried.
pub(crate) fn constant<T: DecodeOwned>(
    version: &'static Version,
    name: &str,
) -> Result<Option<Bson>, Obstacle> {
    let lineage = Lineage::of::<T>(version)?;
    Ok(Trial::of::<T>(version.version, &lineage)?.constant(name).cloned())
}

impl fmt::Display for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => write!(f, "version {version}"),
            Self::Unversioned(version) => write!(f, "no version, read as version {version}"),
        }
    }
}

impl fmt::Display for ServerSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for pass in &self.passes {
            writeln!(f, "inside the server: {}", pass.stored)?;
        }
        for (version, obstacle) in &self.obstacles {
            writeln!(f, "by the client: version {version}, because {obstacle}")?;
        }
        Ok(())
    }
}

impl Serialize for ServerSide {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct ByClient {
            version: u32,
            because: String,
        }

        let passes: Vec<String> = self.passes.iter().map(|pass| pass.stored.to_string()).collect();
        let obstacles = self.obstacles.iter();
        let obstacles: Vec<_> = obstacles
            .map(|(version, obstacle)| ByClient { version: *version, because: obstacle.to_string() })
            .collect();
        let mut fields = serializer.serialize_struct("ServerSide", 2)?;
        fields.serialize_field("insideServer", &passes)?;
        fields.serialize_field("byClient", &obstacles)?;
        fields.end()
    }
}
