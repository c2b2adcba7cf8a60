//! Which pre-image a stored document goes back to.

use std::collections::{HashMap, hash_map::Entry};

use bson::{Bson, RawDocument, RawDocumentBuf, error::Result};

use crate::backfill::preimage::Preimage;

/// The pre-images of some documents.
#[derive(Debug, Default)]
pub(in crate::backfill) struct Lookup {
    /// By the bytes of the `_id`: the server takes 5 for 5.0.
    documents: HashMap<Vec<u8>, Vec<Preimage>>,
}

/// What there is to say about a document that is there.
pub(in crate::backfill) enum Found<'a> {
    /// It is what the backfill wrote, and this is what it was before.
    Before(&'a RawDocumentBuf),
    /// It is what it was before.
    Back,
    /// It is neither.
    Changed,
}

impl Lookup {
    /// # Errors
    ///
    /// What is no pre-image.
    pub(in crate::backfill) fn add(&mut self, stored: &RawDocumentBuf) -> Result<()> {
        let preimage: Preimage = bson::deserialize_from_slice(stored.as_bytes())?;
        match self.documents.entry(id(&preimage.before)?) {
            Entry::Occupied(mut others) => others.get_mut().push(preimage),
            Entry::Vacant(place) => drop(place.insert(vec![preimage])),
        }
        Ok(())
    }

    pub(in crate::backfill) fn ids(&self) -> Vec<Bson> {
        let first = |preimages: &Vec<Preimage>| Some(preimages.first()?.id.document.clone());
        self.documents.values().filter_map(first).collect()
    }

    /// # Errors
    ///
    /// Bytes that are not BSON.
    pub(in crate::backfill) fn find(&self, stored: &RawDocument) -> Result<Found<'_>> {
        let of_document = self.documents.get(&id(stored)?).map(Vec::as_slice).unwrap_or_default();
        let mut fitting: Option<&Preimage> = None;
        for preimage in of_document {
            let later = fitting.is_none_or(|other| other.order < preimage.order);
            if later && preimage.after()?.as_bytes() == stored.as_bytes() {
                fitting = Some(preimage);
            }
        }
        let is_back = || of_document.iter().any(|preimage| preimage.before.as_bytes() == stored.as_bytes());
        Ok(match fitting {
            Some(preimage) => Found::Before(&preimage.before),
            None if is_back() => Found::Back,
            None => Found::Changed,
        })
    }
}

/// The bytes of a document's `_id`, its type included.
fn id(document: &RawDocument) -> Result<Vec<u8>> {
    let mut id = RawDocumentBuf::new();
    if let Some(value) = document.get("_id")? {
        id.append(bson::raw::cstr!("_id"), value);
    }
    Ok(id.into_bytes())
}
