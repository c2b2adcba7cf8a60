//! The server's part of a backfill: it changes nothing that the client would not change to the very same, and it does
//! change what has nothing special.

pub mod chains;
mod disturbed;
pub mod documents;
mod job;
mod kinds;
mod obstacles;
mod odd;

use futures_util::TryStreamExt;
use mongodb::{
    Collection, Database,
    bson::{Document, RawDocumentBuf, doc, rawdoc},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::{DecodeOwned, VersionedCollection, backfill::FAILURES, server_side::ServerSide};
use schema_tests::stored::all;

use self::{
    chains::{Account, Device, Order},
    documents::{Clean, Sample, samples},
};
use crate::support::database;

async fn dump(collection: &Collection<RawDocumentBuf>) -> Vec<RawDocumentBuf> {
    all(collection).await.unwrap()
}

/// The records of failures, without what differs between two collections and two runs.
async fn failures(database: &Database, collection: &str) -> Vec<Document> {
    let records = database.collection::<Document>(FAILURES);
    let records = records.find(doc! { "collection": collection }).sort(doc! { "_id": 1 });
    let mut records: Vec<Document> = records.await.unwrap().try_collect().await.unwrap();
    for record in &mut records {
        let id = record.get_document("_id").unwrap().get("document").cloned();
        record.insert("_id", id);
        for name in ["collection", "firstSeen", "lastSeen", "run", "pass", "attempts"] {
            record.remove(name);
        }
    }
    records
}

/// How many documents the server has modified.
async fn run_server_side<T: DecodeOwned>(collection: &Collection<RawDocumentBuf>) -> u64 {
    let mut modified = 0;
    for pass in ServerSide::of::<T>().passes() {
        let update = collection.update_many(pass.filter.clone(), pass.pipeline.clone());
        modified += update.await.unwrap_or_else(|error| panic!("{}: {error}", pass.stored)).modified_count;
    }
    modified
}

/// Both ways over the same documents. Returns how many the server modified, and of how many that it could have.
async fn compare<T: DecodeOwned + Send + Sync>(
    database: &Database,
    samples: &[Sample],
) -> Result<(u64, u64), TestCaseError> {
    let [by_client, by_server, by_job] =
        ["by_client", "by_server", "by_job"].map(|name| database.collection::<T>(name));
    let [client, server, job] =
        [&by_client, &by_server, &by_job].map(|typed| typed.clone_with_type::<RawDocumentBuf>());
    for raw in [&client, &server, &job] {
        raw.delete_many(doc! {}).await.unwrap();
        raw.insert_many(samples.iter().map(|sample| &sample.stored)).await.unwrap();
    }
    let before = dump(&server).await;
    let modified = run_server_side::<T>(&server).await;
    let between = dump(&server).await;

    let names = [&by_client, &by_server, &by_job]
        .map(|typed| VersionedCollection::over(typed.clone()).name().to_owned());
    let report = async |typed, server_side| {
        let versioned = VersionedCollection::<T>::over(typed);
        versioned.backfill().batch_size(2).server_side(server_side).run().await.unwrap()
    };
    let client_report = report(by_client, false).await;
    let server_report = report(by_server, false).await;
    let job_report = report(by_job, true).await;
    let after = dump(&client).await;
    let mut changed = 0;
    for ((before, between), after) in before.iter().zip(&between).zip(&after) {
        if between != before {
            changed += 1;
            prop_assert_eq!(between, after, "{:?}: {:?}, and by the client {:?}", before, between, after);
        }
    }
    prop_assert_eq!(changed, modified);
    for (by_server, by_client) in dump(&server).await.iter().zip(&after) {
        prop_assert_eq!(by_server, by_client);
    }
    for (by_job, by_client) in dump(&job).await.iter().zip(&after) {
        prop_assert_eq!(by_job, by_client);
    }
    let [by_client, by_server, by_job] = &names;
    let by_client = failures(database, by_client).await;
    prop_assert_eq!(&failures(database, by_server).await, &by_client);
    prop_assert_eq!(&failures(database, by_job).await, &by_client);
    prop_assert_eq!(client_report.upgraded, server_report.upgraded + modified);
    prop_assert_eq!(client_report.upgraded, job_report.upgraded);
    prop_assert_eq!(
        (client_report.failed, client_report.newer, client_report.remaining),
        (job_report.failed, job_report.newer, job_report.remaining)
    );

    // Nothing that is as its version writes it is left to the client.
    let old = |document: &RawDocumentBuf| between.contains(document);
    let left: Vec<_> = samples.iter().filter(|sample| sample.is_clean && old(&sample.stored)).collect();
    prop_assert!(left.is_empty(), "the server left {:?}", left);
    let is_possible = |document: &RawDocumentBuf| {
        samples.iter().any(|sample| sample.is_possible && sample.stored == *document)
    };
    let upgraded = before.iter().zip(&after).filter(|(before, after)| before != after && is_possible(before));
    Ok((modified, upgraded.count() as u64))
}

fn for_any_documents<T: DecodeOwned + Send + Sync>(clean: Clean) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let totals = std::cell::Cell::new((0, 0));
    let check = |samples: Vec<Sample>| {
        let (modified, upgraded) = runtime.block_on(compare::<T>(&database, &samples))?;
        let (all_modified, all_upgraded) = totals.get();
        totals.set((all_modified + modified, all_upgraded + upgraded));
        Ok(())
    };
    runner.run(&samples::<T>(clean), check).unwrap();
    let (modified, upgraded) = totals.get();
    assert!(modified * 2 > upgraded, "only {modified} of {upgraded} inside the server");
}

#[test]
fn orders_are_upgraded_as_by_the_client() {
    for_any_documents::<Order>(chains::order);
}

#[test]
fn accounts_are_upgraded_as_by_the_client() {
    for_any_documents::<Account>(chains::account);
}

#[test]
fn devices_are_upgraded_as_by_the_client() {
    for_any_documents::<Device>(chains::device);
}

#[tokio::test]
async fn fields_stand_where_the_client_puts_them() {
    let database = database().await;
    let orders = database.collection::<RawDocumentBuf>("orders");
    let stored = rawdoc! {
        "_id": 1, "total": 1.5, "notes": ["n"], "unknown": "u", "legacyCode": 7_i64, "coupon": "c", "place": "p",
        "itemCount": 2, "customer": "Ada", "schemaVersion": 1,
    };
    orders.insert_one(stored).await.unwrap();
    assert_eq!(run_server_side::<Order>(&orders).await, 1);
    let upgraded = orders.find_one(doc! {}).await.unwrap().unwrap();
    let names: Vec<&str> = upgraded.iter_elements().map(|field| field.unwrap().key().as_str()).collect();
    assert_eq!(
        names,
        [
            // What was there, then what is new.
            "_id",
            "total",
            "unknown",
            "legacyCode",
            "coupon",
            "schemaVersion",
            "buyerName",
            "shipTo",
            "billTo",
            "remarks",
            "money",
            "checked",
            "parcels",
            "insured",
            "state",
        ]
    );
    // A second time there is nothing to do.
    assert_eq!(run_server_side::<Order>(&orders).await, 0);
}
