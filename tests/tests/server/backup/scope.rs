//! Some of a database: collections by name, and the documents that a job will touch.

use mongodb::bson::{Document, doc};
use schema_runtime::{
    VersionedCollection,
    backup::{Backup, BackupError, Copy, Restore},
};
use schema_tests::{
    orders::{Order, insert_old, stored, upgraded},
    stored::all,
};

use super::picture::{fill, picture};
use crate::support::database;

#[tokio::test]
async fn only_what_is_named_is_backed_up_restored_and_copied() {
    let (source, target) = (database().await, database().await);
    for name in ["a", "b", "c"] {
        fill(&source, name, 2).await;
    }
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    Backup::of(&source).to(&folder).collections(["c", "a"]).run().await.unwrap();
    let error = Restore::from(&folder).into(&target).collections(["a", "b"]).run().await.unwrap_err();
    assert!(matches!(&error, BackupError::NoSuchCollections { names, .. } if names == &["b"]), "{error}");
    assert!(picture(&target).await.is_empty());
    Restore::from(&folder).into(&target).collections(["c"]).run().await.unwrap();
    Copy::from(&source).to(&target).collections(["b"]).run().await.unwrap();
    assert_eq!(picture(&target).await.keys().collect::<Vec<_>>(), ["b", "c"]);

    let nowhere = scratch.path().join("nowhere");
    let error = Backup::of(&source).to(&nowhere).collections(["x"]).run().await.unwrap_err();
    assert!(error.to_string().contains("has no `x`; it has `a`, `b`, `c`"), "{error}");
    assert!(!nowhere.exists() && !scratch.path().join("nowhere.partial").exists());
    let error = Copy::from(&source).to(&target).collections(["x"]).run().await.unwrap_err();
    assert!(matches!(error, BackupError::NoSuchCollections { .. }), "{error}");
}

#[tokio::test]
async fn the_documents_that_a_job_will_touch() {
    let (source, elsewhere) = (database().await, database().await);
    insert_old(&source, 40).await.unwrap();
    let orders = VersionedCollection::<Order>::new(&source);
    orders.backfill().run().await.unwrap();
    let plain = source.collection::<Document>("orders");
    plain.delete_many(doc! { "_id": { "$lt": 15 } }).await.unwrap();
    let first: Vec<Document> = {
        insert_old(&elsewhere, 15).await.unwrap();
        all(&elsewhere.collection("orders")).await.unwrap()
    };
    plain.insert_many(&first).await.unwrap();
    // Of a newer release, and of nobody: a job looks at both.
    plain
        .insert_many([
            doc! { "_id": 100, "schemaVersion": 9 },
            doc! { "_id": 101, "schemaVersion": [2, "x"] },
        ])
        .await
        .unwrap();

    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let report =
        Backup::of(&source).to(&folder).documents("orders", orders.not_current()).run().await.unwrap();
    assert_eq!(report.documents(), 17, "{report}");
    assert!(report.to_string().contains("schemaVersion"), "{report}");

    // The job, and back again.
    let before = stored(&source).await.unwrap();
    plain.delete_many(doc! { "_id": { "$gte": 100 } }).await.unwrap();
    orders.backfill().run().await.unwrap();
    assert_eq!(stored(&source).await.unwrap(), upgraded(40));
    let error = Restore::from(&folder).into(&source).drop_first().run().await.unwrap_err();
    assert!(matches!(&error, BackupError::PartOfCollection { .. }), "{error}");
    assert_eq!(stored(&source).await.unwrap(), upgraded(40));
    plain.delete_many(doc! { "_id": { "$lt": 15 } }).await.unwrap();
    let report = Restore::from(&folder).into(&source).merge().run().await.unwrap();
    assert!(report.is_clean() && report.inserted() == 17, "{report}");
    assert_eq!(stored(&source).await.unwrap(), before);
}

#[tokio::test]
async fn of_a_view_there_is_no_backup_of_single_documents() {
    let source = database().await;
    fill(&source, "a", 2).await;
    source.run_command(doc! { "create": "v", "viewOn": "a", "pipeline": [] }).await.unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let error = Backup::of(&source).to(&folder).documents("v", doc! { "_id": 1 }).run().await.unwrap_err();
    assert!(matches!(error, BackupError::NotByFilter { .. }), "{error}");
    assert!(!folder.exists());
}
