//! Ten prices in the middle that are no numbers.

use futures_util::TryStreamExt;
use mongodb::{Collection, Database, bson::Document};
use schema_runtime::backfill::FAILURES;

use super::Bench;
use crate::{
    Outcome,
    contender::Contender,
    documents::{self, BAD},
    found::Found,
    process::Ended,
    writer::Acknowledged,
};

pub struct BadPrices {
    /// All but the bad ones.
    pub good: i64,
    pub ended: Ended,
    pub found: Found,
    /// Those whose ids are in what it said or in what it has written down.
    pub named: usize,
}

impl BadPrices {
    pub async fn run(bench: &Bench, contender: Contender) -> Outcome<Self> {
        let (database, documents) = bench.renew(contender).await?;
        documents::spoil_prices(&database, documents).await?;
        let ended = bench.start(contender)?.end().await?;
        let found = Found::look(&database, documents, &Acknowledged::default()).await?;
        let records = format!("{}{}", ended.said, records(&database).await?);
        let is_named = |number: &i64| records.contains(&documents::id(*number).to_hex());
        let named = documents::bad(documents).filter(is_named).count();
        Ok(Self { good: documents - BAD, ended, found, named })
    }
}

async fn records(database: &Database) -> Outcome<String> {
    let failures: Collection<Document> = database.collection(FAILURES);
    let records: Vec<Document> = failures.find(Document::new()).await?.try_collect().await?;
    Ok(format!("{records:?}"))
}
