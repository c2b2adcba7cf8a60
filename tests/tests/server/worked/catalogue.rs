//! Versions for each collection, brought up at startup.

use mongodb::bson::{Bson, Document, doc};
use schema_examples::histories::catalogue::HISTORY;
use schema_runtime::startup::{Brought, Startup};

use super::{Way, answer, arrived, begun, bytes, expected, old, start, stored};

fn decimal(text: &str) -> Bson {
    Bson::Decimal128(text.parse().unwrap())
}

#[tokio::test]
async fn the_newest_version_is_what_the_types_say() {
    let database = arrived(&HISTORY, Way::Before).await;
    let product = |id: &str, title: &str, tags: &[&str], price: &str| {
        doc! { "_id": id, "schemaVersion": 3, "title": title, "tags": tags, "price": decimal(price) }
    };
    let mut lamp = product("lamp", "Lamp", &["living room"], "80.00");
    lamp.insert("ownersNote", "sells well");
    let products = vec![
        product("kettle", "Kettle", &["kitchen", "kettles"], "24.90"),
        lamp,
        product("chair", "Chair", &["kitchen"], "49.50"),
        product("clock", "Clock", &["antiques"], "350.00"),
    ];
    let ada = doc! { "street": "12 St James's Square", "city": "London", "postcode": "SW1Y 4JH" };
    let alan = doc! { "street": "43 Adlington Road", "city": "Wilmslow" };
    let contacts = vec![
        doc! { "_id": "ada", "schemaVersion": 2, "name": "Ada Lovelace", "address": ada },
        doc! { "_id": "alan", "schemaVersion": 2, "name": "Alan Turing", "address": alan },
        doc! { "_id": "grace", "schemaVersion": 2, "name": "Grace Hopper" },
    ];
    let user = |id: &str, status: &str| doc! { "_id": id, "schemaVersion": 2, "status": status };
    let users = vec![
        user("ada", "enabled"),
        user("bob", "disabled"),
        user("eve", "blocked"),
        user("root", "enabled"),
    ];
    let expected = expected([("products", products), ("contacts", contacts), ("users", users)]);
    assert_eq!(stored::<Document>(&database).await, expected);
}

#[tokio::test]
async fn a_start_says_what_it_could_not_convert_and_serves() {
    let database = begun(&HISTORY).await;
    let brought = start(&HISTORY, &database, Startup::UpgradeUpTo(100)).await.unwrap();
    let counted: Vec<(String, u64, u64)> = brought
        .iter()
        .map(|brought| match brought {
            Brought::Upgraded(report) => (report.collection.clone(), report.upgraded, report.failed),
            other => panic!("{other:?}"),
        })
        .collect();
    let counts = [("products", 3, 1), ("contacts", 3, 0), ("users", 3, 1)];
    assert_eq!(counted, counts.map(|(name, upgraded, failed)| (name.to_owned(), upgraded, failed)));
}

#[tokio::test]
async fn back_by_the_steps_is_version_one_in_its_own_words() {
    let database = arrived(&HISTORY, Way::Commands).await;
    for collection in ["products", "contacts", "users"] {
        answer(&HISTORY, &database, 0, &["rollback", collection, "--to-version", "1"]).await;
    }
    let product = |id: &str, name: &str, category: &str, price: &str| {
        doc! { "_id": id, "schemaVersion": 1, "name": name, "category": category, "price": price }
    };
    let mut lamp = product("lamp", "Lamp", "living room", "80.00");
    lamp.insert("ownersNote", "sells well");
    let products = vec![
        product("kettle", "Kettle", "kitchen/kettles", "24.90"),
        lamp,
        // The spaces and the comma are gone for good.
        product("chair", "Chair", "kitchen", "49.50"),
        product("clock", "Clock", "antiques", "350.00"),
    ];
    let contacts = vec![
        doc! {
            "_id": "ada", "schemaVersion": 1, "name": "Ada Lovelace",
            "address": "12 St James's Square, London, SW1Y 4JH",
        },
        doc! { "_id": "alan", "schemaVersion": 1, "name": "Alan Turing", "address": "43 Adlington Road, Wilmslow" },
        doc! { "_id": "grace", "schemaVersion": 1, "name": "Grace Hopper" },
    ];
    let user = |id: &str, status: &str| doc! { "_id": id, "schemaVersion": 1, "status": status };
    let users =
        vec![user("ada", "active"), user("bob", "inactive"), user("eve", "banned"), user("root", "active")];
    let expected = expected([("products", products), ("contacts", contacts), ("users", users)]);
    assert_eq!(stored::<Document>(&database).await, expected);
}

#[tokio::test]
async fn back_by_preimages_is_what_it_was_byte_for_byte() {
    let database = begun(&HISTORY).await;
    let reports = answer(&HISTORY, &database, 1, &["backfill", "--all", "--keep-preimages", "1"]).await;
    assert_eq!(reports["products"]["upgraded"], 3);
    for collection in ["products", "contacts", "users"] {
        answer(&HISTORY, &database, 0, &["rollback", collection]).await;
    }
    assert_eq!(bytes(&database).await, old(&HISTORY));
}
