//! Ready-made steps: there, there again, back and there once more, through the runner; what they refuse; what comes of them when they are
//! cut off.

mod collections;
mod cut_off;
mod fields;
mod indexes;
mod moved;
mod random;
mod refused;
mod seeds;
mod standalone;
mod values;

use std::fmt;

use mongodb::{
    Database,
    bson::{Document, RawDocumentBuf, doc},
};
use schema_runtime::{
    Environment, Schema,
    ledger::State,
    migration::{Context, Direction, Migration, Step, StepError, Transaction, Work, steps::Refused},
};

use crate::state::bytes;

/// A step that is done twice each time, as one whose process was killed before it could note that it was done.
struct Twice<S>(S);

impl<S: Step> Step for Twice<S> {
    fn describe(&self) -> String {
        self.0.describe()
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(async {
            self.0.up(context).await?;
            let done = context.database().name().to_owned();
            self.0.up(context).await.map_err(|error| format!("a second time in {done}: {error}").into())
        })
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(async {
            self.0.down(context).await?;
            self.0.down(context).await
        })
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

    fn destroys(&self, direction: Direction) -> Option<String> {
        self.0.destroys(direction)
    }
}

/// A schema with this step alone.
fn schema(database: &Database, step: impl Step + 'static) -> Schema {
    Schema::new(database)
        .environment(Environment::Development)
        .migration(Migration::new("the-step").step(step))
}

/// How many documents were changed on the way, or why it has failed.
async fn go(database: &Database, direction: Direction, step: impl Step + 'static) -> Result<u64, String> {
    let schema = schema(database, step);
    let run = match direction {
        Direction::Up => schema.up(),
        Direction::Down => schema.down(1),
    };
    // The ledger may have the same step under another id, from [`there_again`].
    let report = run.out_of_order(true).run().await.map_err(|error| error.to_string())?;
    let performed = report.migrations.first().expect("something to do");
    match &performed.error {
        None => {
            assert!(matches!(performed.state, State::Completed | State::RolledBack), "{report}");
            Ok(performed.affected)
        }
        Some(error) => Err(error.clone()),
    }
}

async fn up(database: &Database, step: impl Step + 'static) -> Result<u64, String> {
    go(database, Direction::Up, step).await
}

async fn down(database: &Database, step: impl Step + 'static) -> Result<u64, String> {
    go(database, Direction::Down, step).await
}

/// All that a database holds but the framework's own.
#[derive(PartialEq)]
struct Content(Vec<(Document, Vec<Document>, Vec<RawDocumentBuf>)>);

async fn content(database: &Database) -> Content {
    let listed = database.run_command(doc! { "listCollections": 1 }).await.unwrap();
    let listed = listed.get_document("cursor").unwrap().get_array("firstBatch").unwrap().clone();
    let mut content = Vec::new();
    for listed in listed {
        let mut listed = listed.as_document().unwrap().clone();
        listed.remove("info");
        listed.remove("idIndex");
        let name = listed.get_str("name").unwrap().to_owned();
        if name.starts_with("schema_") || name.starts_with("system.") {
            continue;
        }
        let is_view = listed.get_str("type").unwrap() == "view";
        let indexes = if is_view { Vec::new() } else { indexes_of(database, &name).await };
        let documents = bytes(database, &name).await;
        content.push((listed, indexes, documents));
    }
    content.sort_by_key(|(listed, ..)| listed.get_str("name").unwrap().to_owned());
    Content(content)
}

/// As the server says them, by name.
async fn indexes_of(database: &Database, collection: &str) -> Vec<Document> {
    let Ok(listed) = database.run_command(doc! { "listIndexes": collection }).await else {
        return Vec::new();
    };
    let listed = listed.get_document("cursor").unwrap().get_array("firstBatch").unwrap().clone();
    let mut indexes: Vec<_> = listed.into_iter().map(|index| index.as_document().unwrap().clone()).collect();
    indexes.sort_by_key(|index| index.get_str("name").unwrap().to_owned());
    indexes
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (listed, indexes, documents) in &self.0 {
            writeln!(f, "{listed}")?;
            indexes.iter().try_for_each(|index| writeln!(f, "  {index}"))?;
            let documents = documents.iter().map(|document| Document::try_from(document.as_ref()).unwrap());
            documents.into_iter().try_for_each(|document| writeln!(f, "  - {document}"))?;
        }
        Ok(())
    }
}

/// Goes there and back, once and twice, and sees that it comes to the same each time. What it was like up there.
async fn there_and_back<S: Step + 'static>(database: &Database, step: impl Fn() -> S) -> Content {
    let before = content(database).await;
    let there = there_again(database, &step).await;
    assert_ne!(before, there, "nothing was done");
    down(database, Twice(step())).await.unwrap();
    assert_eq!(content(database).await, before, "back");
    up(database, Twice(step())).await.unwrap();
    assert_eq!(content(database).await, there, "there again");
    down(database, step()).await.unwrap();
    assert_eq!(content(database).await, before, "back again");
    up(database, step()).await.unwrap();
    there
}

/// Goes there, and sees that it comes to the same when it is gone there once more.
async fn there_again<S: Step + 'static>(database: &Database, step: impl Fn() -> S) -> Content {
    up(database, step()).await.unwrap();
    let there = content(database).await;
    let again = Migration::new("the-step-again").step(step());
    let schema = Schema::new(database).environment(Environment::Development).migration(again);
    let report = schema.up().run().await.unwrap();
    assert!(report.is_done(), "{report}");
    assert_eq!(content(database).await, there, "a second time");
    there
}

/// The words of a refusal of this step, which has changed nothing.
async fn refusal(database: &Database, direction: Direction, step: impl Step + 'static) -> String {
    let before = content(database).await;
    let error = go(database, direction, step).await.expect_err("a refusal");
    assert_eq!(content(database).await, before, "something was done before it failed: {error}");
    error
}

async fn insert<const N: usize>(database: &Database, collection: &str, documents: [Document; N]) {
    database.collection(collection).insert_many(documents).await.unwrap();
}

fn is_refused(error: &StepError) -> bool {
    error.downcast_ref::<Refused>().is_some()
}
