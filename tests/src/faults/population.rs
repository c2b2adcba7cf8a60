//! What is stored before a run begins, and whose it is.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use mongodb::{Database, bson::Document, options::WriteConcern};

use super::{
    account::{COLLECTION, Steps, TARGET},
    content::{Content, Count},
};

/// How many documents each writer has for itself at first.
const OWNED: usize = 100;

/// How many documents all writers share.
const SHARED: usize = 40;

#[derive(Debug, Default)]
pub struct Population {
    pub documents: BTreeMap<u32, Content>,
    /// For each writer, what it alone replaces and deletes.
    pub owned: Vec<Vec<u32>>,
    /// What each writer has a field of its own in.
    pub shared: Vec<u32>,
}

impl Population {
    pub fn new(rng: &mut Rng, steps: Steps, documents: u32, writers: usize) -> Self {
        let documents: BTreeMap<u32, Content> =
            (0..documents).map(|number| (number, content(rng, steps, number))).collect();
        let mut free: BTreeSet<u32> = documents.keys().copied().collect();
        let mut take = |count: usize, which: &dyn Fn(&Content) -> bool| {
            let mut candidates: Vec<u32> =
                free.iter().copied().filter(|number| documents.get(number).is_some_and(which)).collect();
            rng.shuffle(&mut candidates);
            candidates.truncate(count);
            free.retain(|number| !candidates.contains(number));
            candidates
        };
        let shared = take(SHARED, &|content| !content.fails());
        let owned = (0..writers).map(|_| take(OWNED, &|_| true)).collect();
        Self { documents, owned, shared }
    }

    pub async fn insert(&self, database: &Database) -> mongodb::error::Result<()> {
        let documents = self.documents.iter().map(|(number, content)| content.stored(*number));
        let accounts = database.collection::<Document>(COLLECTION);
        accounts.insert_many(documents).write_concern(WriteConcern::majority()).await?;
        Ok(())
    }
}

/// Of any version, and in a hundred about two that cannot be converted.
fn content(rng: &mut Rng, steps: Steps, number: u32) -> Content {
    let version = match rng.u32(0..10) {
        0..=4 => 1,
        5..=7 => 2,
        _ => TARGET,
    };
    let mut content = Content::new(version, format!("first.{number}"), rng.i64(0..100));
    content.steps = steps;
    content.stamped = version > 1 || rng.bool();
    match (version, rng.u32(0..100)) {
        (1 | 2, 0) => content.count = Count::Unreadable,
        (1, 1) => content.texts = vec![format!("!first.{number}")],
        (_, 2) => content.version = TARGET + 1,
        _ => {}
    }
    content
}
