//! A writer: one program of one release, with a client of its own, that notes what it means to do and what it was told.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use fastrand::Rng;
use mongodb::{
    Collection,
    bson::{Document, doc},
};
use tokio::time::{sleep, timeout};

use super::{
    account::{Steps, TARGET, id},
    content::{Content, Count},
    history::{Entry, Operation, Outcome, Text},
};

/// After this long a writer takes the outcome for unknown.
const LIMIT: Duration = Duration::from_secs(20);

/// The numbers of the documents that a writer inserts begin at multiples of this.
const NUMBERS: u32 = 1_000_000;

pub struct Writer {
    writer: usize,
    steps: Steps,
    /// The version that it writes, and the latest that it knows.
    release: u32,
    rng: Rng,
    accounts: Collection<Document>,
    /// What nobody else replaces or deletes; `None` where there is no document now.
    own: BTreeMap<u32, Option<Content>>,
    /// Where all writers have fields of their own.
    shared: Vec<u32>,
    history: Vec<Entry>,
}

impl Writer {
    pub fn new(
        writer: usize,
        steps: Steps,
        release: u32,
        rng: Rng,
        accounts: Collection<Document>,
        own: BTreeMap<u32, Option<Content>>,
        shared: Vec<u32>,
    ) -> Self {
        Self { writer, steps, release, rng, accounts, own, shared, history: Vec::new() }
    }

    /// Writes until it is told to stop.
    pub async fn write(mut self, stop: &AtomicBool) -> Vec<Entry> {
        while !stop.load(Ordering::Relaxed) {
            let (number, operation) = self.choose();
            let position = self.history.len();
            self.history.push(Entry {
                writer: self.writer,
                number,
                operation: operation.clone(),
                outcome: Outcome::Pending,
            });
            let outcome = match timeout(LIMIT, self.perform(number, &operation)).await {
                Ok(Ok(matched)) => Outcome::Acknowledged { matched },
                Ok(Err(error)) => Outcome::Unknown(error.to_string()),
                Err(_) => Outcome::Unknown(format!("no answer within {LIMIT:?}")),
            };
            match outcome {
                Outcome::Acknowledged { matched: true } => {
                    if let Some(content) = self.own.get_mut(&number) {
                        operation.apply(content);
                    } else if let Operation::Insert(content) = operation {
                        self.own.insert(number, Some(content));
                    }
                }
                Outcome::Acknowledged { matched: false } => {}
                // It may be done yet, at any later time: what comes after it would not be known either.
                _ => {
                    self.own.remove(&number);
                    self.shared.retain(|shared| *shared != number);
                }
            }
            if let Some(entry) = self.history.get_mut(position) {
                entry.outcome = outcome;
            }
            sleep(Duration::from_millis(self.rng.u64(0..4))).await;
        }
        self.history
    }

    fn choose(&mut self) -> (u32, Operation) {
        let kind = self.rng.u32(0..100);
        if kind < 35
            && let Some(number) = self.rng.choice(self.shared.iter().copied())
        {
            return (number, self.own_field());
        }
        let own = self.rng.choice(self.own.keys().copied());
        let (Some(number), 10..) = (own, kind % 50) else {
            return (self.new_number(), Operation::Insert(self.content()));
        };
        let operation = match self.own.get(&number).and_then(Option::clone) {
            None => Operation::Insert(self.content()),
            Some(content) => self.change(&content),
        };
        (number, operation)
    }

    /// A change to a document that is there.
    fn change(&mut self, content: &Content) -> Operation {
        let kind = self.rng.u32(0..100);
        match kind {
            0..12 => Operation::Delete,
            _ if content.fails() => Operation::Replace(self.content()),
            12..40 => Operation::Replace(self.content()),
            40..60 => self.set_text(content).unwrap_or_else(|| self.add()),
            60..80 => self.add(),
            _ => self.own_field(),
        }
    }

    /// A release sets a field only where the document has it: a document of version 1 is not to get a second text.
    fn set_text(&mut self, content: &Content) -> Option<Operation> {
        let (name, only) = match self.release {
            1 => ("name", None),
            2 if content.version < 2 => return None,
            2 => ("title", None),
            _ => ("title", Some(TARGET)),
        };
        Some(Operation::SetText(Text { name, text: self.text(), only }))
    }

    fn add(&mut self) -> Operation {
        let amount = self.rng.i64(1..9);
        match self.release {
            1 | 2 => Operation::Add { name: "count", amount, only: None },
            _ => Operation::Add { name: "total", amount, only: Some(TARGET) },
        }
    }

    fn own_field(&mut self) -> Operation {
        let (writer, value) = (self.writer, self.sequence());
        match self.rng.u32(0..3) {
            0 => Operation::Mark { name: format!("w{writer}"), value },
            1 => Operation::AddMark { name: format!("c{writer}") },
            _ => Operation::Note { name: format!("note{writer}"), value },
        }
    }

    /// A whole document, as its release writes it; an old one also writes some that cannot be converted.
    fn content(&mut self) -> Content {
        let mut content = Content::new(self.release, self.text(), self.rng.i64(0..100));
        content.steps = self.steps;
        content.stamped = self.release > 1 || self.rng.bool();
        match (self.release, self.rng.u32(0..40)) {
            (1 | 2, 0) => content.count = Count::Unreadable,
            (1, 1) => content.texts = vec![format!("!{}", self.text())],
            _ => {}
        }
        content
    }

    fn text(&self) -> String {
        format!("w{}.{}", self.writer, self.sequence())
    }

    /// Tells each operation of a writer from its others.
    fn sequence(&self) -> i64 {
        i64::try_from(self.history.len()).unwrap_or(i64::MAX)
    }

    fn new_number(&self) -> u32 {
        let of_writer = u32::try_from(self.writer + 1).unwrap_or(u32::MAX).saturating_mul(NUMBERS);
        of_writer.saturating_add(u32::try_from(self.history.len()).unwrap_or(u32::MAX))
    }

    /// Whether there was a document to do it to.
    async fn perform(&self, number: u32, operation: &Operation) -> mongodb::error::Result<bool> {
        let mut filter = doc! { "_id": id(number) };
        if let Some(version) = operation.only() {
            filter.insert("schemaVersion", i64::from(version));
        }
        let update = match operation {
            Operation::Insert(content) => {
                self.accounts.insert_one(content.stored(number)).await?;
                return Ok(true);
            }
            Operation::Replace(content) => {
                let replaced = self.accounts.replace_one(filter, content.stored(number)).await?;
                return Ok(replaced.matched_count == 1);
            }
            Operation::Delete => return Ok(self.accounts.delete_one(filter).await?.deleted_count == 1),
            Operation::SetText(text) => doc! { "$set": { text.name: &text.text } },
            Operation::Add { name, amount, .. } => doc! { "$inc": { *name: amount } },
            Operation::Mark { name, value } => doc! { "$set": { format!("marks.{name}"): value } },
            Operation::AddMark { name } => doc! { "$inc": { format!("marks.{name}"): 1_i64 } },
            Operation::Note { name, value } => doc! { "$set": { name: value } },
        };
        Ok(self.accounts.update_one(filter, update).await?.matched_count == 1)
    }
}
