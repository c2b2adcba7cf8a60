//! What no version from the stored one on knows, gathered beside the document that is decoded.

#![allow(missing_docs, reason = "only generated code names these items")]

use serde::Deserializer;

use crate::{
    decode::Fault,
    document::{Observe, VersionedDocument},
    history::Version,
    unknown::Unknown,
};

/// Decodes the body of a document of version `stored`, and keeps what `T` and the versions before it, down to that one, do
/// not know of it.
#[inline]
pub fn gather<'de, T: VersionedDocument, D: Deserializer<'de>, O: Observe, V>(
    stored: u32,
    body: D,
    observer: &mut O,
    decode: impl FnOnce(D, &mut O) -> Result<V, Fault<D::Error>>,
) -> Result<(V, Unknown), Fault<D::Error>> {
    let known = Known { newest: T::HISTORY, stored, version_field: T::CHAIN.version_field };
    let value = decode(body, observer)?;
    let gathers = known.is_stored() || !known.is_kept_before();
    let unknown = if gathers {
        observer.origin().unknown(|name| known.knows(name)).map_err(Fault::Body)?
    } else {
        Unknown::new()
    };
    Ok((value, unknown))
}

#[derive(Debug, Clone, Copy)]
struct Known {
    newest: &'static Version,
    stored: u32,
    version_field: &'static str,
}

impl Known {
    fn knows(&self, name: &str) -> bool {
        let mut versions = self.newest.versions().take_while(|version| version.version >= self.stored);
        name == self.version_field || versions.any(|version| version.knows(name))
    }

    /// Whether the stored version is the one that asks.
    fn is_stored(&self) -> bool {
        self.newest.version == self.stored
    }

    /// Whether the version before the one that asks keeps what is unknown, and hands it on.
    fn is_kept_before(&self) -> bool {
        self.newest.previous.is_some_and(Version::keeps_unknown)
    }
}
