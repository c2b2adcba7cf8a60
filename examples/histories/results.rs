//! The results of language models: a numbered list of migrations, each with a way up and a way down.
//!
//! | migration | does |
//! | --- | --- |
//! | `001-keys-in-camel-case` | renames fields of `runs` |
//! | `002-result-fields` | gives every run a score and a number of tokens |
//! | `003-json-schema` | makes a JSON Schema of the list of fields that an extractor asks a model for |
//! | `004-response-schema` | gives that field the name that the model's API has for it |
//!
//! These are migrations and not versions. Evaluators in Python and notebooks read and write the same documents; they know of no version and would
//! drop the stamp of one. So all programs change at once, while none of them is running, and what is to be known is only how far the
//! database is. The ledger knows that.

mod fields;
mod json_schema;
mod old;

use mongodb::Database;
use schema_runtime::{
    Schema,
    migration::{Migration, steps},
    mongodb::bson::Bson,
    startup::Startup,
};

use super::{
    History,
    Scene::{Command, Repair, Say, Show, Start},
};

/// What the programs say about their database.
#[must_use]
pub fn schema(database: &Database) -> Schema {
    Schema::new(database).migrations(migrations())
}

fn migrations() -> [Migration; 4] {
    [
        Migration::new("001-keys-in-camel-case")
            .description("The keys of a run are in camel case, as those of all other documents")
            .step(steps::rename_field("runs", "prompt_id", "promptId"))
            .step(steps::rename_field("runs", "resp", "response")),
        Migration::new("002-result-fields")
            .description("A run has a score, which is null until somebody gives one, and a number of tokens")
            .step(steps::add_field("runs", "score", Bson::Null))
            .step(steps::add_field("runs", "tokens", 0_i64)),
        json_schema::migration(),
        Migration::new("004-response-schema")
            .description("The schema of an extractor has the name that the model's API has for it")
            .step(steps::rename_field("extractors", "schema", "responseSchema")),
    ]
}

/// How it is told.
pub const HISTORY: History = History {
    name: "results",
    about: "results of language models: numbered migrations, up and down to any of them",
    schema,
    old: old::documents,
    repairs: old::repairs,
    scenes: &[
        Say("Runs with keys in two styles, and extractors that say in a list what they ask for."),
        Show("runs"),
        Show("extractors"),
        Command("plan", 0),
        Command("up 002-result-fields", 0),
        Show("runs"),
        Say("The third converts all extractors or none: one of them asks for a type that there is not."),
        Command("up", 1),
        Show("extractors"),
        Repair,
        Command("up", 0),
        Command("up", 0),
        Show("extractors"),
        Start(Startup::Validate),
        Say("To any of them, whichever way that is."),
        Command("to 001-keys-in-camel-case", 0),
        Command("to 003-json-schema", 0),
        Show("extractors"),
        Say(
            "And back to the beginning. What somebody had written in the new form before its time is in the old one now.",
        ),
        Command("down --all", 0),
        Show("runs"),
        Show("extractors"),
    ],
};
