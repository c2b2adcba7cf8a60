//! The three modes of the startup, each with old documents and without.

use mongodb::bson::doc;
use schema_runtime::backfill::JobHandle;
use schema_tests::stored::all;

use super::{
    hurry, insert_old, of_version,
    process::{Service, ends},
};
use crate::support::database;

const OLD: i32 = 120;

#[tokio::test]
async fn validate_refuses_to_serve_while_there_are_old_documents() {
    let database = database().await;
    let fresh = Service::start(&database, &["--startup", "validate"]).await;
    fresh.ready().await;
    fresh.terminate();

    insert_old(&database, OLD).await;
    let products = database.collection("products");
    let before = all(&products).await.unwrap();
    let (code, said) = ends(&database, &["--startup", "validate"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("120 documents of `products` are of older versions"), "{said}");
    assert!(said.contains("no version"), "{said}");
    assert_eq!(all(&products).await.unwrap(), before);

    // What is newer is no reason: it is not for this release to upgrade.
    products.delete_many(doc! {}).await.unwrap();
    let newer = doc! { "_id": "new", "schemaVersion": 3, "title": "New", "tags": [], "unitPrice": 1.0, "stock": 1_i64 };
    products.insert_one(newer).await.unwrap();
    let previous = ["--startup", "validate", "--release", "previous", "--alone"];
    let previous = Service::start(&database, &previous).await;
    previous.ready().await;
    previous.terminate();
}

#[tokio::test]
async fn before_serves_when_all_are_upgraded_and_answers_probes_meanwhile() {
    let database = database().await;
    insert_old(&database, OLD).await;
    // A minute at least, if nobody helps.
    let service = Service::start(&database, &["--startup", "before", "--max-rate", "2"]).await;
    service.running("products").await;

    assert_eq!(service.http.get("/healthz").status, 200);
    let readiness = service.http.get("/readyz").json(503);
    assert_eq!((&readiness["ready"], &readiness["startup"]), (&false.into(), &"under way".into()));
    let refused = service.http.get("/products/p1");
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert_eq!(service.http.get("/").status, 200);

    hurry(&database, &service, "products").await;
    service.running("contacts").await;
    assert_eq!(service.http.get("/readyz").status, 503);
    hurry(&database, &service, "contacts").await;
    service.ready().await;
    assert_eq!(of_version(&database, "products", 3).await, 120);
    assert_eq!(of_version(&database, "contacts", 2).await, 120);
    assert_eq!(service.http.get("/products/p7").json(200)["unitPrice"], 7.0);
    assert_eq!(service.counted(&["schema_lazy_upgrades_total"]), 0);
    service.terminate();
}

#[tokio::test]
async fn before_serves_although_a_document_cannot_be_upgraded_but_not_if_the_upgrade_is_cancelled() {
    let database = database().await;
    insert_old(&database, OLD).await;
    let products = database.collection::<mongodb::bson::Document>("products");
    products.update_one(doc! { "_id": "p3" }, doc! { "$set": { "price": "ask" } }).await.unwrap();

    let service = Service::start(&database, &["--startup", "before", "--max-rate", "2"]).await;
    service.running("products").await;
    JobHandle::new(&database, "products").cancel("test").await.unwrap();
    let (status, said) = service.wait();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("the upgrade of `products` was given up"), "{said}");

    let service = Service::start(&database, &["--startup", "before"]).await;
    service.ready().await;
    assert_eq!(service.http.get("/products/p3").json(500)["field"], "price");
    assert_eq!(of_version(&database, "products", 3).await, 119);
    let said = service.terminate();
    assert!(said.contains("_id \"p3\""), "{said}");
}

#[tokio::test]
async fn background_serves_documents_that_are_not_upgraded_yet() {
    let database = database().await;
    insert_old(&database, OLD).await;
    let service = Service::start(&database, &["--startup", "background", "--max-rate", "2"]).await;
    service.ready().await;
    let all = service.http.get("/products?limit=1000").list();
    assert_eq!(all.len(), 120);
    assert!(all.iter().all(|product| product["schemaVersion"] == 3 && product["stock"] == 0), "{all:?}");
    let lazily = service.counted(&["schema_lazy_upgrades_total", "collection=\"products\"", "from=\"1\""]);
    assert!(lazily > 60 && lazily <= 120, "{lazily}");
    assert!(of_version(&database, "products", 3).await < 60);

    for collection in ["products", "contacts"] {
        hurry(&database, &service, collection).await;
    }
    service.upgrades("finished").await;
    assert_eq!(of_version(&database, "products", 3).await, 120);
    assert_eq!(of_version(&database, "contacts", 2).await, 120);
    // Another read of them is one of current documents.
    assert_eq!(service.http.get("/products?limit=1000").list().len(), 120);
    assert_eq!(service.counted(&["schema_lazy_upgrades_total", "collection=\"products\""]), lazily);
    service.terminate();
}
