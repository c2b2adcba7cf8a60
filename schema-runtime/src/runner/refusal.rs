//! Refusal: what stands in the way of moves that can be seen before anything is run.

use mongodb::{Database, bson::doc};

use super::{Entries, Run, moves::Move};
use crate::{
    error::During,
    ledger::{Entry, LEDGER, State},
    migration::{Direction, Migration, Step, Transaction},
    retry::with_retries,
    schema::SchemaError,
};

/// Whether the server has transactions: members of replica sets do, and the routers of clusters.
pub(super) async fn has_transactions(database: &Database) -> Result<bool, SchemaError> {
    let hello = with_retries(|| database.run_command(doc! { "hello": 1 })).await;
    let hello = hello.during("greet the server", LEDGER)?;
    Ok(hello.contains_key("setName") || hello.get_str("msg").is_ok_and(|kind| kind == "isdbgrid"))
}

impl Run<'_> {
    /// Why these moves are not to be made.
    pub(super) fn refusal(
        &self,
        migrations: &[&Migration],
        entries: &Entries,
        moves: &[Move<'_>],
        transactions: bool,
    ) -> Option<SchemaError> {
        changed(migrations, entries)
            .or_else(|| self.early(migrations, entries, moves))
            .or_else(|| self.beneath(migrations, entries, moves))
            .or_else(|| self.dependent(migrations, entries, moves))
            .or_else(|| moves.iter().find_map(|one| self.cut_off(entries, one)))
            .or_else(|| moves.iter().find_map(irreversible))
            .or_else(|| self.consent.refusal(moves, self.schema.environment_said()))
            .or_else(|| moves.iter().filter(|_| !transactions).find_map(without_transactions))
    }

    /// Whether one is to go up in front of others that are in effect.
    fn early(&self, migrations: &[&Migration], entries: &Entries, moves: &[Move<'_>]) -> Option<SchemaError> {
        // Whoever names a migration knows what they ask for.
        if self.out_of_order || matches!(self.target, super::Target::Only(..)) {
            return None;
        }
        let stays = |migration: &Migration| {
            is_completed(entries, migration.id()) && !moved(moves, migration.id(), Direction::Down)
        };
        let last = migrations.iter().rposition(|migration| stays(migration))?;
        let (earlier, _) = migrations.split_at_checked(last)?;
        // One that was begun was in order then, or allowed.
        let untouched = |id: &str| {
            entries.get(id).is_none_or(|entry| matches!(entry.state, State::Pending | State::RolledBack))
        };
        let early = earlier.iter().filter(|one| {
            moved(moves, one.id(), Direction::Up) && untouched(one.id()) && !lags(one, migrations)
        });
        let ids: Vec<String> = early.map(|one| one.id().to_owned()).collect();
        let before = migrations.get(last)?.id().to_owned();
        (!ids.is_empty()).then_some(SchemaError::OutOfOrder { ids, before })
    }

    /// Whether one is to be taken back from under others that were run later, by another release.
    fn beneath(
        &self,
        migrations: &[&Migration],
        entries: &Entries,
        moves: &[Move<'_>],
    ) -> Option<SchemaError> {
        if self.out_of_order {
            return None;
        }
        let unknown: Vec<&Entry> = missing(migrations, entries).collect();
        moves.iter().filter(|one| one.direction == Direction::Down).find_map(|one| {
            let entry = entries.get(one.id())?;
            let run_at = entry.applied_at.or(entry.started_at);
            let later = unknown.iter().filter(|other| other.applied_at.or(other.started_at) > run_at);
            let others: Vec<String> = later.map(|other| other.id.clone()).collect();
            let id = one.id().to_owned();
            (!others.is_empty()).then_some(SchemaError::Missing { id, others })
        })
    }

    /// Whether one is to go up before those that it asks for, or down before those that asked for it.
    fn dependent(
        &self,
        migrations: &[&Migration],
        entries: &Entries,
        moves: &[Move<'_>],
    ) -> Option<SchemaError> {
        let environment = self.schema.environment_said();
        let runs_here = |id: &str| migrations.iter().any(|one| one.id() == id && one.runs_in(environment));
        moves.iter().find_map(|Move { migration, direction, .. }| {
            let others: Vec<String> = match direction {
                Direction::Up => {
                    let asked = migration.dependencies().iter().filter(|id| runs_here(id));
                    let unmet =
                        asked.filter(|id| !is_completed(entries, id) && !moved(moves, id, Direction::Up));
                    unmet.cloned().collect()
                }
                Direction::Down => {
                    let asks =
                        |other: &&&Migration| other.dependencies().iter().any(|id| id == migration.id());
                    let others = migrations.iter().filter(asks).map(|other| other.id());
                    let in_effect = |id: &str| entries.get(id).is_some_and(Entry::is_in_effect);
                    let left = others.filter(|id| in_effect(id) && !moved(moves, id, Direction::Down));
                    left.map(str::to_owned).collect()
                }
            };
            let (id, direction) = (migration.id().to_owned(), *direction);
            (!others.is_empty()).then_some(SchemaError::Dependent { id, direction, others })
        })
    }

    /// Whether a step was begun outside of a transaction, and nobody knows what it has done.
    fn cut_off(&self, entries: &Entries, one: &Move<'_>) -> Option<SchemaError> {
        let entry = entries.get(one.id()).filter(|_| !self.retry)?;
        let step = entry.begun?;
        let begun = one.migration.steps().nth(usize::try_from(step).ok()?.checked_sub(1)?);
        if begun
            .is_some_and(|begun| begun.is_repeatable(entry.direction) && begun.is_repeatable(one.direction))
        {
            return None;
        }
        let what = begun.map_or_else(|| "which is no longer there".to_owned(), Step::describe);
        Some(SchemaError::CutOff { id: entry.id.clone(), direction: entry.direction, step, what })
    }
}

/// What is in the ledger and not in the schema. What never came to be run has left nothing.
pub(super) fn missing<'e>(
    migrations: &[&Migration],
    entries: &'e Entries,
) -> impl Iterator<Item = &'e Entry> {
    let left_something = |entry: &&Entry| !matches!(entry.state, State::Pending | State::RolledBack);
    entries
        .values()
        .filter(left_something)
        .filter(|entry| migrations.iter().all(|migration| migration.id() != entry.id))
}

/// The migrations that are not what they were when they were run.
pub(super) fn changed_ids(migrations: &[&Migration], entries: &Entries) -> Vec<String> {
    let changed = migrations
        .iter()
        .filter(|migration| entries.get(migration.id()).is_some_and(|entry| entry.is_changed(migration)));
    changed.map(|migration| migration.id().to_owned()).collect()
}

pub(super) fn changed(migrations: &[&Migration], entries: &Entries) -> Option<SchemaError> {
    let ids = changed_ids(migrations, entries);
    (!ids.is_empty()).then_some(SchemaError::Changed { ids })
}

fn is_completed(entries: &Entries, id: &str) -> bool {
    entries.get(id).is_some_and(|entry| entry.state == State::Completed)
}

fn moved(moves: &[Move<'_>], id: &str, direction: Direction) -> bool {
    moves.iter().any(|one| one.id() == id && one.direction == direction)
}

/// Whether one comes later by its nature than those behind it: it waits for something, or for another that does.
fn lags(migration: &Migration, migrations: &[&Migration]) -> bool {
    let asked = |id: &String| migrations.iter().find(|other| other.id() == id);
    !migration.conditions().is_empty()
        || migration.dependencies().iter().filter_map(asked).any(|other| lags(other, migrations))
}

fn irreversible(one: &Move<'_>) -> Option<SchemaError> {
    if one.direction == Direction::Up {
        return None;
    }
    let (_, stuck) = one.steps().into_iter().find(|(_, step)| !step.is_reversible())?;
    Some(SchemaError::Irreversible { id: one.id().to_owned(), what: stuck.describe() })
}

fn without_transactions(one: &Move<'_>) -> Option<SchemaError> {
    let mut steps = one.steps().into_iter();
    let (_, step) = steps.find(|(_, step)| step.transaction() == Transaction::Required)?;
    Some(SchemaError::NoTransactions { id: one.id().to_owned(), what: step.describe() })
}
