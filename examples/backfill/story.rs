//! The story, a function a section.

use anyhow::{Context, ensure};
use jiff::Timestamp;
use mongodb::{
    Collection, Database,
    bson::{DateTime, Document, RawDocumentBuf, doc},
    error::ErrorKind,
};
use schema_examples::flights::{Flight, Movement, stored_form};
use schema_runtime::{
    VersionedCollection,
    backfill::{FAILURES, Report},
    decode,
};
use serde_json::json;

use crate::{arguments::Rows, page::Page};

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Every document is at the current version.
    AllCurrent,
    /// Rows of the input could not be upgraded.
    FailuresRecorded,
}

pub(crate) async fn tell(page: Page, database: &Database, rows: Rows) -> anyhow::Result<Ending> {
    let flights = VersionedCollection::<Flight>::new(database);
    let mut story = Story { page, flights };
    let row = story.store(rows).await?;
    story.count("What is stored", "census").await?;
    story.read().await?;
    story.plan().await?;
    story.dry_run().await?;
    let report = story.backfill().await?;
    story.count("What is stored now", "censusAfter").await?;
    story.verify(&report).await?;
    story.break_one(&row, &report).await?;
    story.repair(&row, &report).await?;
    story.roll_back(&report).await?;
    Ok(if report.is_clean() { Ending::AllCurrent } else { Ending::FailuresRecorded })
}

pub(crate) struct Story {
    pub(crate) page: Page,
    pub(crate) flights: VersionedCollection<Flight>,
}

impl Story {
    /// Writes what three releases would have left behind. Returns a row that is to be broken later.
    async fn store(&mut self, rows: Rows) -> anyhow::Result<Document> {
        self.page.headline("Departures from New York, as three releases stored them")?;
        let collection: Collection<RawDocumentBuf> = self.flights.collection().clone_with_type();
        let (mut sound, mut batch, mut stored) = (None, Vec::new(), 0);
        for (index, row) in rows.enumerate() {
            let row = row?;
            let imported = RawDocumentBuf::try_from(&row)?;
            if sound.is_none() && decode::<Flight>(&imported).is_ok() {
                sound = Some(row);
            }
            // A row that does not convert stays what the importer made of it; the backfill will say why.
            batch.push(stored_form(index, &imported).unwrap_or(imported));
            if batch.len() == 1000 {
                stored += collection.insert_many(std::mem::take(&mut batch)).await?.inserted_ids.len();
            }
        }
        if !batch.is_empty() {
            stored += collection.insert_many(batch).await?.inserted_ids.len();
        }
        self.page.text(format!("{stored} rows are now in `{}`", collection.namespace()))?;
        self.page.facts("input", json!({ "collection": collection.name(), "stored": stored }))?;
        sound.context("the table has no row that can be upgraded")
    }

    async fn count(&mut self, headline: &str, section: &str) -> anyhow::Result<()> {
        self.page.headline(headline)?;
        let census = self.flights.census().await?;
        self.page.text(census.to_string())?;
        self.page.facts(section, json!({ "census": census }))?;
        Ok(())
    }

    /// The driver's own collection reads all of them as the current type.
    async fn read(&mut self) -> anyhow::Result<()> {
        self.page.headline("Reading any of them through the driver's `Collection<Flight>`")?;
        let typed: &Collection<Flight> = self.flights.collection();
        let stored: Collection<Document> = typed.clone_with_type();
        let mut reads = Vec::new();
        for (form, filter) in [
            ("no version", doc! { "schemaVersion": { "$exists": false } }),
            ("version 1", doc! { "schemaVersion": 1 }),
            ("version 2", doc! { "schemaVersion": 2 }),
            ("version 3", doc! { "schemaVersion": 3 }),
        ] {
            // A collection of a few rows does not have them all.
            let Some(document) = stored.find_one(filter).await? else { continue };
            let id = document.get_str("_id")?;
            self.page.text(format!("{form}: {id}"))?;
            self.page.text(format!("  stored  {}", of_its_departure(&document)))?;
            match typed.find_one(doc! { "_id": id }).await {
                Ok(flight) => {
                    let flight = flight.context("the document was deleted meanwhile")?;
                    self.page.text(format!("  read    {}", in_words(&flight.departure)))?;
                    reads.push(json!({ "form": form, "id": id, "stored": document, "read": flight }));
                }
                Err(error) => {
                    // What the server or the network did wrong is not the document's fault.
                    let ErrorKind::Bson(refusal) = error.kind.as_ref() else { return Err(error.into()) };
                    self.page.text(format!("  refused {refusal}"))?;
                    reads.push(
                        json!({ "form": form, "id": id, "stored": document, "refused": refusal.to_string() }),
                    );
                }
            }
        }
        self.page.facts("read", json!({ "reads": reads }))?;
        Ok(())
    }

