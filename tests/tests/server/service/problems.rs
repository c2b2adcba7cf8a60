//! What clients and documents get wrong, as statuses.

use mongodb::{
    IndexModel,
    bson::{Document, doc},
    options::IndexOptions,
};
use serde_json::json;

use super::{insert_old, process::Service};
use crate::support::database;

#[tokio::test]
async fn what_a_client_gets_wrong_is_said_and_changes_nothing() {
    let database = database().await;
    let service = Service::start(&database, &[]).await;
    service.ready().await;
    let http = &service.http;
    let kettle = json!({ "title": "Kettle", "tags": ["kitchen"], "unitPrice": 24.9, "stock": 3 });
    let made = http.post("/products", kettle.clone()).json(201);
    let id = made["_id"].as_str().unwrap();
    let at = format!("/products/{id}");

    for wrong in [
        json!({ "title": "Kettle" }),
        json!({ "titel": "Kettle", "tags": [], "unitPrice": 1.0, "stock": 1 }),
        json!({ "title": 7, "tags": [], "unitPrice": 1.0, "stock": 1 }),
        json!({ "_id": "mine", "title": "Kettle", "tags": [], "unitPrice": 1.0, "stock": 1 }),
        json!({ "schemaVersion": 1, "title": "Kettle", "tags": [], "unitPrice": 1.0, "stock": 1 }),
        json!([]),
    ] {
        assert_eq!(http.post("/products", wrong.clone()).status, 422, "{wrong}");
        assert_eq!(http.put(&at, wrong.clone()).status, 422, "{wrong}");
    }
    for wrong in [
        json!({}),
        json!({ "price": 1.0 }),
        json!({ "stock": "many" }),
        json!({ "schemaVersion": 1 }),
        json!({ "title": null }),
    ] {
        let answer = http.patch(&at, wrong.clone());
        assert_eq!(answer.status, 422, "{wrong}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
    let missing =
        http.post("/products", json!({ "title": "Kettle", "tags": [], "unitPrice": 1.0 })).json(422);
    assert!(missing["detail"].as_str().unwrap().contains("`stock`"), "{missing}");
    for wrong in ["?limit=0", "?limit=x", "?colour=red", "?stock=many", "?title.min=a", "?$where=1"] {
        assert_eq!(http.get(&format!("/products{wrong}")).status, 422, "{wrong}");
    }
    assert_eq!(http.get(&at).json(200), made);

    let nobody = "/products/nobody";
    let statuses = [
        http.get(nobody).status,
        http.patch(nobody, json!({ "stock": 1 })).status,
        http.put(nobody, kettle).status,
        http.delete(nobody).status,
        http.get("/nothing").status,
    ];
    assert_eq!(statuses, [404; 5]);
    assert_eq!(http.delete(&at).status, 204);
    assert_eq!(http.get("/products").list().len(), 0);
    service.terminate();
}

#[tokio::test]
async fn what_a_rule_of_the_database_refuses_is_a_conflict() {
    let database = database().await;
    let titles = IndexModel::builder().keys(doc! { "title": 1 });
    let unique = titles.options(IndexOptions::builder().unique(true).build()).build();
    database.collection::<Document>("products").create_index(unique).await.unwrap();
    let service = Service::start(&database, &[]).await;
    service.ready().await;
    let product = |title: &str| json!({ "title": title, "tags": [], "unitPrice": 1.0, "stock": 1 });
    service.http.post("/products", product("Kettle")).json(201);
    let lamp = service.http.post("/products", product("Lamp")).json(201);
    let at = format!("/products/{}", lamp["_id"].as_str().unwrap());
    assert_eq!(service.http.post("/products", product("Kettle")).status, 409);
    assert_eq!(service.http.patch(&at, json!({ "title": "Kettle" })).status, 409);
    assert_eq!(service.http.put(&at, product("Kettle")).status, 409);
    assert_eq!(service.http.get(&at).json(200), lamp);
    service.terminate();
}

#[tokio::test]
async fn what_cannot_be_asked_of_old_documents_is_a_bad_request_and_not_a_short_list() {
    let database = database().await;
    insert_old(&database, 20).await;
    let service = Service::start(&database, &["--max-rate", "1"]).await;
    service.ready().await;
    // Renamed since: every version can be asked.
    assert_eq!(service.http.get("/products?title=Product%207").list().len(), 1);
    assert_eq!(service.http.get("/contacts?city=London&limit=5").list().len(), 5);
    // Nothing that is old has any.
    assert_eq!(service.http.get("/products?stock.min=1").list().len(), 0);
    // Made by a function.
    let refused = service.http.get("/products?unitPrice.min=1&unitPrice.max=5").json(400);
    assert!(refused["detail"].as_str().unwrap().contains("`unitPrice` cannot be asked"), "{refused}");
    service.terminate();
}

#[tokio::test]
async fn a_document_that_does_not_fit_its_type_is_the_services_fault_and_stays() {
    let database = database().await;
    let products = database.collection::<Document>("products");
    let bad = doc! { "_id": "bad", "name": "Lamp", "category": "light", "price": "ask", "legacySku": null };
    products.insert_one(bad.clone()).await.unwrap();
    let service = Service::start(&database, &["--startup", "before"]).await;
    service.ready().await;
    let whole = json!({ "title": "Lamp", "tags": [], "unitPrice": 1.0, "stock": 1 });
    for answer in [
        service.http.get("/products/bad"),
        service.http.patch("/products/bad", json!({ "stock": 1 })),
        service.http.put("/products/bad", whole),
    ] {
        let problem = answer.json(500);
        assert_eq!((&problem["storedVersion"], &problem["field"]), (&json!(1), &json!("price")));
    }
    assert_eq!(service.http.get("/products").list()[0]["problem"]["status"], 500);
    assert_eq!(products.find_one(doc! {}).await.unwrap(), Some(bad));
    service.terminate();
}
