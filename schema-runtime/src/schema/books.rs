//! Keeping the ledger by hand: what is in effect though nothing was run here, and whether what was run still holds. And beginning anew.

use std::{fmt, time::Duration};

use mongodb::bson::doc;
use serde::Serialize;

use super::{Schema, SchemaError};
use crate::{
    environment::Environment,
    error::During,
    lease::{Claim, Lease},
    ledger::State,
    migration::Migration,
    runner::{RunReport, leases, validated},
};

/// How long whoever keeps the ledger by hand may be silent.
const LEASE: Duration = Duration::from_secs(30);

/// What came of the validation of all migrations that are in effect. Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Validated {
    /// Those that were asked, and are as they should be.
    pub sound: Vec<String>,
    /// Those that are not, and why.
    pub unsound: Vec<(String, String)>,
    /// Those that have nothing to be asked.
    pub unasked: Vec<String>,
}

impl Schema {
    /// Notes that the migration of this id is in effect, and runs nothing: because it was made by hand, or has been changed and the
    /// database is as it says now.
    ///
    /// # Errors
    ///
    /// [`SchemaError::Invalid`], [`SchemaError::UnknownMigration`]; [`SchemaError::Busy`] when a process is at work on the migrations;
    /// [`SchemaError::Runtime`] when the database stays unavailable.
    pub async fn mark_applied(&self, id: &str) -> Result<(), SchemaError> {
        let migrations = self.in_order()?;
        let asked = migrations.iter().find(|migration| migration.id() == id);
        let asked = asked.ok_or_else(|| SchemaError::unknown_migration(id, &migrations))?;
        self.keep(&migrations, async |lease| self.mark(asked, lease).await).await
    }

    /// The same for this one and all before it that are not in effect, in a database that was made before there was a ledger. How many that were.
    ///
    /// # Errors
    ///
    /// As [`mark_applied`](Self::mark_applied).
    pub async fn baseline(&self, id: &str) -> Result<usize, SchemaError> {
        let migrations = self.in_order()?;
        let place = migrations.iter().position(|migration| migration.id() == id);
        let place = place.ok_or_else(|| SchemaError::unknown_migration(id, &migrations))?;
        self.keep(&migrations, async |lease| {
            let entries = self.ledger().entries().await?;
            let in_effect =
                |id: &str| entries.iter().any(|entry| entry.id == id && entry.state == State::Completed);
            let mut marked = 0;
            for migration in migrations.iter().take(place + 1) {
                if !in_effect(migration.id()) && migration.runs_in(self.environment) {
                    self.mark(migration, lease).await?;
                    marked += 1;
                }
            }
            Ok(marked)
        })
        .await
    }

    /// Asks every migration in effect whether it still is what it should be. Nothing is written.
    ///
    /// # Errors
    ///
    /// [`SchemaError::Invalid`]; [`SchemaError::Runtime`] when the database stays unavailable.
    pub async fn validate(&self) -> Result<Validated, SchemaError> {
        let migrations = self.in_order()?;
        let entries = self.ledger().entries().await?;
        let mut outcome = Validated { sound: Vec::new(), unsound: Vec::new(), unasked: Vec::new() };
        for migration in migrations {
            let id = migration.id();
            if !entries.iter().any(|entry| entry.id == id && entry.state == State::Completed) {
                continue;
            }
            match validated(self, migration).await? {
                None => outcome.unasked.push(id.to_owned()),
                Some(Ok(())) => outcome.sound.push(id.to_owned()),
                Some(Err(why)) => outcome.unsound.push((id.to_owned(), why)),
            }
        }
        Ok(outcome)
    }

    /// Drops the database with everything in it, and runs all migrations: in [development](Environment::Development) only, and only if the
    /// confirmation is the name of the database.
    ///
    /// # Errors
    ///
    /// [`SchemaError::NotDevelopment`], [`SchemaError::NotConfirmed`]; [`SchemaError::Busy`] when a process is at work on the migrations; and
    /// those of a [run](crate::runner::Run::run).
    pub async fn reset(&self, confirmation: &str) -> Result<RunReport, SchemaError> {
        self.check()?;
        let environment = self.environment;
        if environment != Some(Environment::Development) {
            return Err(SchemaError::NotDevelopment { environment });
        }
        let database = self.database.name();
        if confirmation != database {
            let (database, given) = (database.to_owned(), confirmation.to_owned());
            return Err(SchemaError::NotConfirmed { database, given });
        }
        if let Some(holder) = leases(self, LEASE).holder().await? {
            return Err(busy(Some(holder)));
        }
        self.database.drop().await.during("drop the database", database)?;
        self.up().run().await
    }

    async fn mark(&self, migration: &Migration, lease: &Lease) -> Result<(), SchemaError> {
        let marked = self.ledger().mark(migration, lease.token()).await?;
        if marked { Ok(()) } else { Err(SchemaError::LeaseLost) }
    }

    /// Does something to the ledger that nobody else may do meanwhile.
    async fn keep<T>(
        &self,
        migrations: &[&Migration],
        work: impl AsyncFnOnce(&Lease) -> Result<T, SchemaError>,
    ) -> Result<T, SchemaError> {
        let leases = leases(self, LEASE);
        let Some(lease) = leases.take().await? else { return Err(busy(leases.holder().await?)) };
        let work = async |lease: &Lease| {
            self.ledger().take_over(migrations, lease.token()).await?;
            work(lease).await
        };
        lease.hold(work).await
    }
}

fn busy(holder: Option<Claim>) -> SchemaError {
    SchemaError::Busy { owner: holder.map_or_else(|| "another process".to_owned(), |claim| claim.owner) }
}

impl Validated {
    /// Whether none is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.unsound.is_empty()
    }
}

impl fmt::Display for Validated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for id in &self.sound {
            writeln!(f, "ok       {id}")?;
        }
        for (id, why) in &self.unsound {
            writeln!(f, "wrong    {id}: {why}")?;
        }
        for id in &self.unasked {
            writeln!(f, "no check {id}")?;
        }
        if self.sound.is_empty() && self.unsound.is_empty() && self.unasked.is_empty() {
            writeln!(f, "no migration is in effect")?;
        }
        Ok(())
    }
}
