//! Who takes part, and how each is started.

use std::{env, path::Path};

use tokio::process::Command;

use crate::{Outcome, documents::DATABASE};

/// Saving one by one is too slow for all documents; its rate does not depend on how many there are.
const ONE_BY_ONE: i64 = 5_000;

/// So is saving a few at a time.
const A_FEW_AT_A_TIME: i64 = 20_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contender {
    Ours,
    BulkWrite,
    BulkSave,
    /// So many documents at the same time.
    Save(u32),
    Beanie {
        transaction: bool,
    },
    /// In the server, without any conversion in the client: the ceiling, not a peer.
    UpdateMany,
}

impl Contender {
    pub const ALL: [Self; 8] = [
        Self::Ours,
        Self::BulkWrite,
        Self::BulkSave,
        Self::Save(8),
        Self::Save(1),
        Self::Beanie { transaction: false },
        Self::Beanie { transaction: true },
        Self::UpdateMany,
    ];

    pub fn name(self) -> String {
        match self {
            Self::Ours => "the backfill here".to_owned(),
            Self::BulkWrite => "migrate-mongo, `bulkWrite`".to_owned(),
            Self::BulkSave => "mongoose, `bulkSave`".to_owned(),
            Self::Save(1) => "mongoose, `save` each".to_owned(),
            Self::Save(parallel) => format!("mongoose, `save` each, {parallel} at a time"),
            Self::Beanie { transaction: false } => "Beanie, `--no-use-transaction`".to_owned(),
            Self::Beanie { transaction: true } => "Beanie".to_owned(),
            Self::UpdateMany => "migrate-mongo, `updateMany` (in the server)".to_owned(),
        }
    }

    /// How many of the documents it gets.
    pub fn share_of(self, documents: i64) -> i64 {
        match self {
            Self::Save(1) => documents.min(ONE_BY_ONE),
            Self::Save(_) => documents.min(A_FEW_AT_A_TIME),
            _ => documents,
        }
    }

    /// Nothing that it does can be seen before all of it can.
    pub fn is_transaction(self) -> bool {
        self == Self::Beanie { transaction: true }
    }

    /// The process that converts the documents behind `uri`.
    pub fn command(self, peers: &Path, uri: &str) -> Outcome<Command> {
        let node = |folder: &str, arguments: &[&str]| {
            let mut command = Command::new("node");
            command.current_dir(peers.join(folder)).args(arguments);
            command.env("MONGODB_URI", uri).env("MONGODB_DATABASE", DATABASE);
            command
        };
        let migrate_mongo = |migrations: &str| {
            let program = "node_modules/migrate-mongo/bin/migrate-mongo.js";
            node("migrate-mongo", &[program, "up", "--migrations-dir", migrations])
        };
        Ok(match self {
            Self::Ours => {
                let mut command = Command::new(env::current_exe()?);
                command.args([crate::JOB, uri]);
                command
            }
            Self::BulkWrite => migrate_mongo("bulk-write"),
            Self::UpdateMany => migrate_mongo("update-many"),
            Self::BulkSave => node("mongoose", &["bulk-save.js"]),
            Self::Save(parallel) => node("mongoose", &["save.js", &parallel.to_string()]),
            Self::Beanie { transaction } => {
                let folder = peers.join("beanie");
                let mut command = Command::new(folder.join("environment/bin/beanie"));
                command.current_dir(folder).args(["migrate", "-db", DATABASE, "-p", "migrations"]);
                if transaction {
                    command.args(["-uri", uri]);
                } else {
                    // It writes its batches at the same time in one session, where retryable writes get into each
                    // other's way: with more than one batch it can fail.
                    command.args(["--no-use-transaction", "-uri", &format!("{uri}&retryWrites=false")]);
                }
                command
            }
        })
    }
}
