//! What can go wrong with a local server.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

/// Why a local server could not be started, driven or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocalServerError {
    /// The environment variable `MONGOD` is set, but not to a program. It is not passed over in silence:
    /// whoever sets it wants that very binary.
    #[error("MONGOD is set to {path}, which is not an executable file; name a mongod binary or unset it")]
    #[non_exhaustive]
    MongodNotExecutable {
        /// The value of `MONGOD`.
        path: PathBuf,
    },

    /// None of the ways to a `mongod` binary led to one. The way around it, `MONGODB_URI`, is open where the
    /// program asks [`server_from_env`](super::server_from_env) or
    /// [`Builder::from_env_or_start`](super::Builder::from_env_or_start).
    #[error(
        "found no mongod to start ({}); set MONGOD to a mongod binary, put mongod on PATH, or set \
         MONGODB_URI to a running server",
        .tried.join("; ")
    )]
    #[non_exhaustive]
    NoMongod {
        /// The ways that were tried, each with the reason why it failed.
        tried: Vec<String>,
    },

    /// A file, folder or process could not be handled.
    #[error("cannot {action} {path}")]
    #[non_exhaustive]
    Io {
        /// What was attempted.
        action: &'static str,
        /// What it was attempted on.
        path: PathBuf,
        /// The answer of the operating system.
        source: io::Error,
    },

    /// `mongod` ended before it answered.
    #[error("mongod ended ({status}) before it answered; check its arguments and its log:\n{log}")]
    #[non_exhaustive]
    Exited {
        /// How it ended.
        status: ExitStatus,
        /// The telling last lines of its log.
        log: String,
    },

    /// `mongod` runs, but did not answer in time.
    #[error(
        "mongod on port {port} did not answer within {limit:?}; check the load of the machine and its \
         log:\n{log}"
    )]
    #[non_exhaustive]
    StartTimeout {
        /// Where it was expected to listen.
        port: u16,
        /// How long it was given.
        limit: Duration,
        /// The telling last lines of its log.
        log: String,
    },

    /// A member answers, but takes neither reads nor writes.
    #[error(
        "mongod on port {port} became neither primary nor secondary within {limit:?}; check that most \
         members of its replica set are running"
    )]
    #[non_exhaustive]
    NotServing {
        /// The member's port.
        port: u16,
        /// How long it was given.
        limit: Duration,
    },

    /// No member takes writes.
    #[error("{uri} has no primary; restart members until most of them are running")]
    #[non_exhaustive]
    NoPrimary {
        /// The replica set.
        uri: String,
        /// The driver's account, if it was the driver that gave up.
        source: Option<mongodb::error::Error>,
    },

    /// A replica set of a size that MongoDB does not know.
    #[error(
        "a replica set cannot have {members} voting members; ask for 1 to 7, or 0 for a stand-alone server"
    )]
    #[non_exhaustive]
    ReplicaSetSize {
        /// The number asked for.
        members: u8,
    },

    /// The driver or the server refused.
    #[error("the local server failed to {action}")]
    #[non_exhaustive]
    Driver {
        /// What was attempted.
        action: &'static str,
        /// The driver's account.
        source: mongodb::error::Error,
    },
}

impl LocalServerError {
    /// For `map_err` on file and process operations.
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// For `map_err` on driver operations.
    pub(super) fn driver(action: &'static str) -> impl FnOnce(mongodb::error::Error) -> Self {
        move |source| Self::Driver { action, source }
    }
}
