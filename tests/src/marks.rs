//! Migrations that leave marks, so that it can be told what was done, and how often.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::TryStreamExt;
use mongodb::{
    Collection, Database,
    bson::{Document, doc},
};
use schema_runtime::migration::{Context, Direction, Step, StepError, Transaction, Work};

/// What is in effect: a document for each step.
pub const MARKS: &str = "marks";
/// What was done: a document for each time.
pub const MADE: &str = "made";

/// How a step runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// In a transaction: a second time it fails.
    InTransaction,
    /// Outside of one, and somebody has to look when it was cut off.
    Outside,
    /// Outside of one, and it may be done again.
    Repeatable,
}

/// The names of the steps that fail at the moment, behind what they do.
pub type Trouble = Arc<Mutex<BTreeSet<String>>>;

/// A step that puts a mark there, and takes it away on the way back.
#[derive(Debug, Clone)]
pub struct Mark {
    pub name: String,
    pub way: Way,
    /// How long it takes before its work and behind it.
    pub takes: Duration,
    pub trouble: Trouble,
}

impl Mark {
    pub fn new(name: impl Into<String>, way: Way) -> Self {
        Self { name: name.into(), way, takes: Duration::ZERO, trouble: Trouble::default() }
    }

    #[must_use]
    pub fn taking(self, takes: Duration) -> Self {
        Self { takes, ..self }
    }

    #[must_use]
    pub fn failing_in(self, trouble: &Trouble) -> Self {
        Self { trouble: Arc::clone(trouble), ..self }
    }

    async fn make(&self, context: &Context, direction: Direction) -> Result<(), StepError> {
        tokio::time::sleep(self.takes).await;
        let (marks, made) = (marks(context.database()), made(context.database()));
        let by = i64::from(std::process::id());
        let (mark, note) =
            (doc! { "_id": &self.name }, doc! { "step": &self.name, "way": direction.to_string(), "by": by });
        if context.in_transaction() {
            let session = &mut *context.session().await;
            if direction == Direction::Up {
                marks.insert_one(mark).session(&mut *session).await?;
            } else if marks.delete_one(mark).session(&mut *session).await?.deleted_count != 1 {
                return Err("there is no mark to be taken away".into());
            }
            made.insert_one(note).session(session).await?;
        } else {
            if direction == Direction::Up {
                marks.replace_one(mark.clone(), mark).upsert(true).await?;
            } else {
                marks.delete_one(mark).await?;
            }
            made.insert_one(note).await?;
        }
        context.count(1);
        tokio::time::sleep(self.takes).await;
        let fails = self.trouble.lock().unwrap().contains(&self.name);
        if fails { Err(format!("{} was to fail", self.name).into()) } else { Ok(()) }
    }
}

impl Step for Mark {
    fn describe(&self) -> String {
        format!("mark {}", self.name)
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.make(context, Direction::Up))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.make(context, Direction::Down))
    }

    fn transaction(&self) -> Transaction {
        match self.way {
            Way::InTransaction => Transaction::WhereAllowed,
            Way::Outside | Way::Repeatable => Transaction::Never,
        }
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        self.way == Way::Repeatable
    }
}

fn marks(database: &Database) -> Collection<Document> {
    database.collection(MARKS)
}

fn made(database: &Database) -> Collection<Document> {
    database.collection(MADE)
}

/// Makes the collections, which several transactions at once would do in each other's way.
pub async fn prepare(database: &Database) {
    for name in [MARKS, MADE] {
        database.create_collection(name).await.expect("a collection");
    }
}

/// The names of the steps in effect.
pub async fn in_effect(database: &Database) -> BTreeSet<String> {
    let found: Vec<Document> =
        marks(database).find(doc! {}).await.expect("marks").try_collect().await.expect("marks");
    found.iter().map(|mark| mark.get_str("_id").expect("a name").to_owned()).collect()
}

/// How often a step was made this way, as far as that was committed.
pub async fn times(database: &Database, step: &str, direction: Direction) -> u64 {
    let counted = doc! { "step": step, "way": direction.to_string() };
    made(database).count_documents(counted).await.expect("a count")
}
