//! Write: a batch of stored documents through conversion and guarded write, until each is settled.

use std::{collections::VecDeque, marker::PhantomData, time::Duration};

use bson::{Bson, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use mongodb::Collection;
use schema_core::DecodeOwned;

use super::{
    convert::{Converted, convert, is_current},
    failure::{Failure, Reason},
};
use crate::{
    error::{During, Error},
    guarded_write::{Change, MAX_STATEMENT_BYTES, groups, statement},
    numbers::count,
    retry::with_retries,
    update_command::{Refusal, UpdateCommand},
};

/// A document that others change this often between a read and a write is left to the next run.
const MAX_ATTEMPTS: u32 = 10;
const PAUSE_AFTER_CONFLICT: Duration = Duration::from_millis(5);

/// What became of a batch.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) upgraded: u64,
    pub(super) already_current: u64,
    pub(super) gone: u64,
    pub(super) conflicts: u64,
    pub(super) retries: u64,
    pub(super) failures: Vec<Failure>,
}

pub(super) struct BatchWriter<T> {
    update: UpdateCommand,
    collection: Collection<RawDocumentBuf>,
    collated: bool,
    dry_run: bool,
    document: PhantomData<fn() -> T>,
}

/// Changes that go into one statement.
struct Group {
    changes: Vec<Change>,
    /// Whether they may have been written already: the server had begun with a statement that they were in.
    begun: bool,
}

impl<T: DecodeOwned> BatchWriter<T> {
    pub(super) fn new(
        update: UpdateCommand,
        collection: Collection<RawDocumentBuf>,
        collated: bool,
        dry_run: bool,
    ) -> Self {
        Self { update, collection, collated, dry_run, document: PhantomData }
    }

    pub(super) async fn upgrade(&self, batch: Vec<RawDocumentBuf>) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        let mut pending = batch;
        for attempt in 1..=MAX_ATTEMPTS {
            let changes = self.convert_all(pending, &mut outcome);
            pending = self.write_all(changes, &mut outcome).await?;
            if pending.is_empty() {
                return Ok(outcome);
            }
            outcome.conflicts += count(&pending);
            tokio::time::sleep(PAUSE_AFTER_CONFLICT * attempt).await;
        }
        let gave_up = |document: &RawDocumentBuf| {
            Failure::new(&T::CHAIN, document, Reason::Conflict { attempts: MAX_ATTEMPTS })
        };
        outcome.failures.extend(pending.iter().map(gave_up));
        Ok(outcome)
    }

    fn convert_all(&self, documents: Vec<RawDocumentBuf>, outcome: &mut Outcome) -> Vec<Change> {
        let mut changes = Vec::with_capacity(documents.len());
        for document in documents {
            match convert::<T>(&document, self.collated) {
                Converted::Upgrade(change) => changes.push(*change),
                Converted::Current => outcome.already_current += 1,
                Converted::Failed(failure) => outcome.failures.push(*failure),
            }
        }
        changes
    }

    /// Returns the documents that were changed by others, as they are now.
    async fn write_all(
        &self,
        changes: Vec<Change>,
        outcome: &mut Outcome,
    ) -> Result<Vec<RawDocumentBuf>, Error> {
        if self.dry_run {
            outcome.upgraded += count(&changes);
            return Ok(Vec::new());
        }
        let mut pending = Vec::new();
        let mut rest: VecDeque<Group> =
            groups(changes).into_iter().map(|changes| Group { changes, begun: false }).collect();
        while !rest.is_empty() {
            let later = rest.split_off(fitting(&rest));
            let command = std::mem::replace(&mut rest, later);
            let unsettled = self.write_command(command, outcome).await?;
            pending.extend(unsettled.changed);
            rest.extend(unsettled.again);
        }
        Ok(pending)
    }

    async fn write_command(
        &self,
        mut command: VecDeque<Group>,
        outcome: &mut Outcome,
    ) -> Result<Unsettled, Error> {
        let statements = command
            .iter()
            .map(|group| statement(&group.changes))
            .collect::<Result<Vec<_>, _>>()
            .map_err(mongodb::error::Error::from)
            .during("write a batch", self.collection.name())?;
        let mut written = self.update.send("write a batch", statements).await?;
        let mut unsettled = Unsettled::default();
        // From the last one on, so that the positions of the others hold.
        written.refused.sort_by_key(|refusal| std::cmp::Reverse(refusal.position));
        for refusal in written.refused {
            if let Some(group) = command.remove(refusal.position) {
                unsettled.again.extend(narrow_down(group, refusal, outcome));
            }
        }
        outcome.upgraded += written.modified;
        outcome.retries += u64::from(written.repeats);
        let changes: Vec<&Change> = command.iter().flat_map(|group| &group.changes).collect();
        if written.modified != count(&changes) {
            let begun = written.repeats > 0 || command.iter().any(|group| group.begun);
            unsettled.changed = self.missed(&changes, written.modified, begun, outcome).await?;
        }
        Ok(unsettled)
    }

    /// The answer to a command does not say which guards missed, so the documents are read again: those that are still
    /// to be upgraded are the ones.
    async fn missed(
        &self,
        changes: &[&Change],
        modified: u64,
        begun: bool,
        outcome: &mut Outcome,
    ) -> Result<Vec<RawDocumentBuf>, Error> {
        let ids: Vec<&Bson> = changes.iter().map(|change| &change.id).collect();
        let filter = doc! { "_id": { "$in": ids.into_iter().cloned().collect::<Vec<_>>() } };
        let found: Vec<RawDocumentBuf> =
            with_retries(async || self.collection.find(filter.clone()).await?.try_collect().await)
                .await
                .during("read changed documents again", self.collection.name())?;
        outcome.gone += count(changes).saturating_sub(count(&found));
        let (current, changed): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|document| is_current::<T>(document));
        let unaccounted = count(&current).saturating_sub(modified);
        if begun {
            outcome.upgraded += unaccounted;
        } else {
            outcome.already_current += unaccounted;
        }
        Ok(changed)
    }
}

/// What a command left to be done.
#[derive(Default)]
struct Unsettled {
    /// Documents that others have changed, as they are now.
    changed: Vec<RawDocumentBuf>,
    again: Vec<Group>,
}

/// The server ends a statement at the first document that it refuses, and does not say which: each gets a statement of its
/// own.
fn narrow_down(group: Group, refusal: Refusal, outcome: &mut Outcome) -> Vec<Group> {
    match group.changes.as_slice() {
        [change] => {
            let (id, version) = (change.id.clone(), Some(change.stored_version));
            outcome.failures.push(Failure::of(id, version, Reason::Refused(refusal)));
            Vec::new()
        }
        _ => group.changes.into_iter().map(|change| Group { changes: vec![change], begun: true }).collect(),
    }
}

/// How many of the groups fit one command; at least one.
fn fitting(groups: &VecDeque<Group>) -> usize {
    let mut bytes = 0;
    let fitting = groups
        .iter()
        .take_while(|group| {
            bytes += group.changes.iter().map(Change::bytes).sum::<usize>();
            bytes <= MAX_STATEMENT_BYTES
        })
        .count();
    fitting.max(1)
}
