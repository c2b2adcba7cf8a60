//! A deploy beside the release before: nobody is refused, nothing is lost, and when that release has ended the current one goes on.

use std::{collections::BTreeMap, thread};

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::versions::VERSIONS;
use schema_tests::stored::all;
use serde_json::{Value, json};

use super::{
    http::Http,
    hurry, insert_old, of_version,
    process::{Service, ends},
};
use crate::support::database;

const OLD: i32 = 60;

/// How many documents both releases update at the same time.
const SHARED: u32 = 20;

/// All that is written, as the current release calls it; and what of it the previous one has by the same name.
const FIELDS: [&str; 6] = ["title", "tags", "unitPrice", "name", "emails", "city"];
const FIELDS_OF_BOTH: [&str; 3] = ["title", "tags", "city"];

#[tokio::test]
async fn a_deploy_refuses_nobody_and_loses_nothing() {
    let database = database().await;
    insert_old(&database, OLD).await;
    let slow = ["--release", "previous", "--max-rate", "1", "--heartbeat", "2"];
    let previous = Service::start(&database, &slow).await;
    previous.ready().await;
    let current = Service::start(&database, &["--startup", "rolling", "--heartbeat", "1"]).await;
    current.ready().await;
    // What a step's function makes cannot be asked of documents of the first version.
    for query in ["/products?tags=things", "/products?unitPrice.min=1", "/contacts?name=Grace%207"] {
        assert_eq!(current.http.get(query).status, 400, "{query}");
    }

    // While the previous release upgrades to its own version, and behind that.
    let mut stored = written_by_both(&previous, &current).await;
    for collection in ["products", "contacts"] {
        hurry(&database, &previous, collection).await;
    }
    previous.until("/versions", |answer| answer["products"]["floor"] == 2).await;
    assert_eq!(previous.http.get("/products?tags=things&limit=1000").list().len(), 60);
    stored.extend(written_by_both(&previous, &current).await);
    assert_written_as_before(&database, &current).await;
    assert_not_yet(&database, &current.http).await;
    assert_stored(&previous.http, &stored, &FIELDS_OF_BOTH);
    assert_stored(&current.http, &stored, &FIELDS);

    previous.terminate();
    assert_goes_on(&database, &current).await;
    assert_stored(&current.http, &stored, &FIELDS);
    let products = database.collection::<Document>("products");
    assert_eq!(products.count_documents(doc! { "note": "kept" }).await.unwrap(), 60);
    // What was to come later is stored now.
    assert_eq!(current.http.patch("/products/p1", json!({ "stock": 5 })).json(200)["stock"], 5);

    let said = current.terminate();
    assert!(said.contains("waiting: ") && said.contains("shop previous on "), "{said}");
    assert!(said.contains("version 3 of `products` is written now"), "{said}");
    let members = database.collection::<Document>(VERSIONS);
    assert_eq!(members.count_documents(doc! { "_id.member": { "$exists": true } }).await.unwrap(), 0);
}

#[tokio::test]
async fn a_release_that_is_killed_is_waited_for_and_its_upgrade_taken_over() {
    let database = database().await;
    insert_old(&database, OLD).await;
    let slow = ["--release", "previous", "--max-rate", "2", "--heartbeat", "2"];
    let previous = Service::start(&database, &slow).await;
    previous.running("products").await;
    let current = Service::start(&database, &["--startup", "rolling", "--heartbeat", "1"]).await;
    current.ready().await;
    let stored = written_by_both(&previous, &current).await;
    assert_written_as_before(&database, &current).await;

    // Its upgrade is left unfinished, and its heartbeats have to lapse.
    previous.signal("-KILL");
    let (status, _) = previous.wait();
    assert_eq!(status.code(), None);
    assert_goes_on(&database, &current).await;
    assert_stored(&current.http, &stored, &FIELDS);
    let said = current.terminate();
    assert!(said.contains("waiting: ") && said.contains("shop previous on "), "{said}");
}

