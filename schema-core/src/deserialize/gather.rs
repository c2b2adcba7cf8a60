//! What no version from the stored one on knows, gathered beside the document that is decoded.

#![allow(missing_docs, reason = "only generated code names these items")]

use serde::de::Error;

use crate::{
    decode::{Fault, decoded, upgraded},
    document::{Observe, VersionedDocument},
    history::Version,
    unknown::Unknown,
    upgrade::UpgradeError,
};

/// [`decoded`] for a version that keeps what it does not know, in its `slot`.
#[inline]
pub fn decoded_keeping<T: VersionedDocument, O: Observe, E: Error>(
    stored: u32,
    body: Result<T, E>,
    observer: &mut O,
    slot: impl FnOnce(&mut T) -> &mut Unknown,
) -> Result<T, Fault<E>> {
    let mut document = body.map_err(Fault::Body)?;
    *slot(&mut document) = gather::<T, O, E>(stored, observer)?;
    decoded(Ok(document), observer)
}

/// [`upgraded`] for the first version that keeps what it does not know: nobody has kept it so far.
#[inline]
pub fn upgraded_keeping<T: VersionedDocument, O: Observe, E: Error>(
    stored: u32,
    step: Result<T, UpgradeError>,
    observer: &mut O,
    slot: impl FnOnce(&mut T) -> &mut Unknown,
) -> Result<T, Fault<E>> {
    let mut document = step;
    if let Ok(document) = &mut document {
        let unknown = gather::<T, O, E>(stored, observer)?;
        slot(document).add_gathered(unknown, T::HISTORY);
    }
    upgraded(document, observer)
}

/// What `T` and the versions before it, down to the stored one, do not know of the document.
#[inline]
fn gather<T: VersionedDocument, O: Observe, E: Error>(
    stored: u32,
    observer: &O,
) -> Result<Unknown, Fault<E>> {
    let known = Known { newest: T::HISTORY, stored, stamps: T::CHAIN.stamps() };
    if known.is_stored() || !known.is_kept_before() {
        observer.origin().unknown(|name| known.knows(name)).map_err(Fault::Body)
    } else {
        Ok(Unknown::new())
    }
}

#[derive(Debug, Clone, Copy)]
struct Known {
    newest: &'static Version,
    stored: u32,
    stamps: [&'static str; 2],
}

impl Known {
    fn knows(&self, name: &str) -> bool {
        let mut versions = self.newest.versions().take_while(|version| version.version >= self.stored);
        self.stamps.contains(&name) || versions.any(|version| version.knows(name))
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
