//! Group: the documents of one stored version, while they are tried.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bson::{Bson, Document, RawDocumentBuf};
use schema_core::{DecodeOwned, context::MissingContext};

use super::{
    example::Example,
    trial::{Bytes, QUOTED, Stored, Tried},
    validation::Validation,
};
use crate::{
    backfill::{
        convert::{Converted, convert},
        failure::Failure,
        preimage::can_be_taken_back,
    },
    convert::Reason,
    numbers::count,
    update_command::Refusal,
};

/// How many documents are shown to the validator at a time, and what they may take.
const MAX_PENDING: usize = 100;
const MAX_PENDING_BYTES: usize = 4 * 1024 * 1024;

/// The server's code for a document that breaks the validator.
const VALIDATION_FAILURE: i32 = 121;

/// What the collection asks of a write.
pub(super) struct Rules {
    /// Whether it has a collation of its own.
    pub(super) collated: bool,
    /// Whether pre-images are to be kept.
    pub(super) preimages: bool,
    pub(super) validation: Option<Validation>,
}

/// The documents of one stored version, while they are tried.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) tried: Tried,
    pub(super) failures: Vec<Failure>,
    pub(super) examples: Vec<Example>,
    /// What a step asked for in vain. Nothing is known about such a document.
    pub(super) missing: Option<MissingContext>,
    wanted_examples: usize,
    /// Converted, and still to be shown to the validator.
    pending: Vec<Pending>,
    pending_bytes: usize,
}

#[derive(Debug, Clone)]
struct Pending {
    stored_version: u32,
    before: Document,
    after: Document,
    bytes: Bytes,
}

impl Group {
    pub(super) fn new(stored: Stored, documents: u64, wanted_examples: usize) -> Self {
        let tried = Tried {
            stored,
            documents,
            tried: 0,
            upgraded: 0,
            failures: BTreeMap::new(),
            bytes: Bytes::default(),
            converting: Duration::ZERO,
        };
        let (failures, examples, pending) = (Vec::new(), Vec::new(), Vec::new());
        Self { tried, failures, examples, missing: None, wanted_examples, pending, pending_bytes: 0 }
    }

    /// One document, by the way that a run would take.
    pub(super) async fn try_out<T: DecodeOwned>(
        &mut self,
        document: &RawDocumentBuf,
        rules: &Rules,
    ) -> Result<(), mongodb::error::Error> {
        let started = Instant::now();
        let mut converted = convert::<T>(document, rules.collated);
        if rules.preimages
            && let Converted::Change(change) = &converted
            && let Err(reason) = can_be_taken_back(change, rules.collated)
        {
            converted = Converted::Failed(Box::new(Failure::new(&T::CHAIN, document, reason)));
        }
        let elapsed = started.elapsed();
        match converted {
            Converted::Done => return Ok(()),
            Converted::Failed(failure) if failure.is_newer() => return Ok(()),
            Converted::Failed(failure) => self.failed(*failure),
            Converted::Missing(missing) => {
                self.missing = Some(missing);
                return Ok(());
            }
            Converted::Change(change) => {
                let after = change.outcome()?;
                let size = after.as_bytes().len();
                let bytes = Bytes {
                    before: count(document.as_bytes()),
                    after: u64::try_from(size).unwrap_or(u64::MAX),
                };
                // Shown together, they must not be more than a command may hold.
                if self.pending_bytes.saturating_add(size.max(document.as_bytes().len())) > MAX_PENDING_BYTES
                {
                    self.settle(rules).await?;
                }
                self.pending_bytes += size.max(document.as_bytes().len());
                let (before, after) = (Document::try_from(document)?, Document::try_from(after)?);
                self.pending.push(Pending { stored_version: change.stored_version, before, after, bytes });
            }
        }
        self.tried.tried += 1;
        self.tried.converting += elapsed;
        if self.pending.len() >= MAX_PENDING { self.settle(rules).await } else { Ok(()) }
    }

    /// Has the validator look at what is pending, if there is one.
    pub(super) async fn settle(&mut self, rules: &Rules) -> Result<(), mongodb::error::Error> {
        let pending = std::mem::take(&mut self.pending);
        self.pending_bytes = 0;
        let refused = match &rules.validation {
            Some(validation) if !pending.is_empty() => {
                let documents: Vec<_> =
                    pending.iter().map(|pending| (&pending.before, &pending.after)).collect();
                validation.refuses(&documents).await?
            }
            _ => vec![false; pending.len()],
        };
        for (pending, refused) in pending.into_iter().zip(refused) {
            if refused {
                let id = pending.before.get("_id").cloned().unwrap_or(Bson::Null);
                let refusal = Refusal {
                    position: 0,
                    code: VALIDATION_FAILURE,
                    message: "Document failed validation".to_owned(),
                };
                self.failed(Failure::of(id, Some(pending.stored_version), Reason::Refused(refusal)));
            } else {
                self.upgraded(&pending);
            }
        }
        Ok(())
    }

    fn failed(&mut self, failure: Failure) {
        *self.tried.failures.entry(failure.kind).or_default() += 1;
        if self.failures.len() < QUOTED {
            self.failures.push(failure);
        }
    }

    fn upgraded(&mut self, pending: &Pending) {
        self.tried.upgraded += 1;
        self.tried.bytes.before += pending.bytes.before;
        self.tried.bytes.after += pending.bytes.after;
        if self.examples.len() < self.wanted_examples {
            self.examples.push(Example::new(self.tried.stored, &pending.before, &pending.after));
        }
    }
}
