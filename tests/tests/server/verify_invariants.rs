//! The service's own rules in a verification.

use mongodb::bson::{Document, doc};
use schema_runtime::{VersionedCollection, VersionedDocument};

use crate::support::{TestDatabase, database};

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "orders")]
struct OrderV1 {
    total: i64,
    lines: Vec<i64>,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = OrderV1)]
struct Order {
    total: i64,
    lines: Vec<i64>,
    #[versioned(added = 7)]
    user: i32,
}

async fn orders() -> (TestDatabase, VersionedCollection<Order>) {
    let database = database().await;
    database
        .collection::<Document>("orders")
        .insert_many([
            doc! { "_id": 1, "schemaVersion": 2, "total": 3_i64, "lines": [1_i64, 2_i64], "user": 7 },
            doc! { "_id": 2, "schemaVersion": 2, "total": 4_i64, "lines": [1_i64, 2_i64], "user": 8 },
            doc! { "_id": 3, "schemaVersion": 1, "total": 0_i64, "lines": [1_i64] },
            doc! { "_id": 4, "schemaVersion": 2, "total": "?" },
        ])
        .await
        .unwrap();
    let orders = VersionedCollection::new(&database);
    (database, orders)
}

fn sum(order: &Order) -> Result<(), String> {
    let sum: i64 = order.lines.iter().sum();
    if sum == order.total { Ok(()) } else { Err(format!("{} is not {sum}", order.total)) }
}

#[tokio::test]
async fn a_rule_is_asked_about_each_document_that_decodes() {
    let (_database, orders) = orders().await;
    let verify = orders.verify().invariant("the total is the sum", sum);
    let verification = verify
        .invariant("there are lines", |order| if order.lines.is_empty() { Err("none") } else { Ok(()) })
        .run()
        .await
        .unwrap();
    let broken: Vec<_> = verification
        .first_findings
        .iter()
        .filter(|finding| finding.kind == "invariant")
        .map(|finding| {
            (finding.id.as_i32().unwrap(), finding.stored_version.unwrap(), finding.error.as_str())
        })
        .collect();
    assert_eq!(
        broken,
        [(2, 2, "the total is the sum: 4 is not 3"), (3, 1, "the total is the sum: 0 is not 1")]
    );
    assert_eq!(verification.findings["body"], 1);
    assert_eq!(verification.findings["not_current"], 1);
}

#[tokio::test]
async fn a_rule_may_look_into_another_collection() {
    let (database, orders) = orders().await;
    let users = database.collection::<Document>("users");
    users.insert_one(doc! { "_id": 7 }).await.unwrap();
    let exists = async |user: i32| match users.find_one(doc! { "_id": user }).await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(format!("there is no user {user}")),
        Err(error) => Err(error.to_string()),
    };
    let verification =
        orders.verify().async_invariant("the user exists", |order| exists(order.user)).run().await.unwrap();
    assert_eq!(verification.findings["invariant"], 1);
    let broken = verification.first_findings.iter().find(|finding| finding.kind == "invariant").unwrap();
    assert_eq!((broken.id.as_i32(), broken.error.as_str()), (Some(2), "the user exists: there is no user 8"));
}

/// The future of a verification, rules included, can be given to another thread.
#[tokio::test]
async fn a_verification_may_be_run_elsewhere() {
    let (_database, orders) = orders().await;
    let run = async move {
        let verify = orders.verify().invariant("the total is the sum", sum);
        verify.async_invariant("waits", async |_| Ok::<_, String>(())).run().await
    };
    let verification = tokio::spawn(run).await.unwrap().unwrap();
    assert_eq!(verification.findings["invariant"], 2);
}
