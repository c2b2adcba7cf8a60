//! A rollback by pre-images: everything is byte for byte as it was before the backfill, but for what others have changed since.

use std::time::Duration;

use mongodb::{
    Client, Database, IndexModel,
    bson::{
        Binary, Bson, DateTime, Decimal128, Document, RawDocumentBuf, Regex, Timestamp, doc, oid::ObjectId,
        raw::cstr, spec::BinarySubtype,
    },
    options::{Collation, CollationStrength, IndexOptions},
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::{
    Error, VersionedCollection,
    backfill::{FAILURES, PREIMAGES, Work},
};
use schema_tests::orders::{Order, insert_old};

use crate::{
    model::{Article, fixed_samples, flawed},
    state::{bytes, state},
    support::{TestDatabase, database, uri},
};

const HOUR: Duration = Duration::from_secs(3600);

/// Values of every type, those with an identity beyond their value among them.
fn value() -> impl Strategy<Value = Bson> {
    let leaf = prop_oneof![
        any::<i32>().prop_map(Bson::from),
        any::<i64>().prop_map(Bson::from),
        prop_oneof![any::<f64>(), Just(0.0), Just(-0.0), Just(f64::NAN)].prop_map(Bson::from),
        "[a-z$.]{0,4}".prop_map(Bson::from),
        Just(Bson::Null),
        any::<bool>().prop_map(Bson::from),
        any::<i64>().prop_map(|millis| DateTime::from_millis(millis).into()),
        any::<[u8; 12]>().prop_map(|bytes| ObjectId::from_bytes(bytes).into()),
        prop_oneof![Just("1.0"), Just("1.00"), Just("-0"), Just("1E+3"), Just("NaN")]
            .prop_map(|text| text.parse::<Decimal128>().expect("a decimal").into()),
        vec(any::<u8>(), 0..4).prop_map(|bytes| Binary { subtype: BinarySubtype::Generic, bytes }.into()),
        Just(Bson::MinKey),
        Just(Bson::MaxKey),
        Just(Timestamp { time: 1, increment: 2 }.into()),
        Just(Bson::Symbol("s".to_owned())),
        Just(Bson::Undefined),
        Just(Bson::JavaScriptCode("x".to_owned())),
        Just(Bson::RegularExpression(Regex { pattern: cstr!("a").into(), options: cstr!("i").into() })),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let name = prop_oneof!["[a-c]", Just("a.b".to_owned()), Just("$a".to_owned()), Just(String::new())];
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Bson::from),
            vec((name, inner), 0..3).prop_map(|fields| fields.into_iter().collect::<Document>().into()),
        ]
    })
}

/// Articles of every version, some of them with faults, and with fields at any place that no version knows.
fn articles() -> impl Strategy<Value = Vec<Document>> {
    let unknown = vec(("[x-z]", value(), 0..5usize), 0..3);
    vec((0..1000i32, any::<prop::sample::Index>(), unknown), 1..40).prop_flat_map(|seeds| {
        let documents = seeds.into_iter().zip(0..).map(|((_, _, unknown), id)| {
            flawed(id).prop_map(move |article| {
                let mut fields: Vec<(String, Bson)> = article.into_iter().collect();
                for (name, value, place) in &unknown {
                    if fields.iter().all(|(other, _)| other != name) {
                        // The `_id` stays first.
                        fields.insert((1 + place).min(fields.len()), (name.clone(), value.clone()));
                    }
                }
                fields.into_iter().collect::<Document>()
            })
        });
        documents.collect::<Vec<_>>()
    })
}

fn every_byte_comes_back(collation: Option<Collation>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let collection = VersionedCollection::<Article>::new(&database);
    let mut upgraded = 0;
    let config = Config { cases: 32, failure_persistence: None, ..Config::default() };
    let upgraded_in_all = std::cell::Cell::new(0);
    let check = |articles: Vec<Document>| {
        runtime.block_on(async {
            let raw = database.collection::<Document>("articles");
            raw.drop().await.unwrap();
            let mut create = database.create_collection("articles");
            if let Some(collation) = &collation {
                create = create.collation(collation.clone());
            }
            create.await.unwrap();
            raw.insert_many(&articles).await.unwrap();
            let before = bytes(&database, "articles").await;

            let forth = collection.backfill().keep_preimages(HOUR).batch_size(7).run().await.unwrap();
            upgraded_in_all.set(upgraded_in_all.get() + forth.upgraded);
            if forth.upgraded == 0 {
                let error = collection.rollback().run().await.unwrap_err();
                prop_assert!(matches!(error, Error::NoPreimages { run: Some(_), .. }), "{}", error);
                return Ok(());
            }
            let back = collection.rollback().batch_size(5).run().await.unwrap();
            prop_assert!(back.is_clean(), "{}", back);
            prop_assert_eq!((back.rolled_back, back.upgraded), (forth.upgraded, 0), "{}", back);
            for (before, after) in before.iter().zip(bytes(&database, "articles").await) {
                prop_assert_eq!(before.as_bytes(), after.as_bytes(), "{:?} {:?}", before, after);
            }
            let again = collection.rollback().run().await.unwrap();
            prop_assert_eq!((again.rolled_back, again.already_there), (0, forth.upgraded), "{}", again);
            Ok(())
        })
    };
    TestRunner::new(config).run(&articles(), check).unwrap();
    upgraded += upgraded_in_all.get();
    assert!(upgraded > 100, "only {upgraded} documents were upgraded");
}

