//! Consent: what stands in the way of moves that can be seen before anything is run.

use mongodb::bson::doc;

use super::{Entries, Run, moves::Move};
use crate::{
    environment::Environment,
    error::During,
    ledger::{LEDGER, State},
    migration::{Direction, Migration, Step, Transaction},
    schema::SchemaError,
};

/// What a person has said about what destroys.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Consent {
    pub(super) destructive: bool,
    pub(super) backup: bool,
}

impl Consent {
    fn covers(self, environment: Option<Environment>) -> bool {
        match environment {
            Some(Environment::Development) => true,
            Some(Environment::Staging) => self.destructive,
            Some(Environment::Production) | None => self.destructive && self.backup,
        }
    }
}

/// Whether the server has transactions: members of replica sets do, and the routers of clusters.
pub(super) async fn has_transactions(run: &Run<'_>) -> Result<bool, SchemaError> {
    let hello =
        run.schema.database().run_command(doc! { "hello": 1 }).await.during("greet the server", LEDGER)?;
    Ok(hello.contains_key("setName") || hello.get_str("msg").is_ok_and(|kind| kind == "isdbgrid"))
}

impl Run<'_> {
    /// Why these moves are not to be made.
    pub(super) async fn refusal(
        &self,
        migrations: &[&Migration],
        entries: &Entries,
        moves: &[Move<'_>],
    ) -> Result<Option<SchemaError>, SchemaError> {
        let refusal = self
            .changed(migrations, entries)
            .or_else(|| self.early(migrations, entries, moves))
            .or_else(|| dependent(migrations, entries, moves))
            .or_else(|| moves.iter().find_map(|one| self.cut_off(entries, *one)))
            .or_else(|| moves.iter().find_map(|one| irreversible(entries, *one)))
            .or_else(|| moves.iter().find_map(|one| self.destructive(entries, *one)));
        if refusal.is_some() {
            return Ok(refusal);
        }
        let required = moves.iter().find_map(|one| {
            let mut steps = one.migration.steps();
            let step = steps.find(|step| step.transaction() == Transaction::Required);
            step.map(|step| (one.migration.id().to_owned(), step.describe()))
        });
        Ok(match required {
            Some((id, what)) if !has_transactions(self).await? => {
                Some(SchemaError::NoTransactions { id, what })
            }
            _ => None,
        })
    }

    fn changed(&self, migrations: &[&Migration], entries: &Entries) -> Option<SchemaError> {
        let ids = changed(migrations, entries);
        (!ids.is_empty()).then_some(SchemaError::Changed { ids })
    }

    fn early(&self, migrations: &[&Migration], entries: &Entries, moves: &[Move<'_>]) -> Option<SchemaError> {
        // Whoever names a migration knows what they ask for; and who goes back makes room for it.
        let goes_up_only = moves.iter().all(|one| one.direction == Direction::Up);
        if self.out_of_order || !goes_up_only || matches!(self.target, super::Target::Only(..)) {
            return None;
        }
        let completed = |migration: &Migration| {
            entries.get(migration.id()).is_some_and(|entry| entry.state == State::Completed)
        };
        let last = migrations.iter().rposition(|migration| completed(migration))?;
        let (earlier, _) = migrations.split_at_checked(last)?;
        let early =
            moves.iter().filter(|one| earlier.iter().any(|earlier| earlier.id() == one.migration.id()));
        // One that was begun was in order then, or allowed.
        let ids: Vec<String> = early
            .filter(|one| {
                entries.get(one.migration.id()).is_none_or(|entry| entry.state == State::RolledBack)
            })
            .map(|one| one.migration.id().to_owned())
            .collect();
        let before = migrations.get(last)?.id().to_owned();
        (!ids.is_empty()).then_some(SchemaError::OutOfOrder { ids, before })
    }

    fn cut_off(&self, entries: &Entries, one: Move<'_>) -> Option<SchemaError> {
        let entry = entries.get(one.migration.id()).filter(|_| !self.retry)?;
        let step = entry.begun?;
        let begun = one.migration.steps().nth(usize::try_from(step).ok()?.checked_sub(1)?);
        if begun.is_some_and(|begun| begun.is_repeatable(entry.direction)) {
            return None;
        }
        let what = begun.map_or_else(|| "which is no longer there".to_owned(), Step::describe);
        Some(SchemaError::CutOff { id: entry.id.clone(), direction: entry.direction, step, what })
    }

    fn destructive(&self, entries: &Entries, one: Move<'_>) -> Option<SchemaError> {
        let environment = self.schema.environment_said();
        if self.consent.covers(environment) {
            return None;
        }
        let what = one.steps(entries).find_map(|step| step.destroys(one.direction))?;
        Some(SchemaError::Destructive { id: one.migration.id().to_owned(), what, environment })
    }
}

/// The migrations that are not what they were when they were run.
pub(super) fn changed(migrations: &[&Migration], entries: &Entries) -> Vec<String> {
    let changed = migrations.iter().filter(|migration| {
        let entry = entries.get(migration.id());
        entry.is_some_and(|entry| {
            entry.state == State::Completed && entry.fingerprint != migration.fingerprint()
        })
    });
    changed.map(|migration| migration.id().to_owned()).collect()
}

fn irreversible(entries: &Entries, one: Move<'_>) -> Option<SchemaError> {
    if one.direction == Direction::Up {
        return None;
    }
    let stuck = one.steps(entries).find(|step| !step.is_reversible())?;
    Some(SchemaError::Irreversible { id: one.migration.id().to_owned(), what: stuck.describe() })
}

/// Where one is to go up before those that it asks for, or down before those that asked for it.
fn dependent(migrations: &[&Migration], entries: &Entries, moves: &[Move<'_>]) -> Option<SchemaError> {
    let in_effect = |id: &str| entries.get(id).is_some_and(|entry| entry.state == State::Completed);
    let moved =
        |id: &str, direction| moves.iter().any(|one| one.migration.id() == id && one.direction == direction);
    moves.iter().find_map(|Move { migration, direction }| {
        let others: Vec<String> = match direction {
            Direction::Up => {
                let asked = migration.dependencies().iter();
                asked.filter(|id| !in_effect(id) && !moved(id, Direction::Up)).cloned().collect()
            }
            Direction::Down => {
                let asks = |other: &&&Migration| other.dependencies().iter().any(|id| id == migration.id());
                let others = migrations.iter().filter(asks).map(|other| other.id());
                others.filter(|id| in_effect(id) && !moved(id, Direction::Down)).map(str::to_owned).collect()
            }
        };
        let (id, direction) = (migration.id().to_owned(), *direction);
        (!others.is_empty()).then_some(SchemaError::Dependent { id, direction, others })
    })
}
