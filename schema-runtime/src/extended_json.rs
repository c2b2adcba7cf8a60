//! Documents as canonical extended JSON text, with their fields in order: `serde_json`'s own values sort them.

use bson::{Bson, Document};
use serde::{Serialize, Serializer, ser::Error};

/// A BSON value that serializes as canonical extended JSON.
pub(crate) struct Canonical<'a>(pub(super) &'a Bson);

impl Serialize for Canonical<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Bson::Document(document) => {
                serializer.collect_map(document.iter().map(|(name, value)| (name, Canonical(value))))
            }
            Bson::Array(elements) => serializer.collect_seq(elements.iter().map(Canonical)),
            value => value.clone().into_canonical_extjson().serialize(serializer),
        }
    }
}

/// The documents of a file, by name.
pub(crate) fn read(text: &str) -> Result<Document, serde_json::Error> {
    serde_json::from_str(text)
}

/// Fails where a value has no form in extended JSON.
pub(crate) fn write(document: &Document) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&Canonical(&Bson::Document(document.clone())))?;
    text.push('\n');
    // What could not be read back must not be written.
    let bytes = |document| bson::serialize_to_vec(document).map_err(serde_json::Error::custom);
    if bytes(&read(&text)?)? != bytes(document)? {
        return Err(serde_json::Error::custom("the document is not the same when it is read back"));
    }
    Ok(text)
}