    /// Somebody brings back an old row with a clock time that is none.
    async fn break_one(&mut self, row: &Document, before: &Report) -> anyhow::Result<()> {
        self.page.headline("One document is broken, and reported")?;
        let id = row.get_str("_id")?;
        let stored: Collection<Document> = self.flights.collection().clone_with_type();
        let mut broken = row.clone();
        broken.insert("sched_dep_time", "half past nine");
        stored.replace_one(doc! { "_id": id }, &broken).await?;
        self.page
            .text(format!("{id} is an old row again, with \"half past nine\" in `sched_dep_time`\n "))?;

        let report = self.flights.backfill().run().await?;
        self.page.text(report.to_string())?;
        let records: Collection<Document> =
            stored.client().database(&stored.namespace().db).collection(FAILURES);
        let record =
            records.find_one(doc! { "_id.document": id }).await?.context("the failure was not recorded")?;
        self.page.text(format!(" \nthe record in `{FAILURES}`:"))?;
        for field in ["kind", "step", "path", "attempts"] {
            let value = record.get(field).with_context(|| format!("the record has no `{field}`"))?;
            self.page.text(format!("  {field:<10}{value}"))?;
        }

        let after = stored.find_one(doc! { "_id": id }).await?;
        ensure!(after.as_ref() == Some(&broken), "the broken document was changed: {after:?}");
        ensure!(report.failed == before.failed + 1, "one more failure was to be reported: {report}");
        let refusal = self.flights.collection().find_one(doc! { "_id": id }).await.err();
        ensure!(refusal.is_some(), "the broken document was read");
        self.page.text(" \nthe document is as it was, and reading it is an error")?;
        self.page.facts("broken", json!({ "report": report, "record": record, "unchanged": true }))?;
        Ok(())
    }

    /// With the value corrected, the next run upgrades the document and forgets the failure.
    async fn repair(&mut self, row: &Document, before: &Report) -> anyhow::Result<()> {
        self.page.headline("Repaired, and run again")?;
        let id = row.get_str("_id")?;
        let stored: Collection<Document> = self.flights.collection().clone_with_type();
        stored.replace_one(doc! { "_id": id }, row).await?;
        let report = self.flights.backfill().run().await?;
        self.page.text(report.to_string())?;
        ensure!(report.failed == before.failed, "the repaired document was to be upgraded: {report}");
        self.page.facts("repaired", json!({ "report": report }))?;
        Ok(())
    }
}

/// The part of a stored document that says when it left, in any version.
fn of_its_departure(document: &Document) -> Document {
    let fields = document.iter().filter(|(name, _)| name.to_lowercase().contains("dep"));
    fields.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn in_words(departure: &Movement) -> String {
    let Movement { airport, scheduled, actual, delay_minutes: _ } = departure;
    let scheduled = to_the_minute(*scheduled);
    match actual {
        Some(actual) => format!("left {airport} at {}, scheduled {scheduled}", to_the_minute(*actual)),
        None => format!("never left {airport}, scheduled {scheduled}"),
    }
}

fn to_the_minute(instant: DateTime) -> String {
    match Timestamp::from_millisecond(instant.timestamp_millis()) {
        Ok(instant) => instant.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => instant.to_string(),
    }
}
