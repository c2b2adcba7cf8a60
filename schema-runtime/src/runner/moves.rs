//! Moves: which migrations go which way, to get from what the ledger says to what was asked for.

use std::ops::Range;

use super::Entries;
use crate::{
    environment::Environment,
    ledger::{Entry, State},
    migration::{Direction, Migration, Step},
    schema::SchemaError,
};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// All are in effect.
    Up,
    /// All up to this one.
    UpTo(String),
    /// So many fewer are in effect.
    Down(usize),
    /// All up to this one, and none behind it.
    To(String),
    /// The last one is taken back and run again.
    Redo,
    /// This one goes that way.
    Only(String, Direction),
}

/// A migration that goes one way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move<'m> {
    pub(super) migration: &'m Migration,
    pub(super) direction: Direction,
}

impl<'m> Move<'m> {
    /// The places of the steps that are still to be made, in the order of the migration.
    pub(super) fn left(self, entry: Option<&Entry>) -> Range<usize> {
        let all = self.migration.steps().count();
        let done = match entry {
            Some(entry) if entry.state == State::Completed => all,
            Some(entry) => place(entry.done),
            None => 0,
        };
        // One that was begun and is not noted as done, or as taken back, is to be made again.
        let begun = entry.and_then(|entry| entry.begun).map(place);
        match self.direction {
            Direction::Up => begun.map_or(done, |begun| begun.saturating_sub(1)).min(all)..all,
            Direction::Down => 0..begun.unwrap_or(done).min(all),
        }
    }

    /// These steps.
    pub(super) fn steps(self, entries: &Entries) -> impl Iterator<Item = &'m dyn Step> {
        let left = self.left(entries.get(self.migration.id()));
        self.migration.steps().skip(left.start).take(left.len())
    }
}

fn place(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

impl Target {
    pub(super) fn moves<'m>(
        &self,
        migrations: &[&'m Migration],
        entries: &Entries,
        environment: Option<Environment>,
    ) -> Result<Vec<Move<'m>>, SchemaError> {
        let entry = |migration: &Migration| entries.get(migration.id());
        let pending = |migration: &&Migration| {
            migration.runs_in(environment)
                && entry(migration).is_none_or(|entry| entry.state != State::Completed)
        };
        let in_effect = |migration: &&Migration| entry(migration).is_some_and(is_to_be_taken_back);
        let up = |migration: &&'m Migration| Move { migration, direction: Direction::Up };
        let down = |migration: &&'m Migration| Move { migration, direction: Direction::Down };
        Ok(match self {
            Self::Up => migrations.iter().copied().filter(pending).map(|one| up(&one)).collect(),
            Self::UpTo(id) => {
                let (to_there, _) = split(migrations, id)?;
                to_there.iter().copied().filter(pending).map(|one| up(&one)).collect()
            }
            Self::Down(count) => migrations
                .iter()
                .rev()
                .copied()
                .filter(in_effect)
                .take(*count)
                .map(|one| down(&one))
                .collect(),
            Self::To(id) => {
                let (to_there, behind) = split(migrations, id)?;
                let back = behind.iter().rev().copied().filter(in_effect).map(|one| down(&one));
                back.chain(to_there.iter().copied().filter(pending).map(|one| up(&one))).collect()
            }
            Self::Redo => {
                let last = migrations.iter().rev().copied().find(in_effect);
                last.iter().flat_map(|last| [down(last), up(last)]).collect()
            }
            Self::Only(id, direction) => {
                let (to_there, _) = split(migrations, id)?;
                let asked = to_there.last().copied();
                let moved = asked.filter(|one| match direction {
                    Direction::Up => pending(one),
                    Direction::Down => in_effect(one),
                });
                moved.map(|migration| Move { migration, direction: *direction }).into_iter().collect()
            }
        })
    }
}

/// Whether there is something to be taken back: also what failed on the way, or was cut off.
fn is_to_be_taken_back(entry: &Entry) -> bool {
    entry.is_in_effect() || entry.begun.is_some()
}

/// Those up to this one and with it, and those behind it.
fn split<'s, 'm>(
    migrations: &'s [&'m Migration],
    id: &str,
) -> Result<(&'s [&'m Migration], &'s [&'m Migration]), SchemaError> {
    let place = migrations.iter().position(|migration| migration.id() == id);
    place.and_then(|place| migrations.split_at_checked(place + 1)).ok_or_else(|| {
        SchemaError::UnknownMigration {
            asked: id.to_owned(),
            known: migrations.iter().map(|migration| migration.id().to_owned()).collect(),
        }
    })
}
