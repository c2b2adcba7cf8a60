//! What is to be done about what is there.

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::backup::{Backup, BackupError, Restore};
use schema_tests::stored::all;
use tempfile::TempDir;

use super::picture::picture;
use crate::support::{TestDatabase, database};

/// A backup with `a`, `b` and a view of `a`.
async fn backed_up() -> (TestDatabase, TempDir) {
    let source = database().await;
    for name in ["a", "b"] {
        insert(&source, name, (0..5).map(|id| doc! { "_id": id, "of": "backup", "u": id })).await;
    }
    let index = doc! { "key": { "u": 1 }, "name": "u", "unique": true };
    source.run_command(doc! { "createIndexes": "a", "indexes": [index] }).await.unwrap();
    source.run_command(doc! { "create": "v", "viewOn": "a", "pipeline": [] }).await.unwrap();
    let scratch = tempfile::tempdir().unwrap();
    Backup::of(&source).to(scratch.path().join("backup")).run().await.unwrap();
    (source, scratch)
}

async fn insert(database: &Database, collection: &str, documents: impl IntoIterator<Item = Document>) {
    database.collection(collection).insert_many(documents).await.unwrap();
}

fn restore<'a>(scratch: &TempDir, target: &'a Database) -> Restore<'a> {
    Restore::from(scratch.path().join("backup")).into(target)
}

#[tokio::test]
async fn a_collection_with_documents_is_refused() {
    let (_source, scratch) = backed_up().await;
    let target = database().await;
    insert(&target, "b", [doc! { "_id": 7 }]).await;
    let before = picture(&target).await;
    let error = restore(&scratch, &target).run().await.unwrap_err();
    assert!(matches!(&error, BackupError::NotEmpty { collections, .. } if collections == &["b"]), "{error}");
    assert!(error.to_string().contains("drop_first"), "{error}");
    assert_eq!(picture(&target).await, before);

    // What is not asked for is not in the way.
    let report = restore(&scratch, &target).collections(["a", "v"]).run().await.unwrap();
    assert_eq!((report.inserted(), picture(&target).await["b"].documents.len()), (5, 1));
}

#[tokio::test]
async fn an_empty_collection_is_taken_if_it_has_the_same_options() {
    let (source, scratch) = backed_up().await;
    let target = database().await;
    target.create_collection("a").await.unwrap();
    restore(&scratch, &target).run().await.unwrap();
    assert_eq!(picture(&target).await, picture(&source).await);

    let target = database().await;
    for (name, options) in
        [("a", doc! { "capped": true, "size": 4096 }), ("v", doc! { "viewOn": "b", "pipeline": [] })]
    {
        let mut create = doc! { "create": name };
        create.extend(options);
        target.run_command(create).await.unwrap();
        let before = picture(&target).await;
        let error = restore(&scratch, &target).run().await.unwrap_err();
        assert!(matches!(&error, BackupError::Different { collection, .. } if collection == name), "{error}");
        assert_eq!(picture(&target).await, before);
        Database::drop(&target).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_there_is_dropped_first_if_so_said() {
    let (source, scratch) = backed_up().await;
    let target = database().await;
    insert(&target, "a", [doc! { "_id": 7 }]).await;
    insert(&target, "v", [doc! { "_id": 7 }]).await;
    insert(&target, "other", [doc! { "_id": 7 }]).await;
    restore(&scratch, &target).drop_first().run().await.unwrap();
    let mut found = picture(&target).await;
    assert_eq!(found.remove("other").unwrap().documents.len(), 1);
    assert_eq!(found, picture(&source).await);
}

#[tokio::test]
async fn a_merge_inserts_what_is_missing_and_leaves_the_rest() {
    let (_source, scratch) = backed_up().await;
    let target = database().await;
    let there = [doc! { "_id": 1, "of": "target", "u": 100 }, doc! { "_id": 50, "of": "target", "u": 2 }];
    insert(&target, "a", there.clone()).await;
    let index = doc! { "key": { "u": 1 }, "name": "u", "unique": true };
    target.run_command(doc! { "createIndexes": "a", "indexes": [index] }).await.unwrap();
    let report = restore(&scratch, &target).merge().run().await.unwrap();
    let a = &report.collections[0];
    // The one with `u: 2` has its place taken.
    assert_eq!((a.inserted, a.there, a.refused), (3, 1, 1), "{report}");
    assert_eq!(a.first_refused[0].id, 2.into());
    assert!(!report.is_clean() && report.to_string().contains("E11000"), "{report}");
    let stored: Vec<Document> = all(&target.collection("a")).await.unwrap();
    let from_backup = |id: i32| doc! { "_id": id, "of": "backup", "u": id };
    let expected = [from_backup(0), there[0].clone(), from_backup(3), from_backup(4), there[1].clone()];
    assert_eq!(stored, expected);
    assert_eq!(report.collections[1].inserted, 5);
}

/// A timestamp of zeros goes in by another command; what is there must be left alone by that, too.
#[tokio::test]
async fn a_merge_leaves_documents_with_zero_timestamps_alone() {
    let (source, target) = (database().await, database().await);
    let zero = mongodb::bson::Timestamp { time: 0, increment: 0 };
    for database in [&source, &target] {
        insert(database, "a", (0..3).map(|id| doc! { "_id": id, "in": database.name() })).await;
    }
    source.collection::<Document>("a").update_many(doc! {}, doc! { "$set": { "zero": zero } }).await.unwrap();
    target.collection::<Document>("a").delete_one(doc! { "_id": 2 }).await.unwrap();
    let scratch = tempfile::tempdir().unwrap();
    Backup::of(&source).to(scratch.path().join("backup")).run().await.unwrap();
    let report = restore(&scratch, &target).merge().run().await.unwrap();
    assert_eq!((report.inserted(), report.collections[0].there), (1, 2), "{report}");
    let stored: Vec<Document> = all(&target.collection("a")).await.unwrap();
    let of_target = |id: i32| doc! { "_id": id, "in": target.name() };
    assert_eq!(stored, [of_target(0), of_target(1), doc! { "_id": 2, "in": source.name(), "zero": zero }]);
}

/// Two states of one document, as a scan finds them when it is deleted and inserted again behind the place that it has read.
#[tokio::test]
async fn of_a_document_that_is_there_twice_the_first_is_kept() {
    let target = database().await;
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("shop");
    std::fs::create_dir(&folder).unwrap();
    let states = [doc! { "_id": 1, "state": 1 }, doc! { "_id": 2 }, doc! { "_id": 1, "state": 2 }];
    let bytes = states.iter().flat_map(|state| mongodb::bson::serialize_to_vec(state).unwrap());
    std::fs::write(folder.join("a.bson"), bytes.collect::<Vec<_>>()).unwrap();
    let report = Restore::from(&folder).into(&target).run().await.unwrap();
    assert_eq!((report.inserted(), report.collections[0].there), (2, 1), "{report}");
    let stored: Vec<Document> = all(&target.collection("a")).await.unwrap();
    assert_eq!(stored, states[..2]);
}

#[tokio::test]
async fn a_folder_in_use_is_refused() {
    let (source, scratch) = backed_up().await;
    let folder = scratch.path().join("backup");
    let error = Backup::of(&source).to(&folder).run().await.unwrap_err();
    assert!(matches!(error, BackupError::FolderInUse { .. }), "{error}");
    let target = database().await;
    assert!(restore(&scratch, &target).run().await.is_ok());
}
