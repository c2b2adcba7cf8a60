//! Which changes go into one statement.

use super::{Change, MAX_STATEMENT_BYTES};

/// Fifty to a hundred documents are where a statement's own cost no longer shows (`cargo run --release -p schema-tests
/// --bin backfill_throughput`); more make it a longer interruption for others.
const MAX_CHANGES: usize = 100;

/// How many forms are kept open at a time. Documents of one version have few; where each has its own, a statement each is
/// what it takes.
const MAX_OPEN: usize = 32;

/// Sorts changes into groups, each of which one statement can hold.
pub(crate) fn groups(changes: impl IntoIterator<Item = Change>) -> Vec<Vec<Change>> {
    let (mut full, mut open) = (Vec::new(), Vec::<Group>::new());
    for change in changes {
        let fitting = open.iter().position(|group| group.takes(&change));
        match fitting {
            Some(position) => {
                if let Some(group) = open.get_mut(position) {
                    group.push(change);
                }
            }
            None => {
                // A group of this form that has no room, else the oldest.
                let full_one = open.iter().position(|group| group.has_form_of(&change));
                let leaves = full_one.or((open.len() == MAX_OPEN).then_some(0));
                full.extend(leaves.map(|position| open.remove(position).changes));
                open.push(Group::of(change));
            }
        }
    }
    full.extend(open.into_iter().map(|group| group.changes));
    full
}

struct Group {
    changes: Vec<Change>,
    bytes: usize,
}

impl Group {
    fn of(change: Change) -> Self {
        Self { bytes: change.bytes(), changes: vec![change] }
    }

    fn has_form_of(&self, change: &Change) -> bool {
        self.changes.first().is_some_and(|first| first.has_the_form_of(change))
    }

    fn takes(&self, change: &Change) -> bool {
        self.changes.len() < MAX_CHANGES
            && self.bytes + change.bytes() <= MAX_STATEMENT_BYTES
            && self.has_form_of(change)
    }

    fn push(&mut self, change: Change) {
        self.bytes += change.bytes();
        self.changes.push(change);
    }
}
