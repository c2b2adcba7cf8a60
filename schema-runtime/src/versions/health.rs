//! Whether the others know that a member is alive.

use std::fmt;

use serde::Serialize;

/// How a member stands with the others.
///
/// Whatever it says, the service goes on reading and writing as before: a document too many of an old version is found by the next
/// verification, and a service that stops by itself is an outage. It is meant for a readiness check, so that whoever starts processes
/// replaces one that is [`Out`](Self::Out).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum Health {
    /// The others know what it reads and writes.
    Alive,
    /// The last heartbeat has failed, for this reason. The next is sent soon; after three that fail the others take it for dead.
    Silent(String),
    /// The others took it for dead, and meanwhile something has happened that does not go with it: why it may not come back. It asks
    /// again with every heartbeat. Until then others may write what it cannot read.
    Out(String),
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alive => f.write_str("alive"),
            Self::Silent(reason) => write!(f, "the last heartbeat has failed: {reason}"),
            Self::Out(reason) => write!(f, "not known to the others any more: {reason}"),
        }
    }
}
