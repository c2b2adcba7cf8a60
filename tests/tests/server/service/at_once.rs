//! Two releases at once on the same documents, while the newer one upgrades them.

use std::{collections::BTreeMap, thread};

use mongodb::bson::{Document, doc};
use serde_json::{Value, json};

use super::{http::Http, hurry, insert_old, of_version, process::Service};
use crate::support::database;

const OLD: i32 = 200;

/// The documents that both releases update, and how often.
const SHARED: i32 = 40;
const ROUNDS: i64 = 12;

/// What a writer was told is stored: of each document the last value.
type Acknowledged = BTreeMap<String, Value>;

#[tokio::test]
async fn no_update_of_either_release_is_lost() {
    let database = database().await;
    insert_old(&database, OLD).await;
    // The previous release has been there for a while: its own upgrade is done.
    let previous = Service::start(&database, &["--release", "previous"]).await;
    previous.upgrades("finished").await;
    assert_eq!(of_version(&database, "products", 2).await, 200);

    // The current one arrives, and takes its time.
    let current = Service::start(&database, &["--max-rate", "5"]).await;
    current.ready().await;
    assert_eq!(current.http.get("/products/p199").json(200)["unitPrice"], 199.0);
    assert!(current.counted(&["schema_lazy_upgrades_total", "from=\"2\""]) > 0);

    let (old, new) = (previous.http.clone(), current.http.clone());
    let writers = tokio::task::spawn_blocking(move || {
        thread::scope(|scope| {
            let titles = scope.spawn(|| write_titles(&old));
            let stocks = scope.spawn(|| write_stocks(&new));
            (titles.join().unwrap(), stocks.join().unwrap())
        })
    });
    let ((titles, refused), (stocks, created_by_new)) = writers.await.unwrap();
    assert!(!titles.is_empty(), "the previous release was never in time");
    assert!(refused > 0, "the previous release never met a newer document");

    // The previous release says of each document that it cannot read why, and lists the others.
    let listed = previous.http.get("/products?limit=1000").list();
    let newer: Vec<_> = listed.iter().filter_map(|line| line.get("problem")).collect();
    assert!(!newer.is_empty() && newer.len() < listed.len(), "{} of {}", newer.len(), listed.len());
    for problem in newer {
        assert_eq!((&problem["status"], &problem["storedVersion"]), (&json!(409), &json!(3)));
    }
    assert!(previous.counted(&["schema_unreadable_documents_total", "kind=\"newer\""]) > 0);
    assert!(current.counted(&["schema_upgrades_before_update_total", "from=\"2\""]) > 0);

    for collection in ["products", "contacts"] {
        hurry(&database, &current, collection).await;
    }
    current.upgrades("finished").await;

    for (id, title) in &titles {
        assert_eq!(current.http.get(&format!("/products/{id}")).json(200)["title"], *title, "{id}");
    }
    for (id, stock) in &stocks {
        assert_eq!(current.http.get(&format!("/products/{id}")).json(200)["stock"], *stock, "{id}");
    }
    for id in created_by_new {
        assert_eq!(current.http.get(&format!("/products/{id}")).status, 200);
    }
    // What nobody knows is where it was.
    let products = database.collection::<Document>("products");
    assert_eq!(products.count_documents(doc! { "note": "kept" }).await.unwrap(), 200);

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

/// The previous release sets titles, and creates products; and how often it was told that a document is newer.
fn write_titles(http: &Http) -> (Acknowledged, u32) {
    let (mut acknowledged, mut refused) = (Acknowledged::new(), 0);
    for round in 0..ROUNDS {
        for id in (0..SHARED).map(|number| format!("p{number}")) {
            let title = json!(format!("{id} in round {round}"));
            let answer = http.patch(&format!("/products/{id}"), json!({ "title": title }));
            if answer.status == 409 {
                let problem = answer.json(409);
                assert_eq!(problem["storedVersion"], 3, "{problem}");
                assert_eq!(problem["knownVersions"], json!([1, 2]), "{problem}");
                assert_eq!(problem["todo"], "ask a newer release of this service", "{problem}");
                refused += 1;
            } else {
                assert_eq!(answer.json(200)["title"], title);
                acknowledged.insert(id, title);
            }
        }
        let made = json!({ "title": format!("Made in round {round}"), "tags": [], "price": 1.0 });
        let made = http.post("/products", made).json(201);
        let (id, title) = (made["_id"].as_str().unwrap().to_owned(), made["title"].clone());
        acknowledged.insert(id, title);
    }
    (acknowledged, refused)
}

/// The current release sets stocks of the same products, in the other order and not of all in the first rounds, and creates products.
fn write_stocks(http: &Http) -> (Acknowledged, Vec<String>) {
    let (mut acknowledged, mut created) = (Acknowledged::new(), Vec::new());
    for round in 0..ROUNDS {
        for id in (0..SHARED)
            .rev()
            .filter(|number| i64::from(number % 6) <= round)
            .map(|number| format!("p{number}"))
        {
            let answer = http.patch(&format!("/products/{id}"), json!({ "stock": round }));
            assert_eq!(answer.json(200)["stock"], round);
            acknowledged.insert(id, round.into());
        }
        let made = json!({ "title": "New", "tags": ["new"], "unitPrice": 1.0, "stock": round });
        let made = http.post("/products", made);
        let place = made.header("location").unwrap().to_owned();
        let id = made.json(201)["_id"].as_str().unwrap().to_owned();
        assert_eq!(place, format!("/products/{id}"));
        assert_eq!(http.get(&place).json(200)["stock"], round);
        created.push(id);
    }
    (acknowledged, created)
}
