//! Write: a batch of stored documents through conversion and guarded write, until each is settled.

use std::{marker::PhantomData, time::Duration};

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
    guarded_write::{MAX_STATEMENT_BYTES, Statement},
    retry::with_retries,
    update_command::UpdateCommand,
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
    pub(super) failures: Vec<Failure>,
}

pub(super) struct BatchWriter<T> {
    update: UpdateCommand,
    collection: Collection<RawDocumentBuf>,
    collation: Option<RawDocumentBuf>,
    dry_run: bool,
    document: PhantomData<fn() -> T>,
}

impl<T: DecodeOwned> BatchWriter<T> {
    pub(super) fn new(
        update: UpdateCommand,
        collection: Collection<RawDocumentBuf>,
        collation: Option<RawDocumentBuf>,
        dry_run: bool,
    ) -> Self {
        Self { update, collection, collation, dry_run, document: PhantomData }
    }

    pub(super) async fn upgrade(&self, batch: Vec<RawDocumentBuf>) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        let mut pending = batch;
        for attempt in 1..=MAX_ATTEMPTS {
            let statements = self.convert_all(&pending, &mut outcome);
            pending = self.write_all(statements, &mut outcome).await?;
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

    fn convert_all(&self, documents: &[RawDocumentBuf], outcome: &mut Outcome) -> Vec<Statement> {
        let mut statements = Vec::with_capacity(documents.len());
        for document in documents {
            match convert::<T>(document, self.collation.as_deref()) {
                Converted::Upgrade(statement) => statements.push(statement),
                Converted::Current => outcome.already_current += 1,
                Converted::Failed(failure) => outcome.failures.push(*failure),
            }
        }
        statements
    }

    /// Returns the documents that were changed by others, as they are now.
    async fn write_all(
        &self,
        statements: Vec<Statement>,
        outcome: &mut Outcome,
    ) -> Result<Vec<RawDocumentBuf>, Error> {
        if self.dry_run {
            outcome.upgraded += count(&statements);
            return Ok(Vec::new());
        }
        let mut pending = Vec::new();
        let mut rest = statements.as_slice();
        while !rest.is_empty() {
            let (command, later) = rest.split_at(fitting(rest));
            pending.extend(self.write_command(command, outcome).await?);
            rest = later;
        }
        Ok(pending)
    }

    async fn write_command(
        &self,
        statements: &[Statement],
        outcome: &mut Outcome,
    ) -> Result<Vec<RawDocumentBuf>, Error> {
        let commands = statements.iter().map(|statement| statement.command().to_owned());
        let written = self.update.send("write a batch", commands).await?;
        outcome.upgraded += written.matched;
        for refusal in &written.refused {
            if let Some(statement) = statements.get(refusal.position) {
                let reason = Reason::Refused(refusal.clone());
                outcome.failures.push(Failure::of(
                    statement.id().clone(),
                    Some(statement.stored_version),
                    reason,
                ));
            }
        }
        let refused = |position| written.refused.iter().any(|refusal| refusal.position == position);
        let accepted: Vec<&Bson> = statements
            .iter()
            .enumerate()
            .filter(|(position, _)| !refused(*position))
            .map(|(_, statement)| statement.id())
            .collect();
        if written.matched == count(&accepted) {
            return Ok(Vec::new());
        }
        self.missed(&accepted, written.matched, outcome).await
    }

    /// The answer to a batch does not say which guards missed, so the documents are read again: those that are still
    /// to be upgraded are the ones.
    async fn missed(
        &self,
        ids: &[&Bson],
        changed: u64,
        outcome: &mut Outcome,
    ) -> Result<Vec<RawDocumentBuf>, Error> {
        let filter = doc! { "_id": { "$in": ids.iter().map(|id| (*id).clone()).collect::<Vec<_>>() } };
        let found: Vec<RawDocumentBuf> =
            with_retries(async || self.collection.find(filter.clone()).await?.try_collect().await)
                .await
                .during("read changed documents again", self.collection.name())?;
        outcome.gone += count(ids).saturating_sub(count(&found));
        let (current, pending): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|document| is_current::<T>(document));
        outcome.already_current += count(&current).saturating_sub(changed);
        Ok(pending)
    }
}

/// How many of the statements fit one command; at least one.
fn fitting(statements: &[Statement]) -> usize {
    let mut bytes = 0;
    let fitting = statements
        .iter()
        .take_while(|statement| {
            // An array element costs its index and a few bytes on top.
            bytes += statement.bytes() + 16;
            bytes <= MAX_STATEMENT_BYTES
        })
        .count();
    fitting.max(1)
}

fn count<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}
