//! What is stored at the end.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt;
use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::backfill::FAILURES;

use crate::faults::account::{COLLECTION, number};

/// The documents and the records of failures, by the numbers that their ids were made from.
#[derive(Debug, Default)]
pub struct Found {
    pub documents: BTreeMap<u32, Document>,
    pub failures: BTreeMap<u32, String>,
}

impl Found {
    pub async fn read(database: &Database) -> mongodb::error::Result<Self> {
        let mut found = Self::default();
        let mut documents = database.collection::<Document>(COLLECTION).find(doc! {}).await?;
        while let Some(document) = documents.try_next().await? {
            let id = document.get("_id").and_then(number).expect("an id of ours");
            found.documents.insert(id, document);
        }
        let mut failures = database.collection::<Document>(FAILURES).find(doc! {}).await?;
        while let Some(failure) = failures.try_next().await? {
            let id = failure.get_document("_id").ok().and_then(|id| id.get("document")).and_then(number);
            let (kind, error) = (failure.get_str("kind"), failure.get_str("error"));
            let record = format!("{}: {}", kind.unwrap_or_default(), error.unwrap_or_default());
            found.failures.insert(id.expect("an id of ours"), record);
        }
        Ok(found)
    }

    pub(super) fn numbers(&self) -> impl Iterator<Item = &u32> {
        self.documents.keys().chain(self.failures.keys())
    }

    pub(super) fn without(&self, numbers: &BTreeSet<u32>) -> Self {
        let documents = self.documents.iter().filter(|(number, _)| !numbers.contains(number));
        let failures = self.failures.iter().filter(|(number, _)| !numbers.contains(number));
        Self {
            documents: documents.map(|(number, document)| (*number, document.clone())).collect(),
            failures: failures.map(|(number, failure)| (*number, failure.clone())).collect(),
        }
    }
}