#[test]
fn every_byte_comes_back_as_it_was() {
    every_byte_comes_back(None);
}

#[test]
fn every_byte_comes_back_in_a_collection_with_a_collation() {
    let collation = Collation::builder().locale("en").strength(CollationStrength::Primary).build();
    every_byte_comes_back(Some(collation));
}

/// Articles after a backfill, and what they were before.
async fn upgraded(count: i32) -> (TestDatabase, VersionedCollection<Article>, Vec<RawDocumentBuf>) {
    let database = database().await;
    let stored = fixed_samples(count).into_iter().map(|sample| sample.stored);
    database.collection::<Document>("articles").insert_many(stored).await.unwrap();
    let before = bytes(&database, "articles").await;
    let articles = VersionedCollection::<Article>::new(&database);
    let report = articles.backfill().keep_preimages(HOUR).run().await.unwrap();
    assert!(report.is_clean() && report.upgraded > 0, "{report}");
    (database, articles, before)
}

async fn ids_of_upgraded(database: &Database) -> Vec<Bson> {
    let preimages = bytes(database, PREIMAGES).await;
    let id = |preimage: &RawDocumentBuf| {
        let id = preimage.get_document("_id").unwrap().get("document").unwrap().unwrap();
        Bson::try_from(id).unwrap()
    };
    preimages.iter().map(id).collect()
}

#[tokio::test]
async fn what_others_have_changed_since_is_reported_and_stays() {
    let (database, articles, before) = upgraded(60).await;
    let raw = database.collection::<Document>("articles");
    let ids = ids_of_upgraded(&database).await;
    let [changed, retyped, reordered, deleted, back, ..] = ids.as_slice() else { panic!("{ids:?}") };
    let one = |id: &Bson| doc! { "_id": id.clone() };
    raw.update_one(one(changed), doc! { "$set": { "title": "Mine" } }).await.unwrap();
    // The server takes both of these for equal to what they were.
    raw.update_one(one(retyped), vec![doc! { "$set": { "stock": { "$toDouble": "$stock" } } }])
        .await
        .unwrap();
    let mut fields: Vec<(String, Bson)> =
        raw.find_one(one(reordered)).await.unwrap().unwrap().into_iter().collect();
    fields[1..].reverse();
    raw.replace_one(one(reordered), fields.into_iter().collect::<Document>()).await.unwrap();
    raw.delete_one(one(deleted)).await.unwrap();
    let was = before.iter().find(|document| document.get_i32("_id").ok() == back.as_i32()).unwrap();
    database.collection::<RawDocumentBuf>("articles").replace_one(one(back), was).await.unwrap();
    let since = bytes(&database, "articles").await;

    let report = articles.rollback().run().await.unwrap();
    assert_eq!((report.changed, report.gone, report.already_there, report.failed), (3, 1, 1, 0), "{report}");
    assert_eq!(report.rolled_back, ids.len() as u64 - 5);
    assert_eq!((report.is_clean(), report.exit_code()), (false, 1));
    assert!(report.first_failures.iter().all(|failure| failure.kind == "changed"), "{report}");
    let after = bytes(&database, "articles").await;
    let left = [changed, retyped, reordered];
    let expected = |document: &RawDocumentBuf| {
        let id = document.get_i32("_id").unwrap();
        let from = if left.iter().any(|left| left.as_i32() == Some(id)) { &since } else { &before };
        from.iter().find(|document| document.get_i32("_id").ok() == Some(id)).unwrap().clone()
    };
    assert_eq!(after, after.iter().map(expected).collect::<Vec<_>>());
    assert_eq!(after.len(), 59);

    // They are recorded, apart from what a backfill could not bring up, and no backfill tries them again.
    let records = database.collection::<Document>(FAILURES);
    let recorded = doc! { "collection": "articles$rollback", "kind": "changed" };
    assert_eq!(records.count_documents(recorded.clone()).await.unwrap(), 3);
    assert_eq!(articles.failures(9).await.unwrap(), []);
    // Another run changes nothing, and says the same.
    let again = articles.rollback().run().await.unwrap();
    assert_eq!((again.changed, again.gone, again.rolled_back), (3, 1, 0), "{again}");
    assert_eq!(records.count_documents(recorded).await.unwrap(), 3);
}

