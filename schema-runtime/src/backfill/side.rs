//! Which side of the connection changes the documents of a pass.

use serde::{Deserialize, Serialize};

/// Which side of the connection changes the documents of a pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Side {
    /// Documents are read, converted by their types and written.
    #[default]
    Client,
    /// The server changes those that it can by itself; whatever it leaves is for a pass of the client's.
    Server,
}

/// The server passes by documents that have to be sent, and a range costs it a round trip and a checkpoint like a batch.
const DOCUMENTS_FOR_ONE: u32 = 10;

impl Side {
    /// The most documents at a time, given the most that are read at a time.
    pub(super) fn at_a_time(self, batch_size: u32) -> u32 {
        match self {
            Self::Client => batch_size,
            Self::Server => batch_size.saturating_mul(DOCUMENTS_FOR_ONE),
        }
    }
}
