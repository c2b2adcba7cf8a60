//! How the service ends.

use mongodb::bson::{Document, doc};
use schema_runtime::backfill::JOBS;

use super::{
    insert_old, of_version,
    process::{Service, ends_with},
};
use crate::support::database;

const OLD: i32 = 100;

#[tokio::test]
async fn an_upgrade_is_stopped_and_taken_up_by_the_next_process() {
    for (signal, startup) in [("-TERM", "background"), ("-INT", "before")] {
        let database = database().await;
        insert_old(&database, OLD).await;
        let service = Service::start(&database, &["--startup", startup, "--max-rate", "10"]).await;
        service.until("/upgrades", |answer| answer["products"]["tally"]["upgraded"].as_u64() > Some(0)).await;
        service.signal(signal);
        let (status, said) = service.wait();
        assert_eq!(status.code(), Some(0), "{said}");
        assert!(said.contains(&format!("ending: SIG{} was received", &signal[1..])), "{said}");
        assert!(said.contains("interrupted"), "{said}");
        let jobs = database.collection::<Document>(JOBS);
        assert_eq!(jobs.count_documents(doc! { "lease": { "$type": "object" } }).await.unwrap(), 0);
        let done = of_version(&database, "products", 3).await;
        assert!((1..100).contains(&done), "{done}");

        let next = Service::start(&database, &["--startup", startup]).await;
        next.upgrades("finished").await;
        assert_eq!(of_version(&database, "products", 3).await, 100);
        assert_eq!(of_version(&database, "contacts", 2).await, 100);
        let said = next.terminate();
        assert!(said.contains(&format!("{done}  upgraded by other processes of the same job")), "{said}");
    }
}

#[tokio::test]
async fn a_list_that_has_begun_is_sent_to_its_end() {
    let database = database().await;
    // More than the buffers between the two hold.
    let products = (0..1000).map(|number| {
        doc! { "_id": number.to_string(), "schemaVersion": 3, "title": "x".repeat(50_000), "tags": [], "unitPrice": 1.0, "stock": 1_i64 }
    });
    database.collection::<Document>("products").insert_many(products).await.unwrap();
    let service = Service::start(&database, &[]).await;
    service.ready().await;
    let mut lines = service.http.lines("/products?limit=1000");
    assert!(lines.next().is_some());
    service.signal("-TERM");
    let rest =
        tokio::task::spawn_blocking(move || lines.inspect(|line| assert!(line.len() > 50_000)).count());
    assert_eq!(rest.await.unwrap(), 999);
    let (status, said) = service.wait();
    assert_eq!(status.code(), Some(0), "{said}");
}

#[tokio::test]
async fn without_a_server_it_starts_one_of_its_own() {
    let service = Service::start_with(&[]);
    service.ready().await;
    let products = service.http.get("/products").list();
    assert_eq!(products.len(), 4, "{products:?}");
    assert_eq!(service.http.get("/contacts?city=London").list()[0]["name"], "Ada Lovelace");
    service.terminate();
}

#[test]
fn what_is_wrong_is_said_with_a_code_and_without_the_password() {
    let nobody = "mongodb://ada:hunter2@127.0.0.1:1/shop?serverSelectionTimeoutMS=100";
    for (arguments, code) in [
        (&["--uri", nobody][..], 3),
        (&["--uri", "ada:hunter2"], 2),
        (&["--startup", "soon"], 2),
        (&["--max-rate", "0"], 2),
        (&["--heartbeat", "0"], 2),
        (&["--startup", "rolling", "--alone"], 2),
    ] {
        let (ended, said) = ends_with(arguments);
        assert_eq!(ended, Some(code), "{arguments:?}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}
