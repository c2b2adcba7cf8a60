//! Status: everything there is to know about a database of this schema at one glance.

mod display;

use std::time::Duration;

use schema_core::DecodeOwned;
use serde::Serialize;

use super::{Schema, SchemaError};
use crate::{
    backfill::{JobHandle, Status, failed},
    census::Census,
    collection::VersionedCollection,
    environment::Environment,
    error::Error,
    indexes::IndexReport,
    ledger::{Entry, State},
    migration::{Facts, Migration},
    runner::leases,
    versions::LiveMember,
};

/// Where a database is. Its `Display` is a table for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct SchemaStatus {
    /// The database.
    pub database: String,
    /// Where it is, if that was said.
    pub environment: Option<Environment>,
    /// The documents of each type.
    pub documents: Vec<DocumentsStatus>,
    /// The migrations, in the order in which they are run, and behind them those that are in the ledger only.
    pub migrations: Vec<MigrationStatus>,
    /// Who is at work on the migrations.
    pub busy: Option<String>,
}

/// Where the documents of one type are.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct DocumentsStatus {
    /// The [name](VersionedCollection::name) of the collection, or of the documents of a kind.
    pub name: String,
    /// The Rust name of the type.
    pub type_name: &'static str,
    /// The current version.
    pub current_version: u32,
    /// The documents of each version.
    pub census: Census,
    /// The version below which nothing was stored when somebody looked last.
    pub floor: Option<u32>,
    /// The declared indexes that are not there as they are declared.
    pub missing_indexes: Vec<String>,
    /// How many documents have a record of having failed.
    pub failed: u64,
    /// The last backfill.
    pub backfill: Option<Status>,
    /// The last rollback.
    pub rollback: Option<Status>,
    /// The services that have joined and are alive.
    pub members: Vec<LiveMember>,
}

/// Where a migration is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct MigrationStatus {
    /// Its id.
    pub id: String,
    /// What is to be known of it.
    #[serde(flatten)]
    pub facts: Facts,
    /// Where it is.
    pub state: State,
    /// Whether it is noted as running and nobody is at work: its process has died.
    pub cut_off: bool,
    /// Whether it is not what it was when it was run.
    pub changed: bool,
    /// Whether it is in the ledger and not in the schema.
    pub missing: bool,
    /// Whether it is not for this environment.
    pub elsewhere: bool,
    /// What the ledger has about it.
    pub entry: Option<Entry>,
}

impl Schema {
    /// Looks at everything. Nothing is written. Counts the documents of each version, in the server.
    ///
    /// # Errors
    ///
    /// [`SchemaError::Invalid`]; [`SchemaError::Runtime`] when the database stays unavailable.
    pub async fn status(&self) -> Result<SchemaStatus, SchemaError> {
        let migrations = self.in_order()?;
        let before = self.ledger().entries().await?;
        let busy = leases(self, Duration::ZERO).holder().await?.map(|claim| claim.owner);
        let entries = self.ledger().entries().await?;
        // Its lease was there before its entry, and would be there until after it.
        let cut_off = |entry: &Entry| {
            let same = |then: &Entry| {
                then.id == entry.id && then.token == entry.token && then.state == State::Running
            };
            entry.state == State::Running && busy.is_none() && before.iter().any(same)
        };
        let mut documents = Vec::new();
        for of_type in &self.documents {
            documents.push(of_type.status().await?);
        }
        let status = |migration: &&Migration| {
            let entry = entries.iter().find(|entry| entry.id == migration.id());
            self.migration_status(migration, entry, entry.is_some_and(cut_off))
        };
        let known = |entry: &&Entry| migrations.iter().any(|migration| migration.id() == entry.id);
        let missing = entries.iter().filter(|entry| !known(entry) && entry.state != State::Pending);
        Ok(SchemaStatus {
            database: self.database.name().to_owned(),
            environment: self.environment,
            documents,
            migrations: migrations.iter().map(status).chain(missing.map(MigrationStatus::missing)).collect(),
            busy,
        })
    }

    fn migration_status(
        &self,
        migration: &Migration,
        entry: Option<&Entry>,
        cut_off: bool,
    ) -> MigrationStatus {
        let state = entry.map_or(State::Pending, |entry| entry.state);
        MigrationStatus {
            id: migration.id().to_owned(),
            facts: migration.facts(),
            state,
            cut_off,
            changed: entry.is_some_and(|entry| entry.is_changed(migration)),
            missing: false,
            elsewhere: !migration.runs_in(self.environment),
            entry: entry.cloned(),
        }
    }
}

impl SchemaStatus {
    /// Whether there is nothing to be done: no migration to be run, no older document, and nothing wrong.
    #[must_use]
    pub fn is_current(&self) -> bool {
        let migrated = self.migrations.iter().all(|migration| {
            !migration.changed
                && (migration.state == State::Completed || migration.elsewhere || migration.missing)
        });
        migrated && self.documents.iter().all(|documents| documents.census.upgradable() == 0)
    }
}

impl DocumentsStatus {
    pub(super) async fn of<T: DecodeOwned + Send + Sync>(
        documents: &VersionedCollection<T>,
    ) -> Result<Self, Error> {
        let (database, name) = (documents.database(), documents.name());
        Ok(Self {
            name: name.to_owned(),
            type_name: T::CHAIN.type_name,
            current_version: T::CHAIN.version,
            census: documents.census().await?,
            floor: documents.noted_floor().await?,
            missing_indexes: missing(&documents.indexes().compare().await?),
            failed: failed(&database, name, &T::CHAIN).await?,
            backfill: JobHandle::new(&database, name).status().await?,
            rollback: JobHandle::rollback(&database, name).status().await?,
            members: documents.live_members().await?,
        })
    }
}

/// The names of those that are not there.
fn missing(report: &IndexReport) -> Vec<String> {
    let missing = report.declared.iter().filter(|index| !index.state.is_there());
    missing.map(|index| index.name.clone()).collect()
}

impl MigrationStatus {
    fn missing(entry: &Entry) -> Self {
        Self {
            id: entry.id.clone(),
            facts: entry.facts.clone(),
            state: entry.state,
            cut_off: false,
            changed: false,
            missing: true,
            elsewhere: false,
            entry: Some(entry.clone()),
        }
    }

    /// What is to be said of it beside its state, and what to do.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        let begun = self.entry.as_ref().and_then(|entry| entry.begun);
        if self.cut_off {
            return Some(match begun {
                None => "its process has died; run again, and it goes on behind the last step that was done"
                    .to_owned(),
                Some(step) => format!(
                    "its process has died in step {step}, outside of a transaction; run again, and it goes on with that step, or asks what is to be done"
                ),
            });
        }
        if self.missing {
            return Some("not in this schema; run by another release, or deleted from the code".to_owned());
        }
        if self.changed {
            return Some("changed since it was run; take the change back, or mark it as applied".to_owned());
        }
        if self.elsewhere && self.state == State::Pending {
            return Some("not for this environment".to_owned());
        }
        self.entry.as_ref().filter(|entry| entry.state == State::Failed).and_then(|entry| entry.error.clone())
    }
}