#[tokio::test]
async fn each_run_is_taken_back_by_itself() {
    let (database, articles, before) = upgraded(40).await;
    let raw = database.collection::<Document>("articles");
    let jobs = database.collection::<Document>("schema_backfills");
    let run = async || {
        let job = jobs.find_one(doc! { "_id": "articles" }).await.unwrap().unwrap();
        job.get_object_id("run").unwrap()
    };
    let first = run().await;
    raw.insert_one(doc! { "_id": -1, "name": "Kettle", "price": "1.00", "stock": 1 }).await.unwrap();
    let between = bytes(&database, "articles").await;
    articles.backfill().keep_preimages(HOUR).run().await.unwrap();
    assert_ne!(run().await, first);

    let report = articles.rollback().run().await.unwrap();
    assert_eq!((report.rolled_back, report.work), (1, Work::Restore { of: run().await }), "{report}");
    assert_eq!(bytes(&database, "articles").await, between);
    articles.rollback().of(first).run().await.unwrap();
    raw.delete_one(doc! { "_id": -1 }).await.unwrap();
    assert_eq!(bytes(&database, "articles").await, before);

    let error = articles.rollback().of(ObjectId::new()).run().await.unwrap_err();
    assert!(matches!(error, Error::NoPreimages { run: Some(_), .. }), "{error}");
}

#[tokio::test]
async fn there_has_to_be_something_to_go_by() {
    let database = database().await;
    insert_old(&database, 10).await.unwrap();
    let orders = VersionedCollection::<Order>::new(&database);
    let error = orders.rollback().run().await.unwrap_err();
    assert!(matches!(error, Error::NoPreimages { run: None, .. }), "{error}");
    orders.backfill().run().await.unwrap();
    let before = state(&database).await;
    let error = orders.rollback().run().await.unwrap_err();
    assert!(error.to_string().contains("it kept none, or they have expired; `to_version`"), "{error}");
    assert_eq!(state(&database).await, before);
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let (database, articles, _) = upgraded(50).await;
    let raw = database.collection::<Document>("articles");
    let ids = ids_of_upgraded(&database).await;
    raw.update_one(doc! { "_id": ids[0].clone() }, doc! { "$set": { "title": "Mine" } }).await.unwrap();
    let before = state(&database).await;
    let dry = articles.rollback().dry_run(true).run().await.unwrap();
    assert_eq!(state(&database).await, before);
    assert_eq!((dry.rolled_back, dry.changed), (ids.len() as u64 - 1, 1), "{dry}");
    let report = articles.rollback().run().await.unwrap();
    assert_eq!((report.rolled_back, report.changed), (dry.rolled_back, dry.changed), "{report}");
}

#[tokio::test]
async fn a_dry_run_of_a_backfill_keeps_nothing() {
    let database = database().await;
    insert_old(&database, 10).await.unwrap();
    let before = state(&database).await;
    let orders = VersionedCollection::<Order>::new(&database);
    let dry = orders.backfill().keep_preimages(HOUR).dry_run(true).run().await.unwrap();
    assert_eq!(dry.upgraded, 10, "{dry}");
    assert_eq!(state(&database).await, before);
}

/// More documents than one partition has, by several processes.
#[tokio::test(flavor = "multi_thread")]
async fn processes_share_a_rollback() {
    const ORDERS: i32 = 30_000;
    let database = database().await;
    insert_old(&database, ORDERS).await.unwrap();
    let before = bytes(&database, "orders").await;
    let orders = VersionedCollection::<Order>::new(&database);
    orders.backfill().keep_preimages(HOUR).run().await.unwrap();
    // Those of another collection and of another run are none of its business.
    database.collection::<Document>("order").insert_one(doc! { "_id": 1, "total": "1" }).await.unwrap();
    let other = VersionedCollection::over(database.collection::<Order>("order"));
    other.backfill().keep_preimages(HOUR).run().await.unwrap();

    let runs = (0..3).map(|_| {
        let name = database.name().to_owned();
        tokio::spawn(async move {
            let database = Client::with_uri_str(uri().await).await.unwrap().database(&name);
            let orders = VersionedCollection::<Order>::new(&database);
            orders.rollback().batch_size(100).workers(1).run().await.unwrap()
        })
    });
    let mut sum = 0;
    for run in runs.collect::<Vec<_>>() {
        let report = run.await.unwrap();
        assert!(report.is_clean(), "{report}");
        assert_eq!(report.rolled_back + report.rolled_back_by_others, 30_000, "{report}");
        sum += report.rolled_back;
    }
    assert_eq!(sum, 30_000);
    assert_eq!(bytes(&database, "orders").await, before);
    assert_eq!(other.census().await.unwrap().current(), 1);
}

