//! What is counted: every lazy upgrade, write-back and rewritten filter, and nothing of current documents.

use std::collections::BTreeMap;

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use mongodb::bson::doc;
use schema_runtime::{Newer, WriteBack};

use super::{stored, users};
use crate::support::database;

/// The counters of what is done, as in a page of metrics.
fn counted(work: impl AsyncFnOnce()) -> BTreeMap<String, u64> {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    // On this thread alone, which is that of the recorder.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&recorder, || runtime.block_on(work()));
    let counters = snapshotter.snapshot().into_vec().into_iter().map(|(key, _, _, value)| {
        let labels = key.key().labels().map(|label| format!("{}={}", label.key(), label.value()));
        let name = format!("{} {}", key.key().name(), labels.collect::<Vec<_>>().join(","));
        let DebugValue::Counter(count) = value else { panic!("{name} is no counter") };
        (name, count)
    });
    counters.collect()
}

#[test]
fn what_older_documents_cost_is_counted() {
    let counted = counted(async || {
        let database = database().await;
        let mut bad = stored(2, 9);
        bad.insert("visits", "many");
        let documents = [stored(1, 1), stored(1, 2), stored(2, 3), stored(3, 4), stored(9, 5), bad];
        let users = users(&database, documents).await;
        let read = |id: i32| users.find_one(doc! { "_id": id });
        for id in 1..=4 {
            read(id).await.unwrap();
        }
        read(5).await.unwrap_err();
        read(9).await.unwrap_err();
        users.clone().with_newer(Newer::ReadOnly).find_one(doc! { "_id": 5 }).await.unwrap();
        users.find_one(doc! { "login": "user4@example.org" }).await.unwrap();
        let update = || doc! { "$set": { "active": false } };
        users.update_one(doc! { "_id": 1 }, update()).await.unwrap();
        // Told once, however often the document is looked for.
        let by_login = doc! { "login": "user1@example.org" };
        users.find_one_and_update(by_login.clone(), update()).sort(doc! { "_id": 1 }).await.unwrap();
        users.modify(by_login, |user| user.visits += 1).await.unwrap();
        users.update_one(doc! { "_id": 9 }, update()).await.unwrap_err();
        users.update_many(doc! { "_id": 9 }, update()).await.unwrap_err();
        users.find_one_and_update(doc! { "_id": 5 }, update()).await.unwrap_err();
        let newer = users.clone().with_newer(Newer::ReadOnly);
        newer.modify(doc! { "_id": 5 }, |user| user.visits += 1).await.unwrap_err();
        let writing = users.clone().with_write_back(WriteBack::always());
        writing.find_one(doc! { "_id": 2 }).await.unwrap();
        let none = users.clone().with_write_back(WriteBack::always().in_background(0));
        none.find_one(doc! { "_id": 3 }).await.unwrap();
    });
    let expected = [
        ("schema_lazy_upgrades_total collection=users,from=1", 3),
        ("schema_lazy_upgrades_total collection=users,from=2", 2),
        ("schema_newer_reads_total collection=users", 2),
        ("schema_rewritten_filters_total collection=users", 3),
        ("schema_unreadable_documents_total collection=users,kind=body", 3),
        ("schema_unreadable_documents_total collection=users,kind=newer", 3),
        ("schema_upgrades_before_update_total collection=users,from=1", 1),
        ("schema_write_backs_total collection=users,outcome=skipped", 1),
        ("schema_write_backs_total collection=users,outcome=written", 1),
    ];
    assert_eq!(counted, expected.map(|(name, count)| (name.to_owned(), count)).into());
}

#[test]
fn current_documents_are_not_counted() {
    let counted = counted(async || {
        let database = database().await;
        let users = users(&database, (1..=5).map(|id| stored(3, id))).await.with_floor(3);
        users.find(doc! { "login": { "$gt": "a" } }).await.unwrap().try_collect().await.unwrap();
        users
            .update_one(doc! { "login": "user1@example.org" }, doc! { "$set": { "active": false } })
            .await
            .unwrap();
        users.modify(doc! { "_id": 2 }, |user| user.visits += 1).await.unwrap();
    });
    assert_eq!(counted, BTreeMap::new());
}
