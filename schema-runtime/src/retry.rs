//! Which failures of the database pass by themselves, and how long to wait for that.

use std::{
    future::IntoFuture,
    time::{Duration, Instant},
};

use mongodb::error::{Error, ErrorKind, RETRYABLE_WRITE_ERROR, Result};

/// An election takes about 12 seconds with default settings
/// (<https://www.mongodb.com/docs/manual/core/replica-set-elections/>); this leaves room for a slow one.
const PATIENCE: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Server errors after which the same command may succeed on another attempt or another member: the list of the
/// driver specifications (<https://github.com/mongodb/specifications>, retryable reads).
const PASSING_CODES: [i32; 14] = [6, 7, 89, 91, 112, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436];

/// Repeats an operation that is safe to repeat until it succeeds, fails for good, or patience runs out.
pub(crate) async fn with_retries<T, A>(mut attempt: impl FnMut() -> A) -> Result<T>
where
    A: IntoFuture<Output = Result<T>>,
{
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        match attempt().await {
            Err(error) if passes(&error) && started.elapsed() < PATIENCE => {
                tracing::warn!(%error, ?pause, "the database is not available; trying again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            result => return result,
        }
    }
}

fn passes(error: &Error) -> bool {
    error.contains_label(RETRYABLE_WRITE_ERROR)
        || match error.kind.as_ref() {
            ErrorKind::Io(_)
            | ErrorKind::ConnectionPoolCleared { .. }
            | ErrorKind::ServerSelection { .. } => true,
            ErrorKind::Command(command) => PASSING_CODES.contains(&command.code),
            _ => false,
        }
}
