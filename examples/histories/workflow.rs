//! A team's migrations: a file each, with its date in front, added by whoever needs one.
//!
//! | migration | does | the way back |
//! | --- | --- | --- |
//! | `20260112-091500-add-preferences` | gives every user preferences | removes those that nobody has changed |
//! | `20260203-140000-remove-deprecated-fields` | removes two fields that no release reads | none |
//! | `20260219-101000-rename-shops` | the collection `shops` is called `stores` | renames it back |
//! | `20260219-163000-dates-of-stores` | makes dates of texts | makes texts of dates |
//! | `20260305-080000-indexes` | creates indexes | drops them |
//! | `20260320-110000-seed-plans` | stores the plans that a customer can have | deletes those that nobody has changed |
//! | `20260320-113000-demo-stores` | stores for trying out, in development only | deletes them |
//!
//! `users` and `stores` have no document types with versions: several services read them, and a change is made in a night in which all of
//! them stand still. `plans` belongs to this service alone and has a type, which begins at version 1, so the migration gives its seeds as
//! that version and never as the current one.

mod migrations;
mod old;
mod plan;

use mongodb::Database;
use schema_runtime::{Schema, startup::Startup};

use self::plan::Plan;
use super::{
    History,
    Scene::{Command, Refuse, Repair, Say, Show, Start},
};

/// What the service says about its database.
#[must_use]
pub fn schema(database: &Database) -> Schema {
    Schema::new(database).document::<Plan>().migrations(migrations::all())
}

/// How it is told.
pub const HISTORY: History = History {
    name: "workflow",
    about: "a team: migrations in files of their own, seeds, and something that cannot be taken back",
    schema,
    old: old::documents,
    repairs: old::repairs,
    scenes: &[
        Show("users"),
        Show("shops"),
        Command("plan", 1),
        Say("What is lost is not lost by a start of the service, unless it says that it is in development."),
        Refuse(Startup::UpgradeUpTo(100_000)),
        Command("up --environment production", 8),
        Say(
            "Somebody says so. Then a store has opened on a day that is none, and nothing of that step is done.",
        ),
        Command("up --environment production --allow-destructive --no-backup", 1),
        Show("stores"),
        Repair,
        Command("up --environment production", 0),
        Start(Startup::UpgradeUpTo(100_000)),
        Show("users"),
        Show("stores"),
        Show("plans"),
        Command("status --environment production", 0),
        Say("And back, as far as there is a way."),
        Command("down --all --environment production", 8),
        Command("to 20260203-140000-remove-deprecated-fields --environment production", 0),
        Show("users"),
        Show("shops"),
        Show("plans"),
    ],
};
