//! Kinds: documents of several types in one collection, told apart by what each has under a key.

use bson::{Bson, Document, doc};

/// What tells the documents of a chain from the others in their collection: a text under a key of theirs.
///
/// Said by `#[versioned(kind(key = "type", value = "article"))]`, found at [`Chain::kind`](crate::Chain::kind).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kind {
    /// The key, a field of the document's top level.
    pub key: &'static str,
    /// What the documents of this chain have there.
    pub value: &'static str,
    /// Whether those are of this chain, too, that have nothing there, or null.
    pub or_missing: bool,
}

impl Kind {
    /// The filter that finds the documents of this kind.
    ///
    /// ```
    /// use schema_core::{VersionedDocument, bson::doc};
    ///
    /// #[derive(VersionedDocument)]
    /// #[versioned(version = 1, collection = "contents", kind(key = "type", value = "article"))]
    /// struct Article {
    ///     text: String,
    /// }
    ///
    /// let kind = Article::CHAIN.kind.ok_or("no kind")?;
    /// assert_eq!(kind.filter(), doc! { "type": "article" });
    /// # Ok::<(), &'static str>(())
    /// ```
    #[must_use]
    pub fn filter(&self) -> Document {
        if self.or_missing {
            // Null in a list is for what is missing, too.
            return doc! { self.key: { "$in": [self.value, Bson::Null] } };
        }
        doc! { self.key: self.value }
    }
}
