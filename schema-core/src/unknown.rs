//! What a type does not know of its stored documents, kept as it is stored.

use std::fmt;

use bson::{Document, RawBson, RawBsonRef, RawDocument, RawDocumentBuf, raw::CString};
use serde::ser::{Error, Serialize, SerializeMap, Serializer};

use crate::{
    document::VersionedDocument,
    elements::{filtered, joined},
    history::Version,
};

/// The fields of a stored document that its type does not know, exactly as they are stored.
///
/// The type of a field with `#[versioned(unknown)]`. From BSON bytes the fields are taken over byte for byte, whatever
/// their types, their order and their number under one name, and they are written back as they were, behind the fields that
/// the type knows. From other formats (JSON, a BSON `Document`) it is the values that are kept, as far as the format tells
/// them apart.
///
/// ```
/// use schema_core::{Unknown, VersionedDocument, bson::rawdoc, decode, encode};
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1)]
/// struct User {
///     name: String,
///     #[versioned(unknown)]
///     rest: Unknown,
/// }
///
/// let stored = rawdoc! { "schemaVersion": 1, "name": "Ada", "badges": [1_i64], "note": null };
/// let mut user: User = decode(&stored)?;
/// assert!(user.rest.names().eq(["badges", "note"]));
///
/// user.name.push_str(" L.");
/// let expected = rawdoc! { "schemaVersion": 1, "name": "Ada L.", "badges": [1_i64], "note": null };
/// assert_eq!(encode(&user)?, expected);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Unknown(RawDocumentBuf);

impl Unknown {
    /// No fields.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there are no fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of the fields in the order in which they are stored. A stored document may have a name twice.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        // What is in here was taken apart once already, on its way in.
        self.0.iter_elements().filter_map(Result::ok).map(|element| element.key().as_str())
    }

    /// The first field of that name, if there is one.
    ///
    /// # Errors
    ///
    /// Where the value is not valid BSON.
    pub fn get(&self, name: &str) -> Result<Option<RawBsonRef<'_>>, bson::error::Error> {
        self.0.get(name)
    }

    /// Removes all fields of that name, so that they are not written back. Returns whether there were any.
    pub fn remove(&mut self, name: &str) -> bool {
        let found = self.names().any(|other| other == name);
        if found {
            self.retain(|other| other != name);
        }
        found
    }

    /// The fields as a document.
    #[must_use]
    pub fn as_raw_document(&self) -> &RawDocument {
        &self.0
    }

    fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        if self.names().all(&mut keep) {
            return;
        }
        if let Some(Ok(kept)) = filtered(self.0.as_bytes(), keep).map(RawDocumentBuf::from_bytes) {
            self.0 = kept;
        }
    }

    /// The elements of a document that `keep` wants; `None` if the bytes are no BSON.
    pub(crate) fn of(document: &[u8], keep: impl FnMut(&str) -> bool) -> Option<Self> {
        RawDocumentBuf::from_bytes(filtered(document, keep)?).map(Self).ok()
    }

    /// After a step. Where the previous version kept nothing, what has been gathered from the stored document comes to
    /// what the step has put there.
    pub(crate) fn add_gathered(&mut self, gathered: Self, version: &Version) {
        if !version.previous.is_some_and(Version::keeps_unknown) {
            if self.is_empty() {
                *self = gathered;
                return;
            }
            let mut gathered = gathered;
            gathered.retain(|name| self.names().all(|own| own != name));
            let joined = joined(self.0.as_bytes(), gathered.0.as_bytes());
            if let Some(Ok(joined)) = joined.map(RawDocumentBuf::from_bytes) {
                self.0 = joined;
            }
        }
        self.retain(|name| !version.knows(name));
    }

    /// A field out of another format.
    pub(crate) fn append(&mut self, name: &str, value: bson::Bson) -> Result<(), bson::error::Error> {
        self.0.append(CString::try_from(name)?, RawBson::try_from(value)?);
        Ok(())
    }
}

/// What the derive calls. A trait, so that a field of another type is one mistake with one remedy.
#[doc(hidden)]
#[allow(missing_docs, reason = "only generated code calls them")]
#[diagnostic::on_unimplemented(
    message = "a field with `unknown` is an `Unknown`, and this one is a `{Self}`",
    label = "write `Unknown`",
    note = "it is in `schema_core` and in `schema_runtime`; to have a `Document`, write `#[serde(flatten)]` in place of \
            `unknown`"
)]
pub trait KeepsUnknown: Sized {
    /// Where what has been gathered is put.
    fn slot(&mut self) -> &mut Unknown;

    /// Without these names.
    #[must_use]
    fn without(self, names: &[&str]) -> Self;

    /// Without the names that a version knows: there it is the type's own fields that count.
    #[must_use]
    fn unknown_to(self, version: &Version) -> Self;

    /// A name that is the type's own would be written twice, and readers disagree about which of the two counts.
    fn check<T: VersionedDocument, E: Error>(&self) -> Result<(), E>;
}

impl KeepsUnknown for Unknown {
    fn slot(&mut self) -> &mut Unknown {
        self
    }

    fn without(mut self, names: &[&str]) -> Self {
        self.retain(|name| !names.contains(&name));
        self
    }

    fn unknown_to(mut self, version: &Version) -> Self {
        self.retain(|name| !version.knows(name));
        self
    }

    fn check<T: VersionedDocument, E: Error>(&self) -> Result<(), E> {
        let chain = T::CHAIN;
        match self.names().find(|name| chain.is_stamp(name) || T::HISTORY.knows(name)) {
            None => Ok(()),
            Some(name) => Err(E::custom(format_args!(
                "the unknown fields of `{}` have an entry named `{name}`, which the type writes itself; remove the \
                 entry before the document is written",
                chain.type_name
            ))),
        }
    }
}

impl Serialize for Unknown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for element in self.0.iter_elements() {
            let element = element.map_err(S::Error::custom)?;
            let value = element.value().map_err(|error| {
                S::Error::custom(format_args!(
                    "the unknown field `{}` is not valid BSON and cannot be written: {error}",
                    element.key()
                ))
            })?;
            map.serialize_entry(element.key().as_str(), &value)?;
        }
        map.end()
    }
}

impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(
                self.0.iter_elements().flatten().map(|element| (element.key().as_str(), element.value())),
            )
            .finish()
    }
}

impl AsRef<RawDocument> for Unknown {
    fn as_ref(&self) -> &RawDocument {
        &self.0
    }
}

impl From<Unknown> for RawDocumentBuf {
    fn from(unknown: Unknown) -> Self {
        unknown.0
    }
}

impl TryFrom<RawDocumentBuf> for Unknown {
    type Error = bson::error::Error;

    /// Fails where the bytes are not BSON.
    fn try_from(document: RawDocumentBuf) -> Result<Self, bson::error::Error> {
        for element in document.iter_elements() {
            element?;
        }
        Ok(Self(document))
    }
}

/// For a chain that used to keep what it did not know in a flattened `Document`.
impl TryFrom<Document> for Unknown {
    type Error = bson::error::Error;

    /// Fails where a name has a NUL in it.
    fn try_from(document: Document) -> Result<Self, bson::error::Error> {
        RawDocumentBuf::try_from(document).map(Self)
    }
}

impl TryFrom<Unknown> for Document {
    type Error = bson::error::Error;

    /// Fails where a stored value is not valid BSON.
    fn try_from(unknown: Unknown) -> Result<Self, bson::error::Error> {
        Document::try_from(unknown.0)
    }
}
