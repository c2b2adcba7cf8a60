//! Write: a batch of stored documents through conversion and guarded write, until each is settled.

use std::{collections::VecDeque, time::Duration};

use bson::{Bson, RawDocument, RawDocumentBuf};
use schema_core::{Chain, DecodeOwned, context::MissingContext};

use super::{convert::Converted, failure::Failure, job::Turn, preimage::Keeper};
use crate::{
    collection::VersionedCollection,
    convert::Reason,
    error::{During, Error},
    guarded_write::{Change, MAX_STATEMENT_BYTES, groups, statement},
    numbers::count,
    population::Population,
    update_command::{Refusal, UpdateCommand},
};

/// A document that others change this often between a read and a write is left to the next run.
const MAX_ATTEMPTS: u32 = 10;
const PAUSE_AFTER_CONFLICT: Duration = Duration::from_millis(5);

/// What is to become of stored documents.
pub(super) trait Conversion: Send + Sync {
    fn chain(&self) -> &Chain;

    fn convert(&self, stored: &RawDocumentBuf) -> Converted;

    /// Whether the document is where it is to be, whoever has brought it there.
    fn is_done(&self, stored: &RawDocument) -> bool;
}

/// What became of a batch.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) written: u64,
    pub(super) already_there: u64,
    pub(super) gone: u64,
    /// What was read and has nothing to say, because something else of the same document has.
    pub(super) superseded: u64,
    pub(super) conflicts: u64,
    pub(super) retries: u64,
    /// Ranges that the server has refused to change to their end.
    pub(super) cut_short: u64,
    pub(super) failures: Vec<Failure>,
}

pub(super) struct BatchWriter {
    update: UpdateCommand,
    population: Population,
    dry_run: bool,
    preimages: Option<Keeper>,
}

/// Changes that go into one statement.
struct Group {
    changes: Vec<Change>,
    /// Whether they may have been written already: the server had begun with a statement that they were in.
    begun: bool,
}

impl BatchWriter {
    pub(super) fn new<T: DecodeOwned + Send + Sync>(
        versioned: &VersionedCollection<T>,
        dry_run: bool,
        preimages: Option<Keeper>,
    ) -> Self {
        Self { update: UpdateCommand::of(versioned), population: versioned.fresh(), dry_run, preimages }
    }

    /// There is no turn in a dry run.
    ///
    /// # Errors
    ///
    /// Also [`Error::MissingContext`], with nothing of the batch written that needs it.
    pub(super) async fn write(
        &self,
        conversion: &impl Conversion,
        batch: Vec<RawDocumentBuf>,
        turn: Option<Turn>,
    ) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        let mut pending = batch;
        for attempt in 1..=MAX_ATTEMPTS {
            let mut changes = convert_all(conversion, pending, &mut outcome).map_err(|missing| {
                Error::missing_context(self.population.name(), conversion.chain(), missing)
            })?;
            if let Some(preimages) = &self.preimages {
                let turn = turn.map(|turn| turn.at(attempt));
                changes = preimages.keep(changes, turn, &mut outcome.failures).await?;
            }
            pending = self.write_all(conversion, changes, &mut outcome).await?;
            if pending.is_empty() {
                return Ok(outcome);
            }
            outcome.conflicts += count(&pending);
            tokio::time::sleep(PAUSE_AFTER_CONFLICT * attempt).await;
        }
        let gave_up = |document: &RawDocumentBuf| {
            Failure::new(conversion.chain(), document, Reason::Conflict { attempts: MAX_ATTEMPTS })
        };
        outcome.failures.extend(pending.iter().map(gave_up));
        Ok(outcome)
    }

    /// The documents of these ids, as they are now. One that has become another kind is gone.
    pub(super) async fn read(
        &self,
        ids: Vec<Bson>,
        action: &'static str,
    ) -> Result<Vec<RawDocumentBuf>, Error> {
        self.population.by_ids(ids, action).await
    }

    /// Returns the documents that were changed by others, as they are now.
    async fn write_all(
        &self,
        conversion: &impl Conversion,
        changes: Vec<Change>,
        outcome: &mut Outcome,
    ) -> Result<Vec<RawDocumentBuf>, Error> {
        if self.dry_run {
            outcome.written += count(&changes);
            return Ok(Vec::new());
        }
        let mut pending = Vec::new();
        let mut rest: VecDeque<Group> =
            groups(changes).into_iter().map(|changes| Group { changes, begun: false }).collect();
        while !rest.is_empty() {
            let later = rest.split_off(fitting(&rest));
            let command = std::mem::replace(&mut rest, later);
            let unsettled = self.write_command(conversion, command, outcome).await?;
            pending.extend(unsettled.changed);
            rest.extend(unsettled.again);
        }
        Ok(pending)
    }

    async fn write_command(
        &self,
        conversion: &impl Conversion,
        mut command: VecDeque<Group>,
        outcome: &mut Outcome,
    ) -> Result<Unsettled, Error> {
        let statements = command
            .iter()
            .map(|group| statement(&group.changes))
            .collect::<Result<Vec<_>, _>>()
            .map_err(mongodb::error::Error::from)
            .during("write a batch", self.population.name())?;
        let mut written = self.update.send("write a batch", statements).await?;
        let mut unsettled = Unsettled::default();
        // From the last one on, so that the positions of the others hold.
        written.refused.sort_by_key(|refusal| std::cmp::Reverse(refusal.position));
        for refusal in written.refused {
            if let Some(group) = command.remove(refusal.position) {
                unsettled.again.extend(narrow_down(group, refusal, outcome));
            }
        }
        outcome.written += written.modified;
        outcome.retries += u64::from(written.repeats);
        let changes: Vec<&Change> = command.iter().flat_map(|group| &group.changes).collect();
        if written.modified != count(&changes) {
            let begun = written.repeats > 0 || command.iter().any(|group| group.begun);
            unsettled.changed = self.missed(conversion, &changes, written.modified, begun, outcome).await?;
        }
        Ok(unsettled)
    }

    /// The answer to a command does not say which guards missed, so the documents are read again: those that are not
    /// where they are to be are the ones.
    async fn missed(
        &self,
        conversion: &impl Conversion,
        changes: &[&Change],
        modified: u64,
        begun: bool,
        outcome: &mut Outcome,
    ) -> Result<Vec<RawDocumentBuf>, Error> {
        let ids = changes.iter().map(|change| change.id.clone()).collect();
        let found = self.read(ids, "read changed documents again").await?;
        outcome.gone += count(changes).saturating_sub(count(&found));
        let (done, changed): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|document| conversion.is_done(document));
        let unaccounted = count(&done).saturating_sub(modified);
        if begun {
            outcome.written += unaccounted;
        } else {
            outcome.already_there += unaccounted;
        }
        Ok(changed)
    }
}

fn convert_all(
    conversion: &impl Conversion,
    documents: Vec<RawDocumentBuf>,
    outcome: &mut Outcome,
) -> Result<Vec<Change>, MissingContext> {
    let mut changes = Vec::with_capacity(documents.len());
    for document in documents {
        match conversion.convert(&document) {
            Converted::Change(change) => changes.push(*change),
            Converted::Done => outcome.already_there += 1,
            Converted::Failed(failure) => outcome.failures.push(*failure),
            Converted::Missing(missing) => return Err(missing),
        }
    }
    Ok(changes)
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