#[tokio::test]
async fn pre_images_expire() {
    let (database, articles, _) = upgraded(20).await;
    let preimages = database.collection::<Document>(PREIMAGES);
    let indexes = async || {
        let listed = database.run_command(doc! { "listIndexes": PREIMAGES }).await.unwrap();
        let batch = listed.get_document("cursor").unwrap().get_array("firstBatch").unwrap().clone();
        batch.into_iter().map(|index| index.as_document().unwrap().clone()).collect::<Vec<_>>()
    };
    let found = indexes().await;
    assert_eq!(found[1].get_document("key").unwrap(), &doc! { "expiresAt": 1 });
    assert_eq!(found[1].get_i32("expireAfterSeconds").unwrap(), 0);
    let preimage = preimages.find_one(doc! {}).await.unwrap().unwrap();
    let date = |name: &str| preimage.get_datetime(name).unwrap().timestamp_millis();
    assert_eq!(date("expiresAt") - date("writtenAt"), 3_600_000);

    // Somebody wants to keep them for longer.
    preimages.drop_indexes().await.unwrap();
    let longer = IndexOptions::builder().expire_after(HOUR).build();
    let index = IndexModel::builder().keys(doc! { "expiresAt": 1 }).options(longer).build();
    preimages.create_index(index).await.unwrap();
    let before = indexes().await;
    let report = articles.backfill().keep_preimages(HOUR).run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!(indexes().await, before);
}

#[tokio::test]
async fn what_could_not_be_taken_back_is_not_upgraded() {
    let database = database().await;
    let raw = database.collection::<Document>("orders");
    let order =
        |id: i32, megabytes: usize| doc! { "_id": id, "total": "1", "note": "x".repeat(megabytes << 20) };
    raw.insert_many([order(1, 7), order(2, 9)]).await.unwrap();
    let before = bytes(&database, "orders").await;
    let orders = VersionedCollection::<Order>::new(&database);
    let plan = orders.backfill().keep_preimages(HOUR).plan().await.unwrap();
    assert_eq!(plan.trial.failed(), 1, "{plan}");
    assert_eq!(orders.backfill().plan().await.unwrap().trial.failed(), 0);

    let report = orders.backfill().keep_preimages(HOUR).run().await.unwrap();
    assert_eq!((report.upgraded, report.failed), (1, 1), "{report}");
    let failure = &report.first_failures[0];
    assert_eq!((failure.kind, failure.id.clone()), ("too_large", 2.into()), "{failure:?}");
    assert!(failure.error.contains("without pre-images"), "{failure:?}");
    let report = orders.rollback().run().await.unwrap();
    assert!(report.is_clean() && report.rolled_back == 1, "{report}");
    assert_eq!(bytes(&database, "orders").await, before);
    let report = orders.backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.failed), (2, 0), "{report}");
}

/// What was tried again belongs to the run in which it failed.
#[tokio::test]
async fn what_is_tried_again_is_taken_back_as_well() {
    let database = database().await;
    insert_old(&database, 20).await.unwrap();
    let raw = database.collection::<Document>("orders");
    raw.update_many(doc! { "_id": { "$lt": 5 } }, doc! { "$set": { "total": "much" } }).await.unwrap();
    let orders = VersionedCollection::<Order>::new(&database);
    orders.backfill().keep_preimages(HOUR).run().await.unwrap();
    raw.update_many(doc! { "_id": { "$lt": 5 } }, doc! { "$set": { "total": "7" } }).await.unwrap();
    let report = orders.backfill().keep_preimages(HOUR).retry_failed().await.unwrap();
    assert_eq!(report.upgraded, 5, "{report}");
    let report = orders.rollback().run().await.unwrap();
    assert!(report.is_clean() && report.rolled_back == 20, "{report}");
    assert_eq!(raw.count_documents(doc! { "total": "7", "schemaVersion": null }).await.unwrap(), 5);
}
