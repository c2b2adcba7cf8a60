//! What no version from the stored one on knows, gathered while the document is decoded.
//!
//! On BSON bytes it is copied from the bytes, and the document is decoded as ever. Any other format hands out a value
//! only once, so there the unknown fields are taken out of the map on the way.

#![allow(missing_docs, reason = "only generated code names these items")]

use bson::Bson;
use serde::de::{Deserializer, Error, MapAccess};

use super::sieve::{Sieve, Take};
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
    decode: impl FnOnce(Sieve<D, Gather<'_>>, &mut O) -> Result<V, Fault<D::Error>>,
) -> Result<(V, Unknown), Fault<D::Error>> {
    let known = Known { newest: T::HISTORY, stored, version_field: T::CHAIN.version_field };
    let mut unknown = Unknown::new();
    let gathers = known.is_stored() || !known.is_kept_before();
    // A strict version refuses what it does not know, and has to see it.
    let from_map = gathers && observer.bytes().is_none() && !known.is_strict();
    let take = Gather { known, unknown: from_map.then_some(&mut unknown) };
    let value = decode(Sieve::new(body, take), observer)?;
    if let Some(bytes) = observer.bytes().filter(|_| gathers) {
        unknown = Unknown::of(bytes, |name| !known.knows(name))
            .ok_or_else(|| Fault::Body(D::Error::custom("the bytes are not a BSON document")))?;
    }
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

    fn is_strict(&self) -> bool {
        let stored = self.newest.at(self.stored);
        stored.is_some_and(|version| version.serde.contains(&"deny_unknown_fields"))
    }
}

/// Takes the unknown fields out of a map, if there is a place for them.
#[derive(Debug)]
pub struct Gather<'a> {
    known: Known,
    unknown: Option<&'a mut Unknown>,
}

impl<'de> Take<'de> for Gather<'_> {
    type Key = String;

    fn wants(&self, key: &str) -> Option<String> {
        (self.unknown.is_some() && !self.known.knows(key)).then(|| key.to_owned())
    }

    fn take<A: MapAccess<'de>>(&mut self, key: String, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value::<Bson>()?;
        match &mut self.unknown {
            Some(unknown) => unknown.append(key, value).map_err(A::Error::custom),
            None => Ok(()),
        }
    }
}
