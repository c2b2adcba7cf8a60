//! Queries across versions: a translated filter finds in a collection of mixed versions what the filter finds after a backfill.

mod filters;
mod index;

use std::{cell::Cell, collections::BTreeSet};

use futures_util::TryStreamExt;
use mongodb::{
    Collection, Database,
    bson::{Bson, Document, RawDocument, RawDocumentBuf, doc},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::{DecodeOwned, VersionedCollection, decode_stored, peek, query::translate};

use self::filters::filters;
use super::{
    server_side::{
        chains::{self, Account, Device, Order},
        documents::{Clean, Sample, samples},
    },
    support::database,
};

#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    filters: u64,
    translated: u64,
    /// Documents of older versions that a filter has found, but not all of them.
    found: u64,
}

async fn ids(
    collection: &Collection<RawDocumentBuf>,
    filter: &Document,
) -> Result<BTreeSet<String>, TestCaseError> {
    let found = collection.find(filter.clone()).projection(doc! { "_id": 1 }).await;
    let found: Vec<RawDocumentBuf> = match found {
        Ok(found) => found.try_collect().await.unwrap(),
        Err(error) => return Err(TestCaseError::fail(format!("{filter}: {error}"))),
    };
    Ok(found.iter().map(|document| id(document)).collect())
}

fn id(document: &RawDocument) -> String {
    format!("{:?}", document.get("_id").unwrap())
}

/// Whether a document of an older version is as that version writes it, as far as `query` asks for it.
fn is_as_written<T: DecodeOwned>(document: &RawDocument) -> bool {
    let Ok(decoded) = decode_stored::<T>(document) else { return false };
    let version = T::HISTORY.at(decoded.stored_version).unwrap();
    let value = |document: &RawDocument, name: &str| {
        document.get(name).ok().flatten().and_then(|value| Bson::try_from(value).ok())
    };
    let empty = [Bson::Null, Bson::from(""), Bson::Array(Vec::new())];
    let as_written = version.fields.iter().all(|field| {
        let stored = field.read_as.iter().find_map(|name| value(document, name));
        match (stored, field.stored_as.and_then(|name| value(&decoded.stored, name))) {
            (Some(stored), Some(known)) => stored == known,
            (Some(stored), None) => empty.contains(&stored),
            (None, _) => true,
        }
    });
    let mut new = T::HISTORY.names().filter(|name| !version.knows(name));
    as_written && new.all(|name| value(document, name).is_none())
}

/// The documents about which the two ways are to agree.
fn compared<T: DecodeOwned>(
    before: &[RawDocumentBuf],
    after: &[RawDocumentBuf],
) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut compared, mut older) = (BTreeSet::new(), BTreeSet::new());
    for (before, after) in before.iter().zip(after) {
        match peek(before.as_bytes(), T::CHAIN.version_field) {
            Ok(Some(version)) if !T::CHAIN.knows(version) || version == T::CHAIN.version => {
                compared.insert(id(before));
            }
            Ok(_) if before != after && is_as_written::<T>(before) => {
                compared.insert(id(before));
                older.insert(id(before));
            }
            _ => {}
        }
    }
    (compared, older)
}

async fn compare<T: DecodeOwned + Send + Sync>(
    database: &Database,
    samples: &[Sample],
    filters: &[Document],
) -> Result<Totals, TestCaseError> {
    let [mixed, backfilled] = ["mixed", "backfilled"].map(|name| database.collection::<T>(name));
    let [raw_mixed, raw] = [&mixed, &backfilled].map(|typed| typed.clone_with_type::<RawDocumentBuf>());
    for collection in [&raw_mixed, &raw] {
        collection.delete_many(doc! {}).await.unwrap();
        collection.insert_many(samples.iter().map(|sample| &sample.stored)).await.unwrap();
    }
    VersionedCollection::<T>::over(backfilled).backfill().run().await.unwrap();
    let [before, after] = [&raw_mixed, &raw].map(schema_tests::stored::all);
    let (before, after) = (before.await.unwrap(), after.await.unwrap());
    let (compared, older) = compared::<T>(&before, &after);

    let mut totals = Totals::default();
    for filter in filters {
        totals.filters += 1;
        let Ok(translated) = translate::<T>(filter.clone()) else { continue };
        totals.translated += 1;
        let kept = |ids: BTreeSet<String>| ids.intersection(&compared).cloned().collect::<BTreeSet<_>>();
        let expected = kept(ids(&raw, filter).await?);
        let found = kept(ids(&raw_mixed, &translated).await?);
        let differing: Vec<_> = before
            .iter()
            .zip(&after)
            .filter(|(document, _)| found.contains(&id(document)) != expected.contains(&id(document)))
            .collect();
        prop_assert!(
            differing.is_empty(),
            "{} became {}, which differs in {:?}",
            filter,
            translated,
            differing
        );
        let of_older = found.intersection(&older).count();
        if of_older < older.len() {
            totals.found += of_older as u64;
        }
    }
    Ok(totals)
}

fn for_any_filters<T: DecodeOwned + Send + Sync>(clean: Clean) -> Totals {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let mut runner = TestRunner::new(Config { cases: 32, failure_persistence: None, ..Config::default() });
    let totals = Cell::new(Totals::default());
    let cases = samples::<T>(clean).prop_flat_map(|samples| {
        let filters = filters::<T>(&samples);
        (Just(samples), filters)
    });
    let check = |(samples, filters): (Vec<Sample>, Vec<Document>)| {
        let more = runtime.block_on(compare::<T>(&database, &samples, &filters))?;
        let all = totals.get();
        totals.set(Totals {
            filters: all.filters + more.filters,
            translated: all.translated + more.translated,
            found: all.found + more.found,
        });
        Ok(())
    };
    runner.run(&cases, check).unwrap();
    totals.get()
}

#[test]
fn orders_are_found_as_after_a_backfill() {
    let totals = for_any_filters::<Order>(chains::order);
    assert!(totals.translated * 2 > totals.filters && totals.found > 200, "{totals:?}");
}

#[test]
fn accounts_are_found_as_after_a_backfill() {
    let totals = for_any_filters::<Account>(chains::account);
    assert!(totals.translated * 3 > totals.filters && totals.found > 200, "{totals:?}");
}

/// Only what the type with `serde(default)` and the function do not stand in the way of.
#[test]
fn devices_are_found_as_after_a_backfill() {
    let totals = for_any_filters::<Device>(chains::device);
    assert!(totals.translated > 50, "{totals:?}");
}
