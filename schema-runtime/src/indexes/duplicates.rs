//! What is in the way of a unique index.

use std::fmt;

use bson::{Bson, Document, RawDocumentBuf, doc};
use mongodb::{Collection, error::ErrorKind};
use serde::Serialize;

use super::canonical;
use crate::{
    error::{DUPLICATE_KEY, Error},
    filters::and,
    retry::with_retries,
};

/// Documents that a unique index cannot tell apart.
///
/// Its `Display` is a sentence with what to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Duplicates {
    /// The name of the index.
    pub index: String,
    /// Keys that several documents have, the first that were met. Of an index with a collation: by what they are compared.
    pub key: Document,
    /// How many documents have these; `None` where that cannot be counted, as under a collation.
    pub documents: Option<u64>,
}

impl fmt::Display for Duplicates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { index, key, documents } = self;
        match documents {
            Some(documents) => write!(f, "{documents} documents")?,
            None => f.write_str("several documents")?,
        }
        write!(
            f,
            " have the key {key}, and `{index}` is unique; change all but one of them, or declare it for a part of the documents \
             with `partial`"
        )
    }
}

/// The documents that have the keys which the server names, if that is why an index could not be built.
pub(super) async fn named(
    collection: &Collection<RawDocumentBuf>,
    indexes: &[Document],
    error: &mongodb::error::Error,
) -> Option<Error> {
    if !matches!(error.kind.as_ref(), ErrorKind::Command(refusal) if refusal.code == DUPLICATE_KEY) {
        return None;
    }
    let answer = Document::try_from(error.server_response()?.as_ref()).ok()?;
    let (pattern, values) = (answer.get_document("keyPattern").ok()?, answer.get_document("keyValue").ok()?);
    let pattern = canonical::document(pattern);
    let index = indexes.iter().find(|index| {
        let keys = index.get_document("key").map(canonical::document);
        index.get_bool("unique").unwrap_or(false) && keys.is_ok_and(|keys| keys.iter().eq(pattern.iter()))
    })?;
    // Under a collation the server tells by what the values are compared, and not the values.
    let documents = match answer.contains_key("collation") {
        true => None,
        false => count(collection, index, values).await,
    };
    let index = index.get_str("name").unwrap_or_default().to_owned();
    Some(Error::DuplicateKeys {
        collection: collection.name().to_owned(),
        duplicates: Box::new(Duplicates { index, key: values.clone(), documents }),
        source: error.clone(),
    })
}

/// How many documents have them; nothing where that cannot be counted.
async fn count(collection: &Collection<RawDocumentBuf>, index: &Document, values: &Document) -> Option<u64> {
    let conditions = values.iter().map(|(path, value)| match value {
        Bson::Undefined => (path.clone(), Bson::Null),
        value => (path.clone(), doc! { "$eq": value.clone() }.into()),
    });
    let same: Document = conditions.collect();
    let filter = match index.get_document("partialFilterExpression") {
        Ok(partial) => and(same, partial.clone()),
        Err(_) => same,
    };
    with_retries(|| collection.count_documents(filter.clone())).await.ok()
}
