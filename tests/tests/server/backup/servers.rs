//! From one server to another, stand-alone ones, and through trouble on the way.

use mongodb::{
    Client, Database,
    bson::{Document, doc},
};
use schema_runtime::{
    backup::{Backup, Copy, Restore},
    local::LocalServer,
};

use super::picture::{fill, picture};
use crate::support::database;

/// The next command of this name fails so.
async fn fail_once(database: &Database, command: &str, how: Document) {
    let mut data = doc! { "failCommands": [command] };
    data.extend(how);
    let fail = doc! { "configureFailPoint": "failCommand", "mode": { "times": 1 }, "data": data };
    database.client().database("admin").run_command(fail).await.unwrap();
}

/// A server that is no member of a replica set, and can be told to fail.
#[tokio::test]
async fn another_server_is_one_to_copy_to_and_trouble_passes() {
    let source = database().await;
    fill(&source, "things", 12_000).await;
    source.run_command(doc! { "create": "v", "viewOn": "things", "pipeline": [] }).await.unwrap();
    let there = picture(&source).await;
    let server =
        LocalServer::builder().arg("--setParameter").arg("enableTestCommands=1").start().await.unwrap();
    let client = Client::with_uri_str(server.uri()).await.unwrap();
    // Of the same name: what makes them two is where they are.
    let (copied, restored) = (client.database(source.name()), client.database("restored"));

    fail_once(&copied, "insert", doc! { "closeConnection": true }).await;
    let report = Copy::from(&source).to(&copied).run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    assert!(picture(&copied).await == there);

    // The scan is lost in the middle: it begins again, and so does the file.
    fail_once(&copied, "getMore", doc! { "errorCode": 43 }).await;
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let report = Backup::of(&copied).to(&folder).run().await.unwrap();
    assert_eq!(report.documents(), 12_000, "{report}");
    fail_once(&copied, "insert", doc! { "errorCode": 189 }).await;
    let report = Restore::from(&folder).into(&restored).run().await.unwrap();
    assert_eq!((report.inserted(), report.collections[0].there), (12_000, 0), "{report}");
    assert!(picture(&restored).await == there);
}
