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
    /// How many batches at a time, given how many there are to be. Fewer inside the server, where a range is work for one of its
    /// processors from beginning to end but for the waits around it. How many fewer is a choice: on two processors, two, three and
    /// four ranges at a time did not differ by more than rounds did.
    pub(super) fn workers(self, workers: u32) -> u32 {
        match self {
            Self::Client => workers,
            Self::Server => workers - workers / 4,
        }
    }

    /// The most documents at a time, given the most that are read at a time and the most in a second.
    pub(super) fn at_a_time(self, batch_size: u32, rate: Option<f64>) -> u32 {
        if self == Self::Client {
            return batch_size;
        }
        // More than a second's would be a burst and a long silence.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
        let second = rate.map_or(u32::MAX, |rate| rate as u32);
        batch_size.saturating_mul(DOCUMENTS_FOR_ONE).min(second.max(batch_size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_workers_are_inside_the_server() {
        assert_eq!(Side::Client.workers(4), 4);
        assert_eq!([8, 4, 3, 1, 0].map(|workers| Side::Server.workers(workers)), [6, 3, 3, 1, 0]);
    }

    #[test]
    fn a_range_has_more_documents_and_at_most_a_seconds() {
        assert_eq!(Side::Client.at_a_time(1000, Some(1.0)), 1000);
        assert_eq!(Side::Server.at_a_time(1000, None), 10_000);
        assert_eq!(Side::Server.at_a_time(1000, Some(2_500.0)), 2_500);
        assert_eq!(Side::Server.at_a_time(1000, Some(-1.0)), 1000);
        assert_eq!(Side::Server.at_a_time(u32::MAX, Some(f64::INFINITY)), u32::MAX);
    }
}
