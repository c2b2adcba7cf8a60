//! A database that goes away and comes back, and others who take the process for gone.

use mongodb::bson::{DateTime, Document, doc, oid::ObjectId};
use schema_runtime::{local::LocalServer, versions::VERSIONS};

use super::process::Service;
use crate::support::database;

#[tokio::test]
async fn a_service_without_its_database_is_alive_and_not_ready() {
    let mut server = LocalServer::builder().replica_set(1).start().await.unwrap();
    let uri = format!("{}&serverSelectionTimeoutMS=300", server.uri());
    let service = Service::start_with(&["--uri", &uri]);
    service.ready().await;
    // Nothing of an upgrade is to be in the way.
    let ended = |answer: &serde_json::Value| {
        ["products", "contacts"]
            .iter()
            .all(|name| answer[name].is_null() || answer[name]["state"] == "finished")
    };
    service.until("/upgrades", ended).await;

    server.members_mut()[0].kill().unwrap();
    let answer = service.http.get("/products/x");
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert!(!answer.text.contains("127.0.0.1"), "{answer:?}");
    assert_eq!(service.http.get("/healthz").status, 200);
    assert_eq!(service.http.get("/readyz").json(503)["ready"], false);
    assert_eq!(service.http.get("/upgrades").status, 503);

    server.members_mut()[0].restart().await.unwrap();
    service.ready().await;
    assert_eq!(service.http.get("/products/x").status, 404);
    service.terminate();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_service_that_others_have_taken_for_dead_is_alive_and_not_ready() {
    let database = database().await;
    let service = Service::start(&database, &["--heartbeat", "1"]).await;
    service.ready().await;

    // Meanwhile one came in that goes by another release.
    let id = doc! { "collection": "products", "member": ObjectId::new() };
    let other = doc! {
        "_id": &id, "service": "tills", "release": null, "host": "elsewhere", "process": 7_i64,
        "reads": { "from": 1_i64, "to": 2_i64 }, "writes": { "from": 2_i64, "to": 2_i64 }, "wants": null,
        "revision": 0_i64, "seenAt": DateTime::now(), "until": DateTime::MAX,
    };
    let members = database.collection::<Document>(VERSIONS);
    members.insert_one(other).await.unwrap();
    let itself = doc! { "_id.collection": "products", "_id": { "$ne": &id } };
    assert_eq!(members.delete_one(itself).await.unwrap().deleted_count, 1);
    service.until("/readyz", |answer| answer["ready"] == false).await;
    let readiness = service.http.get("/readyz").json(503);
    assert!(readiness["members"]["products"]["out"].as_str().unwrap().contains("tills on elsewhere"));
    assert_eq!(readiness["members"]["contacts"], "alive");
    assert_eq!(service.http.get("/healthz").status, 200);
    assert_eq!(service.http.get("/products").status, 200);

    members.delete_one(doc! { "_id": id }).await.unwrap();
    service.ready().await;
    service.terminate();
}