#[tokio::test]
async fn a_release_that_cannot_be_read_is_refused_by_name_and_leaves_nothing() {
    let database = database().await;
    let previous = Service::start(&database, &["--release", "previous"]).await;
    previous.ready().await;
    let (code, said) = ends(&database, &[]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.starts_with("error: this release does not serve: "), "{said}");
    assert!(said.contains("shop previous on ") && said.contains("`--startup rolling`"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    let members = previous.http.get("/versions").json(200);
    for collection in ["products", "contacts"] {
        assert_eq!(members[collection]["members"].as_array().unwrap().len(), 1, "{members}");
    }
    previous.terminate();

    // And the other way round.
    let current = Service::start(&database, &["--heartbeat", "1"]).await;
    current.until("/versions", |answer| answer["products"]["floor"] == 3).await;
    let (code, said) = ends(&database, &["--release", "previous"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("this release does not serve: ") && said.contains("floor is 3"), "{said}");
    current.terminate();
}

/// What writers were told is stored: of each document and field the last value.
type Stored = BTreeMap<(String, &'static str), Value>;

/// Clients of both releases at the same time on the same documents, each with fields of its own. None of them is refused.
async fn written_by_both(previous: &Service, current: &Service) -> Stored {
    let (old, new) = (previous.http.clone(), current.http.clone());
    let both = move || {
        thread::scope(|scope| {
            let by_old = scope.spawn(|| written_by_old(&old));
            let mut stored = written_by_new(&new);
            stored.extend(by_old.join().unwrap());
            stored
        })
    };
    tokio::task::spawn_blocking(both).await.unwrap()
}

fn written_by_old(old: &Http) -> Stored {
    let mut stored = set_all(old, "/products/p", "title", |number| json!(format!("Title {number}")));
    stored.extend(set_all(old, "/contacts/c", "city", |number| json!(format!("City {number}"))));
    stored.extend(created(old, "/products", json!({ "title": "Old", "tags": ["old"], "price": 1.0 })));
    stored
}

/// Of this the release before has the price by another name, the parts of the name, and one address.
fn written_by_new(new: &Http) -> Stored {
    let mut stored = set_all(new, "/products/p", "tags", |number| json!(["things", number.to_string()]));
    stored.extend(set_all(new, "/products/p", "unitPrice", |number| json!(f64::from(number))));
    stored.extend(set_all(new, "/contacts/c", "name", |number| json!(format!("Grace {number}"))));
    stored.extend(set_all(new, "/contacts/c", "emails", |number| json!([format!("{number}@example.org")])));
    let product = json!({ "title": "New", "tags": ["new"], "unitPrice": 2.0, "stock": 0 });
    stored.extend(created(new, "/products", product));
    let contact = json!({ "name": "Alan Turing", "emails": ["alan@example.org"], "city": "Wilmslow" });
    stored.extend(created(new, "/contacts", contact));
    stored
}

fn set_all(http: &Http, of: &str, field: &'static str, value: fn(u32) -> Value) -> Stored {
    let set = |number| {
        let (at, value) = (format!("{of}{number}"), value(number));
        assert_eq!(http.patch(&at, json!({ field: value })).json(200)[field], value);
        ((at, field), value)
    };
    (0..SHARED).map(set).collect()
}

fn created(http: &Http, at: &str, document: Value) -> Stored {
    let answer = http.post(at, document.clone());
    answer.json(201);
    let place = answer.header("location").unwrap();
    let fields = FIELDS.into_iter().filter_map(|field| Some((field, document.get(field)?.clone())));
    fields.map(|(field, value)| ((place.to_owned(), field), value)).collect()
}

/// Whether all that was stored is read by a release which has these fields.
fn assert_stored(http: &Http, stored: &Stored, fields: &[&str]) {
    let mut lost = Vec::new();
    let mut seen = 0;
    for ((at, field), value) in stored.iter().filter(|((_, field), _)| fields.contains(field)) {
        seen += 1;
        let read = http.get(at).json(200);
        if read[field] != *value {
            lost.push(format!("{value} as the {field} of {read}"));
        }
    }
    assert!(lost.is_empty() && seen > 0, "{lost:#?}");
}

/// While a process of the previous release lives.
async fn assert_written_as_before(database: &Database, current: &Service) {
    assert_eq!(of_version(database, "products", 3).await, 0);
    assert_eq!(of_version(database, "contacts", 2).await, 0);
    let versions = current.http.get("/versions").json(200);
    for (collection, written) in [("products", 2), ("contacts", 1)] {
        let of = &versions[collection];
        assert_eq!((&of["writes"], &of["health"]), (&json!(written), &json!("alive")), "{versions}");
        assert_eq!(of["members"].as_array().unwrap().len(), 2, "{versions}");
    }
    assert_eq!(current.http.get("/readyz").json(200)["members"]["products"], "alive");
}

/// What the version before has no place for is not stored by halves.
async fn assert_not_yet(database: &Database, http: &Http) {
    let [products, contacts] = ["products", "contacts"].map(|name| database.collection::<Document>(name));
    let before = (all(&products).await.unwrap(), all(&contacts).await.unwrap());
    let product = json!({ "title": "New", "tags": [], "unitPrice": 2.0, "stock": 5 });
    let contact =
        json!({ "name": "Ada", "emails": ["one@example.org", "two@example.org"], "city": "London" });
    for (answer, field) in [
        (http.patch("/products/p1", json!({ "stock": 5, "title": "Half" })), "stock"),
        (http.put("/products/p1", product.clone()), "stock"),
        (http.post("/products", product), "stock"),
        (http.patch("/contacts/c1", json!({ "emails": [], "city": "Half" })), "emails"),
        (http.patch("/contacts/c1", json!({ "name": " Ada " })), "name"),
        (http.put("/contacts/c1", contact.clone()), "emails"),
        (http.post("/contacts", contact), "emails"),
    ] {
        let problem = answer.json(503);
        assert_eq!(problem["fields"], json!([field]), "{problem}");
        assert!(problem["todo"].as_str().unwrap().starts_with("try again"), "{problem}");
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    assert_eq!((all(&products).await.unwrap(), all(&contacts).await.unwrap()), before);
}

/// When nobody of the previous release is alive any more.
async fn assert_goes_on(database: &Database, current: &Service) {
    let done = |answer: &Value| answer["products"]["floor"] == 3 && answer["contacts"]["floor"] == 2;
    current.until("/versions", done).await;
    for (collection, version) in [("products", 3), ("contacts", 2)] {
        let documents = database.collection::<Document>(collection);
        let all = documents.count_documents(doc! {}).await.unwrap();
        assert_eq!(of_version(database, collection, version).await, all);
    }
    assert_eq!(current.http.get("/products?tags=things&limit=1000").list().len(), 60);
    assert_eq!(current.http.get("/products?unitPrice.min=59&unitPrice.max=59").list()[0]["_id"], "p59");
    assert_eq!(current.http.get("/contacts?name=Grace%207").list()[0]["_id"], "c7");
}
