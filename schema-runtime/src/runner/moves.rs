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
#[derive(Debug, Clone)]
pub(super) struct Move<'m> {
    pub(super) migration: &'m Migration,
    pub(super) direction: Direction,
    /// The places of the steps that are to be made, in the order of the migration.
    left: Range<usize>,
    /// How many documents earlier runs that went the same way have changed.
    pub(super) affected: u64,
}

impl<'m> Move<'m> {
    fn new(migration: &'m Migration, direction: Direction, entry: Option<&Entry>) -> Self {
        let all = migration.steps().count();
        let done = entry.map_or(0, |entry| place(entry.done));
        // One that was begun and is not noted as done, or as taken back, is to be made again.
        let begun = entry.and_then(|entry| entry.begun).map(place);
        let left = match direction {
            Direction::Up => begun.map_or(done, |begun| begun.saturating_sub(1)).min(all)..all,
            Direction::Down => 0..begun.unwrap_or(done).min(all),
        };
        let same_way = entry.filter(|entry| entry.direction == direction);
        Self { migration, direction, left, affected: same_way.map_or(0, |entry| entry.affected) }
    }

    /// Up again from the beginning, behind a move that takes it back.
    fn anew(migration: &'m Migration) -> Self {
        let left = 0..migration.steps().count();
        Self { migration, direction: Direction::Up, left, affected: 0 }
    }

    /// How many steps are in effect before it. One that was begun and never noted counts where it is to be taken back.
    pub(super) fn in_effect(&self) -> usize {
        match self.direction {
            Direction::Up => self.left.start,
            Direction::Down => self.left.end,
        }
    }

    pub(super) fn id(&self) -> &'m str {
        self.migration.id()
    }

    /// The steps that are to be made, with their places, in the order in which they are made.
    pub(super) fn steps(&self) -> Vec<(usize, &'m dyn Step)> {
        let steps = self.migration.steps().enumerate();
        let mut left: Vec<_> = steps.filter(|(place, _)| self.left.contains(place)).collect();
        if self.direction == Direction::Down {
            left.reverse();
        }
        left
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
        let pending = |migration: &Migration| {
            migration.runs_in(environment)
                && entry(migration).is_none_or(|entry| entry.state != State::Completed)
        };
        let in_effect = |migration: &Migration| entry(migration).is_some_and(Entry::is_in_effect);
        let up = |some: &[&'m Migration]| {
            let pending = some.iter().copied().filter(|one| pending(one));
            pending.map(|one| Move::new(one, Direction::Up, entry(one))).collect::<Vec<_>>()
        };
        let down = |some: &[&'m Migration], count: usize| {
            let last = some.iter().rev().copied().filter(|one| in_effect(one)).take(count);
            last.map(|one| Move::new(one, Direction::Down, entry(one))).collect::<Vec<_>>()
        };
        Ok(match self {
            Self::Up => up(migrations),
            Self::UpTo(id) => up(split(migrations, id)?.0),
            Self::Down(count) => down(migrations, *count),
            Self::To(id) => {
                let (to_there, behind) = split(migrations, id)?;
                [down(behind, usize::MAX), up(to_there)].concat()
            }
            Self::Redo => {
                let back = down(migrations, 1);
                let again: Vec<_> = back.iter().map(|back| Move::anew(back.migration)).collect();
                [back, again].concat()
            }
            Self::Only(id, direction) => {
                let (to_there, _) = split(migrations, id)?;
                let asked = to_there.last().map(std::slice::from_ref).unwrap_or_default();
                match direction {
                    Direction::Up => up(asked),
                    Direction::Down => down(asked, 1),
                }
            }
        })
    }
}

/// Those up to this one and with it, and those behind it.
fn split<'s, 'm>(
    migrations: &'s [&'m Migration],
    id: &str,
) -> Result<(&'s [&'m Migration], &'s [&'m Migration]), SchemaError> {
    let place = migrations.iter().position(|migration| migration.id() == id);
    place
        .and_then(|place| migrations.split_at_checked(place + 1))
        .ok_or_else(|| SchemaError::unknown_migration(id, migrations))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::migration::{Context, StepError};

    async fn nothing(_: Context) -> Result<(), StepError> {
        Ok(())
    }

    fn migration(steps: usize) -> Migration {
        (0..steps).fold(Migration::new("m"), |migration, _| migration.up(nothing).down(nothing))
    }

    fn entry(state: &str, direction: &str, done: usize, begun: Option<usize>) -> Entry {
        let entry = serde_json::json!({
            "_id": "m", "state": state, "direction": direction, "fingerprint": "", "steps": 0, "done": done,
            "begun": begun, "affected": 7,
        });
        serde_json::from_value(entry).expect("an entry")
    }

    fn places(one: &Move<'_>) -> Vec<usize> {
        one.steps().into_iter().map(|(place, _)| place).collect()
    }

    proptest! {
        #[test]
        fn what_is_left_to_go_up_and_to_go_back_is_all_of_it(steps in 0_usize..6, done in 0_usize..6) {
            let (migration, done) = (migration(steps), done.min(steps));
            let entry = entry("failed", "up", done, None);
            let up = places(&Move::new(&migration, Direction::Up, Some(&entry)));
            let down = places(&Move::new(&migration, Direction::Down, Some(&entry)));
            let whole: Vec<usize> = down.iter().rev().chain(&up).copied().collect();
            prop_assert_eq!(whole, (0..steps).collect::<Vec<_>>());
        }

        /// Whichever way it was going, and whichever way it goes.
        #[test]
        fn a_step_that_was_begun_is_made_first(steps in 1_usize..6, begun in 1_usize..6, went_up: bool) {
            let (migration, begun) = (migration(steps), begun.min(steps));
            let (direction, done) = if went_up { ("up", begun - 1) } else { ("down", begun) };
            let entry = entry("running", direction, done, Some(begun));
            for direction in [Direction::Up, Direction::Down] {
                let one = Move::new(&migration, direction, Some(&entry));
                prop_assert_eq!(places(&one).first().copied(), Some(begun - 1));
            }
        }
    }

    #[test]
    fn documents_are_counted_on_where_it_goes_the_same_way() {
        let (migration, entry) = (migration(2), entry("failed", "up", 1, None));
        assert_eq!(Move::new(&migration, Direction::Up, Some(&entry)).affected, 7);
        assert_eq!(Move::new(&migration, Direction::Down, Some(&entry)).affected, 0);
        assert_eq!(Move::anew(&migration).affected, 0);
    }
}
