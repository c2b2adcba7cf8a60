//! What can go wrong with a schema as a whole.

use super::{Problem, problem::listed};
use crate::{
    environment::Environment,
    migration::{Direction, Migration},
};

/// What a schema was asked to do and has not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// What was registered does not fit together. Nothing was asked of the server.
    #[error("the schema does not fit together: {}", listed(.problems))]
    Invalid {
        /// All that does not.
        problems: Vec<Problem>,
    },
    /// The database could not do what it was asked to, or a job could not be run.
    #[error(transparent)]
    Runtime(#[from] crate::Error),
    /// There is no such migration.
    #[error("there is no migration `{asked}`; there {}", those(.known))]
    UnknownMigration {
        /// The id that was asked for.
        asked: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// Migrations were changed after they were run. Nothing was run.
    #[error(
        "migrations are not what they were when they were run: {}; take the changes back and make them in a new migration, or, \
         if the database is as they say now, mark them as applied", quoted(.ids)
    )]
    Changed {
        /// Which.
        ids: Vec<String>,
    },
    /// Migrations are pending before others that have been run. Nothing was run.
    #[error(
        "migrations are pending that stand before `{before}`, which was run: {}; move them behind it, or allow them to be run \
         out of order", quoted(.ids)
    )]
    OutOfOrder {
        /// Which.
        ids: Vec<String>,
        /// The last one that was run.
        before: String,
    },
    /// A migration is to be taken back from under others that were run later, and that this schema does not have: a newer release's. Nothing was run.
    #[error(
        "migration `{id}` cannot be taken back: {} run after it, and not in this schema; take those back first with the release that \
         has them, or allow this out of order", were(.others)
    )]
    Missing {
        /// The migration.
        id: String,
        /// The others.
        others: Vec<String>,
    },
    /// A step was cut off, or failed, outside of a transaction, and nobody knows how much of it was done. Nothing was run.
    #[error(
        "migration `{id}` was cut off on its way {direction} in step {step} ({what}), outside of a transaction, and how much of that \
         was done is not known; look at the database, and retry it if it can be done again, or mark it as applied"
    )]
    CutOff {
        /// The migration.
        id: String,
        /// Which way it went.
        direction: Direction,
        /// The step, counted from 1.
        step: u32,
        /// What the step does.
        what: String,
    },
    /// There is no way back. Nothing was run.
    #[error("migration `{id}` cannot be taken back: there is no way back of {what}")]
    Irreversible {
        /// The migration.
        id: String,
        /// What the step does.
        what: String,
    },
    /// Others are in effect that asked to be run behind this one. Nothing was run.
    #[error("migration `{id}` cannot be {}: {}", if *.direction == Direction::Up { "run" } else { "taken back" }, match .direction {
        Direction::Up => format!("it is to be run behind {}, which is not in effect", quoted(.others)),
        Direction::Down => format!("{} was run behind it and is in effect", quoted(.others)),
    })]
    Dependent {
        /// The migration.
        id: String,
        /// Where it was to go.
        direction: Direction,
        /// The others.
        others: Vec<String>,
    },
    /// What would be lost was not allowed to be. Nothing was run.
    #[error("migration `{id}` destroys {what}; {}", needs(*.environment))]
    Destructive {
        /// The migration.
        id: String,
        /// What would be lost.
        what: String,
        /// Where.
        environment: Option<Environment>,
    },
    /// A step asks for a transaction, and the server has none. Nothing was run.
    #[error(
        "migration `{id}` asks for a transaction for {what}, which a standalone server does not have; run it on a replica set"
    )]
    NoTransactions {
        /// The migration.
        id: String,
        /// What the step does.
        what: String,
    },
    /// Another process was granted the lease meanwhile, because this one was not heard of. The step in hand was given up.
    #[error(
        "the lease on the migrations was lost: the database was not reached for too long, and another process may have gone on; \
         look at the status, and run again"
    )]
    LeaseLost,
    /// Another process is at work on the migrations, and this was not to wait, or not any longer.
    #[error(
        "`{owner}` is at work on the migrations; try again when it is done, or when its lease has lapsed"
    )]
    Busy {
        /// The process.
        owner: String,
    },
    /// A service does not serve, because its database is not ready for it.
    #[error("this release does not serve: {}", .reasons.join("; "))]
    NotReady {
        /// All that is in the way.
        reasons: Vec<String>,
    },
    /// A reset was asked for where somebody may miss the data. Nothing was done.
    #[error(
        "a reset is allowed in development only, and this is {}", .environment.map_or("not said to be", Environment::name)
    )]
    NotDevelopment {
        /// Where this is.
        environment: Option<Environment>,
    },
    /// A reset was not confirmed with the name of the database. Nothing was done.
    #[error("the reset was confirmed with `{given}`, and the database is `{database}`; nothing was done")]
    NotConfirmed {
        /// The database.
        database: String,
        /// What was given.
        given: String,
    },
}

impl SchemaError {
    /// Whether it was refused because of what the migrations, the ledger or the environment are, and nothing was done: a person has to decide.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Runtime(_) | Self::LeaseLost)
    }

    pub(crate) fn unknown_migration(asked: &str, migrations: &[&Migration]) -> Self {
        let known = migrations.iter().map(|migration| migration.id().to_owned()).collect();
        Self::UnknownMigration { asked: asked.to_owned(), known }
    }
}

fn quoted(ids: &[String]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}

fn were(ids: &[String]) -> String {
    format!("{} {}", quoted(ids), if ids.len() == 1 { "was" } else { "were" })
}

fn those(known: &[String]) -> String {
    match known {
        [] => "are none".to_owned(),
        [one] => format!("is `{one}`"),
        several => format!("are {}", quoted(several)),
    }
}

fn needs(environment: Option<Environment>) -> &'static str {
    match environment {
        Some(Environment::Development) => "allow it",
        Some(Environment::Staging) => "in staging that has to be confirmed",
        Some(Environment::Production) => {
            "in production that has to be allowed, and a backup has to be made or waived"
        }
        None => {
            "the environment was not said, so it is taken for production: allow it, with a backup made or waived, or say the \
             environment"
        }
    }
}
