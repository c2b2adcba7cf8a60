//! Two releases at once on the same documents, of which neither knows of the other, while the newer one upgrades them.

use std::{collections::BTreeMap, sync::Barrier, thread};

use mongodb::bson::{Document, doc};
use serde_json::{Value, json};

use super::{http::Http, hurry, insert_old, of_version, process::Service};
use crate::support::database;

const OLD: i32 = 200;

/// How many of them both releases update at the same time, from the last on: the upgrade begins with the first.
const SHARED: i32 = 60;

/// How often the previous release tries each of those.
const TRIES: usize = 6;

type Made = fn() -> Value;

/// What the current release sets.
const OF_CURRENT: [(&str, Made); 2] = [("stock", || json!(7)), ("tags", || json!(["a", "b"]))];

/// What writers were told is stored: of each document and field the last value.
type Acknowledged = BTreeMap<(String, &'static str), Value>;

#[tokio::test]
async fn no_update_of_either_release_is_lost() {
    let database = database().await;
    insert_old(&database, OLD).await;
    // The previous release has been there for a while: its own upgrade is done.
    let previous = Service::start(&database, &["--release", "previous", "--alone"]).await;
    previous.upgrades("finished").await;
    assert_eq!(of_version(&database, "products", 2).await, 200);

    // The current one arrives, and takes its time.
    let current = Service::start(&database, &["--max-rate", "5", "--alone"]).await;
    current.ready().await;
    assert_eq!(current.http.get("/products/p199").json(200)["unitPrice"], 199.0);
    assert!(current.counted(&["schema_lazy_upgrades_total", "from=\"2\""]) > 0);

    let (old, new) = (previous.http.clone(), current.http.clone());
    let writers = tokio::task::spawn_blocking(move || update_all(&old, &new));
    let (acknowledged, refused) = writers.await.unwrap();
    assert!(
        acknowledged.keys().any(|(_, field)| *field == "title"),
        "the previous release was never in time"
    );
    assert!(refused > 0, "the previous release never met a newer document");

    // The previous release says of each document that it cannot read why, and lists the others.
    let listed = previous.http.get("/products?limit=1000").list();
    let newer: Vec<_> = listed.iter().filter_map(|line| line.get("problem")).collect();
    assert!(!newer.is_empty() && newer.len() < listed.len(), "{} of {}", newer.len(), listed.len());
    for problem in newer {
        assert_eq!((&problem["status"], &problem["storedVersion"]), (&json!(409), &json!(3)));
    }

    for collection in ["products", "contacts"] {
        hurry(&database, &current, collection).await;
    }
    current.upgrades("finished").await;
    assert_eq!(of_version(&database, "products", 2).await, 0);

    let mut lost = Vec::new();
    for ((id, field), value) in &acknowledged {
        let stored = current.http.get(&format!("/products/{id}")).json(200);
        if stored[field] != *value {
            lost.push(format!("{value} as the {field} of {stored}"));
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
    // What nobody knows is where it was.
    let products = database.collection::<Document>("products");
    assert_eq!(products.count_documents(doc! { "note": "kept" }).await.unwrap(), 200);
    assert!(previous.counted(&["schema_unreadable_documents_total", "kind=\"newer\""]) > 0);
    assert!(current.counted(&["schema_upgrades_before_update_total", "from=\"2\""]) > 0);

    // What the previous release goes on to store is read all the same.
    let late = json!({ "title": "Late", "tags": ["late"], "price": 2.5 });
    let late = previous.http.post("/products", late).json(201)["_id"].as_str().unwrap().to_owned();
    let late = current.http.get(&format!("/products/{late}")).json(200);
    assert_eq!(
        (&late["schemaVersion"], &late["unitPrice"], &late["stock"]),
        (&json!(3), &json!(2.5), &json!(0))
    );

    previous.terminate();
    current.terminate();
}

/// One document after the other, and then some that are new; and how often the previous release was refused.
fn update_all(old: &Http, new: &Http) -> (Acknowledged, usize) {
    let (mut acknowledged, mut refused) = (Acknowledged::new(), 0);
    for id in (OLD - SHARED..OLD).rev().map(|number| format!("p{number}")) {
        let titles = update_one(old, new, &id);
        refused += TRIES - titles.len();
        acknowledged.extend(titles.into_iter().last().map(|title| ((id.clone(), "title"), title)));
        acknowledged.extend(OF_CURRENT.map(|(field, value)| ((id.clone(), field), value())));
    }
    acknowledged.extend(created(old, json!({ "title": "Old", "tags": [], "price": 1.0 })));
    acknowledged.extend(created(new, json!({ "title": "New", "tags": [], "unitPrice": 1.0, "stock": 1 })));
    (acknowledged, refused)
}

/// Three clients at the same time, each with a field of its own: two at the current release, of which the first makes the document
/// newer, and one at the previous release, again and again. The titles that it could set.
fn update_one(old: &Http, new: &Http, id: &str) -> Vec<Value> {
    let together = Barrier::new(1 + OF_CURRENT.len());
    thread::scope(|scope| {
        for (field, value) in OF_CURRENT {
            let together = &together;
            scope.spawn(move || {
                together.wait();
                assert!(set(new, id, field, &value()), "the current release knows no newer one");
            });
        }
        together.wait();
        (0..TRIES)
            .map(|title| json!(title.to_string()))
            .filter(|title| set(old, id, "title", title))
            .collect()
    })
}

/// Whether a field was set, or the document is newer than the release, which says so.
fn set(http: &Http, id: &str, field: &str, value: &Value) -> bool {
    let answer = http.patch(&format!("/products/{id}"), json!({ field: value }));
    if answer.status != 409 {
        assert_eq!(answer.json(200)[field], *value);
        return true;
    }
    let problem = answer.json(409);
    assert_eq!(problem["storedVersion"], 3, "{problem}");
    assert_eq!(problem["knownVersions"], json!([1, 2]), "{problem}");
    assert_eq!(problem["todo"], "ask a newer release of this service", "{problem}");
    false
}

/// Products that a release makes and finds again.
fn created(http: &Http, product: Value) -> Acknowledged {
    let make = |_| {
        let made = http.post("/products", product.clone());
        let place = made.header("location").unwrap().to_owned();
        let id = made.json(201)["_id"].as_str().unwrap().to_owned();
        assert_eq!(place, format!("/products/{id}"));
        assert_eq!(http.get(&place).json(200)["title"], product["title"]);
        ((id, "title"), product["title"].clone())
    };
    (0..10).map(make).collect()
}
