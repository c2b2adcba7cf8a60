//! What the types of a chain say about one stored document, beyond what they write.

use bson::{Bson, Document, RawDocument, RawDocumentBuf};
use schema_core::{DecodeOwned, Decoded, decode_stored, encode};

use super::carried::carries_elements;
use crate::difference::{Path, Types};

pub(super) struct ChainTypes<'a, T> {
    pub(super) stored: &'a RawDocument,
    pub(super) decoded: &'a Decoded<T>,
    /// The decoded document, encoded.
    pub(super) upgraded: &'a RawDocumentBuf,
}

impl<T: DecodeOwned> Types for ChainTypes<'_, T> {
    fn has_name(&self, name: &str) -> bool {
        let version = T::HISTORY.at(self.decoded.stored_version);
        version.is_some_and(|version| version.names_in(&self.decoded.stored).any(|known| known == name))
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
        match decode_stored::<T>(&changed) {
            Ok(decoded) => {
                decoded.stored != self.decoded.stored
                    || encode(&decoded.document).is_ok_and(|upgraded| upgraded != *self.upgraded)
            }
            Err(_) => true,
        }
    }

    fn carries_elements(&self, list: &Path) -> bool {
        carries_elements(T::HISTORY, self.decoded.stored_version, list)
    }
}
