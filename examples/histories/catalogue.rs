//! A shop's catalogue: three collections, each with versions of its own, brought up when the service starts.
//!
//! | collection | version | what has changed |
//! | --- | --- | --- |
//! | `products` | 2 | the category has become tags, and the name a title |
//! | | 3 | the price is a number |
//! | `contacts` | 2 | the address is a document |
//! | `users` | 2 | the states have other names |
//!
//! There is no migration in it. Each change is one of a shape, which a release has to read in its old form anyway for as long as the
//! release before still writes that. So the conversion is there already, and the startup only applies it to what is stored.

mod contact;
mod old;
mod product;
mod user;

use mongodb::Database;
use schema_runtime::{Schema, startup::Startup};

use self::{contact::Contact, product::Product, user::User};
use super::{
    History,
    Scene::{Command, Refuse, Repair, Say, Show, Start},
};

/// What the service says about its database.
#[must_use]
pub fn schema(database: &Database) -> Schema {
    Schema::new(database).document::<Product>().document::<Contact>().document::<User>()
}

/// How it is told.
pub const HISTORY: History = History {
    name: "catalogue",
    about: "a shop: versions for each collection, brought up at startup",
    schema,
    old: old::documents,
    repairs: old::repairs,
    scenes: &[
        Say("Two releases have stored products; a price is a text that somebody has typed."),
        Show("products"),
        Show("contacts"),
        Show("users"),
        Say("A service that is not to change anything refuses to serve while older documents are stored."),
        Refuse(Startup::Validate),
        Say("One that is to bring them up does it, unless there are more than a startup should wait for."),
        Start(Startup::UpgradeUpTo(100_000)),
        Show("products"),
        Show("contacts"),
        Show("users"),
        Say("What could not be converted is as it was. Nobody guesses; somebody repairs it."),
        Command("list-failed --all", 0),
        Repair,
        Command("retry-failed --all", 0),
        Command("up", 0),
        Start(Startup::Validate),
        Say("And back, by the steps of the chain, because each of them is `reversible`."),
        Command("rollback products --to-version 1", 0),
        Command("rollback contacts --to-version 1", 0),
        Command("rollback users --to-version 1", 0),
        Show("products"),
        Show("contacts"),
        Show("users"),
    ],
};
