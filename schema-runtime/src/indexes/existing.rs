//! The indexes that a collection has.

use bson::{Document, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use mongodb::{Collection, Database, error::ErrorKind};

use super::{collation::SIMPLE, specification::Specification};
use crate::{
    error::{During, Error},
    retry::with_retries,
};

/// The server's code for a collection that is not there.
const NAMESPACE_NOT_FOUND: i32 = 26;

#[derive(Debug)]
pub(super) struct Existing {
    /// The collation that an index has if it does not say: that of the index on `_id`.
    pub(super) collation: Option<Document>,
    /// All but the one on `_id`.
    pub(super) indexes: Vec<Specification>,
}

impl Existing {
    /// A collection that is not there has none.
    pub(super) async fn ask(collection: &Collection<RawDocumentBuf>) -> Result<Self, Error> {
        let (name, database) = (collection.name(), database(collection));
        let command = doc! { "listIndexes": name };
        let listed = with_retries(async || {
            let listed = database.run_cursor_command(command.clone()).await?;
            listed.try_collect::<Vec<Document>>().await
        });
        let listed = match listed.await {
            Err(error) if is_missing(&error) => Vec::new(),
            listed => listed.during("list its indexes", name)?,
        };
        let (on_id, indexes): (Vec<_>, Vec<_>) =
            listed.into_iter().map(Specification::existing).partition(Specification::is_on_id);
        let collation = on_id.first().and_then(|index| index.written.get_document("collation").ok());
        Ok(Self { collation: collation.cloned(), indexes })
    }

    /// What makes it again as it is: without a collation, it would be given that of the collection.
    pub(super) fn as_it_is(&self, index: &Specification) -> Document {
        let mut written = index.written.clone();
        if self.collation.is_some() && !written.contains_key("collation") {
            written.insert("collation", doc! { "locale": SIMPLE });
        }
        written
    }
}

pub(super) fn database(collection: &Collection<RawDocumentBuf>) -> Database {
    collection.client().database(&collection.namespace().db)
}

fn is_missing(error: &mongodb::error::Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(refusal) if refusal.code == NAMESPACE_NOT_FOUND)
}
