//! Copies that were interrupted, and those that must not begin.

use std::sync::Mutex;

use mongodb::{
    Client, Database,
    bson::{Document, doc},
};
use schema_runtime::backup::{BackupError, COPIES, Copy, Step};

use super::{
    picture::{fill, picture},
    process::Process,
};
use crate::support::{database, uri};

async fn furnish(source: &Database) {
    fill(source, "a", 2_500).await;
    fill(source, "b", 1_200).await;
    source.create_collection("capped").capped(true).size(10_000_000).await.unwrap();
    fill(source, "capped", 1_500).await;
    let index = doc! { "key": { "text": 1 }, "name": "text" };
    for name in ["a", "b", "capped"] {
        source.run_command(doc! { "createIndexes": name, "indexes": [&index] }).await.unwrap();
    }
    source.run_command(doc! { "create": "v", "viewOn": "a", "pipeline": [] }).await.unwrap();
}

#[tokio::test]
async fn a_killed_copy_goes_on_where_it_was() {
    let source = database().await;
    furnish(&source).await;
    let there = picture(&source).await;
    // The first five are of `a`: one at the beginning, three batches, and one at the end.
    for steps in 1..=12 {
        let target = database().await;
        let process = Process::after_steps(steps, "copy", source.name(), target.name()).await;
        process.kill();
        assert!(target.collection::<Document>(COPIES).count_documents(doc! {}).await.unwrap() == 4);
        let said = Mutex::new(Vec::new());
        let progress = |step: &Step<'_>| {
            if step.collection == "a" {
                said.lock().unwrap().push(step.documents);
            }
        };
        let report = Copy::from(&source).to(&target).progress(progress).run().await.unwrap();
        assert!(report.is_clean(), "{report}");
        assert!(picture(&target).await == there, "after {steps} steps");
        let said = said.into_inner().unwrap();
        // Its last step says that it is done, and what is noted then has not been noted yet.
        let expected = [None, Some(0), Some(1000), Some(2000), Some(2500), Some(2500)].get(steps).copied();
        assert_eq!(said.first().copied(), expected.flatten(), "after {steps} steps: {said:?}");
        // None of them is copied a second time.
        assert!(said.last().is_none_or(|documents| *documents == 2500), "after {steps} steps: {said:?}");
    }
}

#[tokio::test]
async fn a_stopped_copy_goes_on_where_it_was() {
    let (source, target) = (database().await, database().await);
    furnish(&source).await;
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let sender = Mutex::new(Some(sender));
    let progress = move |step: &Step<'_>| {
        if step.documents >= 1_000
            && let Some(sender) = sender.lock().unwrap().take()
        {
            sender.send(()).unwrap();
        }
    };
    let stop = async {
        receiver.await.unwrap();
        "enough".to_owned()
    };
    let error = Copy::from(&source).to(&target).progress(progress).stop_when(stop).run().await.unwrap_err();
    assert!(matches!(error, BackupError::Stopped { .. }), "{error}");
    Copy::from(&source).to(&target).run().await.unwrap();
    assert!(picture(&target).await == picture(&source).await);
}

/// The one that was there first is told so, and does no harm.
#[tokio::test]
async fn a_copy_that_another_process_takes_up_ends() {
    let (source, target) = (database().await, database().await);
    furnish(&source).await;
    let first = Process::after_steps(2, "copy", source.name(), target.name()).await;
    let second = Process::after_steps(2, "copy", source.name(), target.name()).await;
    let output = first.finish();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && text.contains("TakenOver"), "{text}");
    assert_eq!(target.collection::<Document>(COPIES).count_documents(doc! {}).await.unwrap(), 4);
    let output = second.finish();
    assert!(output.status.success(), "{output:?}");
    assert!(picture(&target).await == picture(&source).await);

    // Nor does one that comes late begin it again.
    let target = database().await;
    let late = Process::after_steps(2, "copy", source.name(), target.name()).await;
    Copy::from(&source).to(&target).run().await.unwrap();
    assert!(!late.finish().status.success());
    assert!(picture(&target).await == picture(&source).await);
}

