//! What the types of a chain say about one stored document, beyond what they write.

use std::marker::PhantomData;

use bson::{Bson, Document, RawDocument, RawDocumentBuf};
use schema_core::{DecodeOwned, Decoded, decode_stored, encode, encode_at};

use super::carried::{carries_elements, carries_elements_back};
use crate::difference::{Path, Types};

pub(super) struct ChainTypes<'a, T> {
    pub(super) stored: &'a RawDocument,
    pub(super) stored_version: u32,
    /// What its version knows of it.
    pub(super) known: &'a RawDocumentBuf,
    /// What the chain makes of it.
    pub(super) unedited: &'a RawDocumentBuf,
    /// The same with an edit in it.
    pub(super) converted: &'a RawDocumentBuf,
    /// The version that it is taken back to, if it is.
    pub(super) at: Option<u32>,
    pub(super) document: PhantomData<fn() -> T>,
}

impl<T: DecodeOwned> Types for ChainTypes<'_, T> {
    fn has_name(&self, name: &str) -> bool {
        let version = T::HISTORY.at(self.stored_version);
        version.is_some_and(|version| version.names_in(self.known).any(|known| known == name))
    }

    /// Tried out, because nothing else knows what an embedded type, an alias or a function of serde's looks at: the
    /// document is decoded with another value in this place.
    fn reads(&self, place: &Path) -> bool {
        let Ok(mut changed) = Document::try_from(self.stored) else { return false };
        match place.value_in(&mut changed) {
            // Hardly any type takes this; one that does writes another document.
            Some(value) => *value = Bson::MaxKey,
            None => return false,
        }
        let Ok(changed) = RawDocumentBuf::try_from(&changed) else { return false };
        let Ok(Decoded { document, stored_version, stored }) = decode_stored::<T>(&changed) else {
            return true;
        };
        let converted = match self.at {
            None => encode(&document).ok(),
            Some(version) => encode_at(document, version).ok(),
        };
        known::<T>(stored, stored_version, self.at).is_ok_and(|known| known != *self.known)
            || converted.is_some_and(|converted| converted != *self.unedited)
    }

    fn carries_elements(&self, list: &Path) -> bool {
        let carried = match self.at {
            None => carries_elements(T::HISTORY, self.stored_version, list),
            // Decoded, it went up to the current version first.
            Some(version) => {
                carries_elements(T::HISTORY, self.stored_version, list)
                    && carries_elements_back(T::HISTORY, version, list)
            }
        };
        // An edit may have put the elements into another order.
        carried && (self.unedited == self.converted || at(list, self.unedited) == at(list, self.converted))
    }
}

fn at(place: &Path, document: &RawDocument) -> Option<Bson> {
    place.value_in(&mut Document::try_from(document).ok()?).cloned()
}

/// What a version knows of a document, of what it has written. On the way back, that is what it has fields for: what it only keeps
/// is nobody's to remove because an older one does not keep it, and nobody's to overwrite because an older one has a field of that
/// name. On the way up, [`decode_stored`] has left it out.
pub(super) fn known<T: DecodeOwned>(
    written: RawDocumentBuf,
    version: u32,
    back_to: Option<u32>,
) -> Result<RawDocumentBuf, bson::error::Error> {
    let keeps = T::HISTORY.at(version).filter(|version| version.keeps_unknown());
    let (Some(version), Some(_)) = (keeps, back_to) else { return Ok(written) };
    let mut known = RawDocumentBuf::new();
    for field in &written {
        let (name, value) = field?;
        if T::CHAIN.is_stamp(name.as_str()) || version.knows(name.as_str()) {
            known.append(name, value);
        }
    }
    Ok(known)
}
