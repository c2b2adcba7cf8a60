//! Steps that are cut off at any moment, and begun again by the next run.

use std::time::Duration;

use futures_util::FutureExt;
use mongodb::{
    Database,
    bson::{Bson, Document, bson, doc},
};
use schema_runtime::migration::{Context, Direction, Step, Transaction, Work, steps};
use tokio::time::timeout;

use super::{content, go};
use crate::{state::dump, support::database};

/// A step that is given up after some time, as by a process that dies: what it has asked of the server may still be done.
struct CutOff<S>(S, Duration);

impl<S: Step> CutOff<S> {
    async fn hurried(&self, work: Work<'_>) -> Result<(), schema_runtime::migration::StepError> {
        timeout(self.1, work).await.unwrap_or_else(|_| Err("cut off".into()))
    }
}

impl<S: Step> Step for CutOff<S> {
    fn describe(&self) -> String {
        self.0.describe()
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        self.hurried(self.0.up(context)).boxed()
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        self.hurried(self.0.down(context)).boxed()
    }

    fn is_reversible(&self) -> bool {
        self.0.is_reversible()
    }

    fn transaction(&self) -> Transaction {
        self.0.transaction()
    }

    fn is_repeatable(&self, direction: Direction) -> bool {
        self.0.is_repeatable(direction)
    }
}

/// Runs a step that is cut off again and again, a little later each time, until it is done. How often it was.
async fn in_pieces<S: Step + 'static>(
    database: &Database,
    direction: Direction,
    step: impl Fn() -> S,
) -> u32 {
    let mut patience = Duration::from_micros(fastrand::u64(100..3_000));
    for cut_off in 0.. {
        match go(database, direction, CutOff(step(), patience)).await {
            Ok(_) => return cut_off,
            Err(error) => assert!(error.contains("cut off"), "{error}"),
        }
        patience = patience.mul_f64(fastrand::f64() / 2.0 + 1.1);
    }
    unreachable!("patience grows");
}

/// What it comes to is what it comes to at once.
async fn comes_to_the_same<S: Step + 'static>(prepare: impl AsyncFn(&Database), step: impl Fn() -> S) {
    let (at_once, pieces) = (database().await, database().await);
    prepare(&at_once).await;
    prepare(&pieces).await;
    let before = content(&at_once).await;
    go(&at_once, Direction::Up, step()).await.unwrap();
    let mut cut_off = in_pieces(&pieces, Direction::Up, &step).await;
    assert_eq!(content(&pieces).await, content(&at_once).await, "{}", step().describe());
    if step().is_reversible() {
        cut_off += in_pieces(&pieces, Direction::Down, &step).await;
        assert_eq!(content(&pieces).await, before, "back: {}", step().describe());
    }
    assert!(cut_off > 0, "it was never cut off");
}

async fn many(database: &Database) {
    let states = ["A", "B", "C"];
    let documents = (0..6_000_usize).map(|n| {
        doc! { "_id": Bson::from(n as i64), "state": states[n % 3], "n": n.to_string(), "x": { "y": n as i64 } }
    });
    database.collection("c").insert_many(documents).await.unwrap();
    // The way back leaves empty collections.
    for name in ["moved", "s"] {
        database.run_command(doc! { "create": name }).await.unwrap();
    }
}

#[tokio::test]
async fn fields_are_changed_in_pieces() {
    comes_to_the_same(many, || steps::add_field("c", "x.z", 1)).await;
    comes_to_the_same(many, || steps::remove_field("c", "x.y")).await;
    comes_to_the_same(many, || steps::set_where("c", doc! { "state": "A" }, doc! { "x.y": 1 })).await;
    comes_to_the_same(many, || steps::delete_documents("c", doc! { "state": "A" })).await;
}

#[tokio::test]
async fn values_are_changed_in_pieces() {
    comes_to_the_same(many, || steps::convert_values("c", "state", [("A", "active"), ("B", "bound")])).await;
    let typed = || steps::convert_type("c", "n", steps::ValueType::Int32).back_to(steps::ValueType::Text);
    comes_to_the_same(many, typed).await;
    comes_to_the_same(many, || steps::to_list("c", "x.y")).await;
    // In a transaction, or it would come to something else.
    let places = [("A", "B"), ("B", "C"), ("C", "A")];
    comes_to_the_same(many, || steps::convert_values("c", "state", places)).await;
}

#[tokio::test]
async fn documents_are_moved_and_copied_in_pieces() {
    comes_to_the_same(many, || steps::move_documents("c", doc! { "state": "A" }, "moved")).await;
    comes_to_the_same(many, || steps::copy_collection("c", "copy")).await;
}

#[tokio::test]
async fn seeds_and_indexes_come_in_pieces() {
    let seeds = || steps::seed("s", (0..300).map(|n| doc! { "_id": n })).by("_id");
    comes_to_the_same(many, seeds).await;
    comes_to_the_same(many, || steps::create_index("c", doc! { "n": 1, "state": 1 })).await;
    let changed = || steps::change_index("c", doc! { "n": 1 }, doc! { "n": 1, "state": -1 });
    let with_index = async |database: &Database| {
        many(database).await;
        let index = doc! { "createIndexes": "c", "indexes": [{ "key": { "n": 1 }, "name": "n_1" }] };
        database.run_command(index).await.unwrap();
    };
    comes_to_the_same(with_index, changed).await;
}

/// Nothing that others write while documents are moved is lost, and none is in both.
#[tokio::test(flavor = "multi_thread")]
async fn what_others_write_meanwhile_moves_along() {
    const DOCUMENTS: i32 = 3_000;
    let database = database().await;
    let documents = (0..DOCUMENTS).map(|id| doc! { "_id": id, "n": 0 });
    database.collection("from").insert_many(documents).await.unwrap();
    database.run_command(doc! { "create": "to" }).await.unwrap();
    let [from, to] = ["from", "to"].map(|name| database.collection::<Document>(name));
    let others = tokio::spawn(async move {
        let mut written = 0;
        while from.find_one(doc! {}).await.unwrap().is_some() {
            let id = doc! { "_id": fastrand::i32(0..DOCUMENTS) };
            for collection in [&from, &to] {
                let one_more = doc! { "$inc": { "n": 1 } };
                written += collection.update_one(id.clone(), one_more).await.unwrap().modified_count;
            }
        }
        written
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    go(&database, Direction::Up, steps::move_documents("from", doc! {}, "to")).await.unwrap();
    let written = others.await.unwrap();
    let moved = dump(&database, "to").await;
    let ids: Vec<_> = moved.iter().map(|document| document.get("_id").unwrap().clone()).collect();
    assert_eq!(ids, (0..DOCUMENTS).map(|id| bson!(id)).collect::<Vec<_>>());
    let counted: i32 = moved.iter().map(|document| document.get_i32("n").unwrap()).sum();
    assert_eq!(u64::try_from(counted).unwrap(), written);
    assert!(written > 0);
}
