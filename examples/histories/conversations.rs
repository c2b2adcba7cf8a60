//! Conversations with an assistant, and what it knows of its users: versions that begin at 0.
//!
//! | collection | version | what has changed |
//! | --- | --- | --- |
//! | `conversations` | 0 | a message is a line, as in "user: hello" |
//! | | 1 | a message has a role and a text |
//! | | 2 | the role is one of three; a conversation has a title, and can be archived |
//! | `user_contexts` | 0 | facts are fields |
//! | | 1 | facts are a list, and each can say since when it holds |
//!
//! The first release with versions called its own shape 1, so what has none is 0 and a shape of its own. The types say so
//! with `version = 0` and `unversioned = 0`, and where the stamp has always been with `version_field`.
//!
//! Nobody waits for an answer until a million conversations have been converted, so the service starts in the background mode: a
//! conversation that is opened is read in any version, and the others are brought up meanwhile.

mod context;
mod conversation;
mod message;
mod old;

use mongodb::Database;
use schema_runtime::{Schema, startup::Startup};

use self::{context::UserContext, conversation::Conversation};
use super::{
    History,
    Scene::{Command, Repair, Say, Show, Start},
};

/// What the service says about its database.
#[must_use]
pub fn schema(database: &Database) -> Schema {
    Schema::new(database).document::<Conversation>().document::<UserContext>()
}

/// How it is told.
pub const HISTORY: History = History {
    name: "conversations",
    about: "an assistant: documents without a version are version 0, and are brought up in the background",
    schema,
    old: old::documents,
    repairs: old::repairs,
    scenes: &[
        Say("Three releases have written these; the second, in JavaScript, has stored its version as 1.0."),
        Show("conversations"),
        Show("user_contexts"),
        Command("census --all", 0),
        Say("The service serves at once, and brings them up meanwhile."),
        Start(Startup::Background),
        Show("conversations"),
        Show("user_contexts"),
        Say("A line that nobody has said cannot be converted. The record says which line it is."),
        Command("list-failed --all", 0),
        Repair,
        Command("backfill --all --keep-preimages 1", 0),
        Command("verify --all", 0),
        Say("And back to what has no versions at all, as far as the chain says it."),
        Command("rollback conversations --to-version 0", 0),
        Command("rollback user_contexts --to-version 0", 0),
        Show("conversations"),
        Show("user_contexts"),
    ],
};
