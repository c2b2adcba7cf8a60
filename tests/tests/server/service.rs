//! The example service, as processes of its own that are talked to over HTTP.

mod at_once;
mod away;
mod ending;
mod http;
mod problems;
mod process;
mod rolling;
mod startup;

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::backfill::{Control, JobHandle};

use self::process::Service;

/// Products and contacts of the first version, and a field that no version knows.
async fn insert_old(database: &Database, count: i32) {
    let products = (0..count).map(|number| {
        doc! {
            "_id": format!("p{number}"), "name": format!("Product {number}"), "category": "things",
            "price": number.to_string(), "legacySku": null, "note": "kept",
        }
    });
    database.collection::<Document>("products").insert_many(products).await.unwrap();
    let contacts = (0..count).map(|number| {
        doc! {
            "_id": format!("c{number}"), "firstName": "Ada", "lastName": number.to_string(),
            "email": "ada@example.org", "city": "London", "note": "kept",
        }
    });
    database.collection::<Document>("contacts").insert_many(contacts).await.unwrap();
}

/// How many documents of a collection are of this version.
async fn of_version(database: &Database, collection: &str, version: i32) -> u64 {
    let documents = database.collection::<Document>(collection);
    documents.count_documents(doc! { "schemaVersion": version }).await.unwrap()
}

/// What an operator does who does not want to wait for an upgrade any longer.
async fn hurry(database: &Database, service: &Service, collection: &str) {
    service.running(collection).await;
    let faster = |control: &mut Control| (control.rate, control.batch_size) = (Some(1e6), Some(1000));
    JobHandle::new(database, collection).adjust("test", faster).await.unwrap();
}
