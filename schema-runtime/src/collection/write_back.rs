//! Write-back: a document that a read has upgraded, stored as what was read.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use bson::{RawDocument, RawDocumentBuf};
use mongodb::Collection;
use schema_core::DecodeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{VersionedCollection, guard::write_group};
use crate::{
    guarded_write::Change,
    watch::{self, WrittenBack},
};

/// Which reads store the upgrade of an older document that they have read.
///
/// The write is a guarded one: a document that somebody has changed since is left to the next reader. A read that
/// cannot write back is a read all the same; what became of the writes is [counted](crate::watch::WRITE_BACKS). Reads within a
/// session write nothing back: a transaction should write what its code says.
///
/// ```
/// use schema_runtime::WriteBack;
///
/// // One read in twenty, without anybody waiting for it, and sixteen at a time at most.
/// let policy = WriteBack::share(0.05).in_background(16);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WriteBack {
    reads: Reads,
    in_background: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum Reads {
    #[default]
    None,
    All,
    /// Of 2^32.
    Share(u32),
}

impl WriteBack {
    /// None, which is the default.
    #[must_use]
    pub const fn never() -> Self {
        Self { reads: Reads::None, in_background: None }
    }

    /// Each.
    #[must_use]
    pub const fn always() -> Self {
        Self { reads: Reads::All, in_background: None }
    }

    /// A share of the reads of older documents, from 0 for none to 1 for each; evenly, not by chance. What is outside is taken for the
    /// nearer of the two, and what is no number for 0.
    #[must_use]
    pub fn share(share: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to u32::MAX, and NaN becomes 0"
        )]
        let of_all = (share.clamp(0.0, 1.0) * f64::from(u32::MAX)) as u32;
        match of_all {
            0 => Self::never(),
            u32::MAX => Self::always(),
            share => Self { reads: Reads::Share(share), in_background: None },
        }
    }

    /// The reader does not wait for the write. While so many writes of the collection are under way, no further one is begun;
    /// that document is left to the next reader. Needs the runtime of tokio that the driver needs.
    #[must_use]
    pub const fn in_background(self, at_most: usize) -> Self {
        Self { in_background: Some(at_most), ..self }
    }
}

impl Default for WriteBack {
    fn default() -> Self {
        Self::never()
    }
}

/// The policy of a handle and its clones, and how far it is with it.
#[derive(Debug, Default)]
pub(super) struct Policy {
    reads: Reads,
    /// Of 2^32: how much of the next write-back has come together.
    due: AtomicU32,
    in_background: Option<Arc<Semaphore>>,
}

impl From<WriteBack> for Policy {
    fn from(policy: WriteBack) -> Self {
        let in_background =
            policy.in_background.map(|at_most| Arc::new(Semaphore::new(at_most.min(Semaphore::MAX_PERMITS))));
        Self { reads: policy.reads, due: AtomicU32::new(0), in_background }
    }
}

impl Policy {
    /// Whether this read is one of those that write back.
    fn takes(&self) -> bool {
        match self.reads {
            Reads::None => false,
            Reads::All => true,
            Reads::Share(share) => {
                let before = self.due.fetch_add(share, Ordering::Relaxed);
                before.checked_add(share).is_none()
            }
        }
    }
}

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// The write-back of a document that was read at an older version, if there is to be one in front of the reader.
    pub(super) fn write_back(&self, stored: &RawDocument, stored_version: u32) -> Option<PendingWrite> {
        if stored_version >= self.write_version() || !self.policy().takes() {
            return None;
        }
        let permit = match &self.policy().in_background {
            None => None,
            Some(writes) => match Arc::clone(writes).try_acquire_owned() {
                Ok(permit) => Some(permit),
                Err(_) => {
                    watch::written_back(self.name(), WrittenBack::Skipped);
                    return None;
                }
            },
        };
        match self.upgrade(&stored.to_owned(), stored_version) {
            Ok(change) => {
                PendingWrite { collection: self.raw(), name: Arc::clone(&self.name), change }.begin(permit)
            }
            Err(error) => {
                watch::written_back(self.name(), WrittenBack::Failed);
                tracing::warn!(collection = self.name(), %error, "a document that was read cannot be written back");
                None
            }
        }
    }
}

/// A document as it was read, and what is left to be written back of it in front of the reader.
#[derive(Debug)]
pub struct AsRead<R> {
    pub(super) document: R,
    pub(super) write_back: Option<PendingWrite>,
}

impl<R> AsRead<R> {
    /// With nothing to be written back.
    pub(super) fn alone(document: R) -> Self {
        Self { document, write_back: None }
    }

    /// The same as another type.
    pub(super) fn map<M>(self, as_other: impl FnOnce(R) -> M) -> AsRead<M> {
        AsRead { document: as_other(self.document), write_back: self.write_back }
    }

    /// The document, once it is written back.
    pub(super) async fn settled(self) -> R {
        if let Some(write) = self.write_back {
            write.finish().await;
        }
        self.document
    }
}

/// A write that is decided and not made.
#[derive(Debug)]
pub(super) struct PendingWrite {
    collection: Collection<RawDocumentBuf>,
    name: Arc<str>,
    change: Change,
}

impl PendingWrite {
    /// Goes on in the background where there is a permit for that; else it is the reader's.
    fn begin(self, permit: Option<OwnedSemaphorePermit>) -> Option<Self> {
        let Some(permit) = permit else { return Some(self) };
        tokio::spawn(async move {
            self.finish().await;
            drop(permit);
        });
        None
    }

    async fn finish(self) {
        let outcome = match write_group(&self.collection, &[self.change], None).await {
            Ok(0) => WrittenBack::Conflict,
            Ok(_) => WrittenBack::Written,
            Err(error) => {
                tracing::warn!(collection = &*self.name, %error, "a document that was read could not be written back");
                WrittenBack::Failed
            }
        };
        watch::written_back(&self.name, outcome);
    }
}
