//! Which failures of the database pass by themselves, and how long to wait for that.

use std::{
    fmt::Display,
    future::IntoFuture,
    time::{Duration, Instant},
};

use mongodb::error::{Error, ErrorKind, RETRYABLE_WRITE_ERROR, Result, WriteFailure};

/// An election takes about 12 seconds with default settings
/// (<https://www.mongodb.com/docs/manual/core/replica-set-elections/>); this leaves room for a slow one.
const PATIENCE: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Server errors after which the same command may succeed on another attempt or another member: the list of the
/// driver specifications (<https://github.com/mongodb/specifications>, retryable reads). And the end of a cursor in the middle of
/// its documents, 43 and 175: nothing here goes on with half a read, and the next attempt begins a new one.
const PASSING_CODES: [i32; 16] =
    [6, 7, 43, 89, 91, 112, 134, 175, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436];

/// How long one operation may go on trying, and how often.
#[derive(Debug)]
pub(crate) struct Patience {
    started: Instant,
    pause: Duration,
}

impl Patience {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), pause: FIRST_PAUSE }
    }

    /// Waits until it is time for another attempt; `false` when there is to be none.
    pub(crate) async fn wait(&mut self, reason: impl Display) -> bool {
        if self.started.elapsed() >= PATIENCE {
            return false;
        }
        tracing::warn!(%reason, pause = ?self.pause, "the database is not available; trying again");
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        true
    }
}

/// Repeats an operation that is safe to repeat until it succeeds, fails for good, or patience runs out.
pub(crate) async fn with_retries<T, A>(mut attempt: impl FnMut() -> A) -> Result<T>
where
    A: IntoFuture<Output = Result<T>>,
{
    let mut patience = Patience::new();
    loop {
        match attempt().await {
            Err(error) if passes(&error) && patience.wait(&error).await => {}
            result => return result,
        }
    }
}

pub(crate) fn passes(error: &Error) -> bool {
    error.contains_label(RETRYABLE_WRITE_ERROR)
        || match error.kind.as_ref() {
            ErrorKind::Io(_)
            | ErrorKind::ConnectionPoolCleared { .. }
            | ErrorKind::ServerSelection { .. } => true,
            ErrorKind::Command(command) => passes_by_code(command.code),
            // The driver labels single writes only. One that was done and not replicated may be rolled back.
            ErrorKind::Write(WriteFailure::WriteError(error)) => passes_by_code(error.code),
            ErrorKind::Write(WriteFailure::WriteConcernError(error)) => passes_by_code(error.code),
            ErrorKind::InsertMany(errors) => {
                let replication = errors.write_concern_error.iter().map(|error| error.code);
                let writes = errors.write_errors.iter().flatten().map(|error| error.code);
                replication.chain(writes).any(passes_by_code)
            }
            _ => false,
        }
}

/// Whether a server's error is of a kind that passes by itself.
pub(crate) fn passes_by_code(code: i32) -> bool {
    PASSING_CODES.contains(&code)
}