#[tokio::test]
async fn a_database_is_not_copied_onto_itself_by_whatever_name() {
    let source = database().await;
    furnish(&source).await;
    let before = picture(&source).await;
    let port = uri().await.split("127.0.0.1:").nth(1).and_then(|rest| rest.get(..rest.find(['/', ','])?));
    let elsewhere = async |host: &str| {
        let port = port.expect("a server on this machine");
        let uri = format!("mongodb://{host}:{port}/?directConnection=true");
        Client::with_uri_str(uri).await.unwrap().database(source.name())
    };
    for target in [source.clone(), elsewhere("127.0.0.1").await, elsewhere("localhost").await] {
        let error = Copy::from(&source).to(&target).run().await.unwrap_err();
        assert!(matches!(&error, BackupError::SameDatabase { .. }), "{error}");
        assert_eq!(picture(&source).await, before);
    }
    // Empty collections would be in nobody's way.
    let empty = database().await;
    empty.create_collection("a").await.unwrap();
    let error = Copy::from(&empty).to(&empty).run().await.unwrap_err();
    assert!(matches!(error, BackupError::SameDatabase { .. }), "{error}");
    assert_eq!(picture(&empty).await.len(), 1);
    // Another database of the same server is another one.
    let target = database().await;
    Copy::from(&source).to(&target).run().await.unwrap();
    assert!(picture(&target).await == before);
}

#[tokio::test]
async fn a_target_with_documents_of_others_is_refused() {
    let (source, target) = (database().await, database().await);
    furnish(&source).await;
    fill(&target, "b", 1).await;
    let before = picture(&target).await;
    let error = Copy::from(&source).to(&target).run().await.unwrap_err();
    assert!(matches!(&error, BackupError::NotEmpty { collections, .. } if collections == &["b"]), "{error}");
    assert_eq!(picture(&target).await, before);
    // A finished copy is none that could be gone on with.
    Copy::from(&source).to(&target).collections(["a"]).run().await.unwrap();
    let error = Copy::from(&source).to(&target).collections(["a"]).run().await.unwrap_err();
    assert!(matches!(error, BackupError::NotEmpty { .. }), "{error}");
}

#[tokio::test]
async fn an_unfinished_copy_of_something_else_is_not_gone_on_with() {
    let (source, other, target) = (database().await, database().await, database().await);
    furnish(&source).await;
    furnish(&other).await;
    Process::after_steps(2, "copy", source.name(), target.name()).await.kill();
    let before = picture(&target).await;
    let error = Copy::from(&other).to(&target).run().await.unwrap_err();
    assert!(matches!(&error, BackupError::UnfinishedCopy { .. }), "{error}");
    // Nor with one of the same name that is another by now.
    source.collection::<Document>("a").drop().await.unwrap();
    fill(&source, "a", 10).await;
    let error = Copy::from(&source).to(&target).run().await.unwrap_err();
    assert!(matches!(&error, BackupError::UnfinishedCopy { collection, .. } if collection == "a"), "{error}");
    assert_eq!(picture(&target).await, before);
}

/// Two copies of different collections into one target, of which only one comes to its end.
#[tokio::test]
async fn a_copy_of_other_collections_keeps_the_checkpoints_of_the_first() {
    let (source, target) = (database().await, database().await);
    furnish(&source).await;
    fill(&source, "c", 10).await;
    Process::after_steps(2, "copy", source.name(), target.name()).await.kill();
    let another = database().await;
    fill(&another, "d", 10).await;
    Copy::from(&another).to(&target).run().await.unwrap();
    Copy::from(&source).to(&target).run().await.unwrap();
    target.collection::<Document>("d").drop().await.unwrap();
    assert!(picture(&target).await == picture(&source).await);
}
