//! Documents that are enums: one whose variants are imported, and one with an alias.

use schema_runtime::VersionedDocument;

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, collection = "events")]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventV1 {
    Created { name: String },
    Moved { room: i32 },
    Paused,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = EventV1, removed(Paused => Closed))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventV2 {
    Created {
        /// What it is called.
        #[versioned(from = name)]
        title: String,
    },
    #[versioned(from = Moved)]
    Relocated { room: i64 },
    #[versioned(added)]
    Closed,
}

pub type Event = EventV2;

pub fn closing() -> Event {
    Event::Closed
}

/// A state, whose variants are called as the type is.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "states")]
#[serde(tag = "is", content = "with")]
pub enum State {
    State(String),
    Pair(i32, String),
    #[serde(rename = "none")]
    Unknown,
}

pub mod names {
    use super::State::{self, *};

    pub fn name(state: &State) -> &str {
        match state {
            State(name) | Pair(_, name) => name,
            Unknown => "unknown",
        }
    }
}
