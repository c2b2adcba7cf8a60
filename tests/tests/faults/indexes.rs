//! A build that takes long: what happens to the connection and the primary meanwhile does it no harm.

use mongodb::bson::{Document, doc};
use schema_runtime::{VersionedCollection, VersionedDocument};
use schema_tests::faults::cluster::{Cluster, command};

const BUILD: &str = "hangAfterStartingIndexBuild";

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "articles", index(keys(title)), index(keys(slug), unique))]
struct Article {
    title: String,
    slug: i32,
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_waited_for() {
    let cluster = Cluster::start(1).await.unwrap();
    let database = cluster.client("test").await.unwrap().database("faults_indexes");
    let article = |slug: i32| doc! { "schemaVersion": 1, "title": "A", "slug": slug };
    database.collection::<Document>("articles").insert_many((0..100).map(article)).await.unwrap();
    let port = cluster.ports()[0];
    let data = doc! { "failCommands": ["createIndexes"], "closeConnection": true };
    let lost = doc! { "configureFailPoint": "failCommand", "mode": { "times": 2 }, "data": data };
    command(port, lost).await.unwrap();
    let hold_up = doc! { "configureFailPoint": BUILD, "mode": "alwaysOn" };
    let entered = command(port, hold_up).await.unwrap().get_i32("count").unwrap() + 1;

    let articles = VersionedCollection::<Article>::new(&database);
    let created = tokio::spawn(async move { articles.indexes().create().await });
    let begun = doc! { "waitForFailPoint": BUILD, "timesEntered": entered, "maxTimeMS": 20_000 };
    command(port, begun).await.unwrap();
    // The one who asked is told that it was interrupted; the build goes on.
    command(port, doc! { "replSetStepDown": 1, "force": true }).await.unwrap();
    command(port, doc! { "configureFailPoint": BUILD, "mode": "off" }).await.unwrap();
    let report = created.await.unwrap().unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.changes.len(), 2);
    cluster.stop().await.unwrap();
}
