//! Trial: documents through the conversion of the backfill, and what came of it.

use std::{collections::BTreeMap, fmt, time::Duration};

use bson::RawDocument;
use schema_core::{Chain, peek};
use serde::Serialize;

use super::{example::Example, group::Group};
use crate::{backfill::failure::Failure, census::Census, numbers::seconds};

/// How many failures a trial quotes.
pub(super) const QUOTED: usize = 20;

/// What became of the documents that were converted on trial. Those of newer versions are not among them: a backfill
/// leaves them as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Trial {
    /// Whether all documents were converted that are not current, and not a sample of them.
    pub complete: bool,
    /// The outcome for each stored version.
    pub versions: Vec<Tried>,
    /// Some of the failures, of each version in turn.
    pub first_failures: Vec<Failure>,
    /// Some documents as they are and as they would be, of each version in turn.
    pub examples: Vec<Example>,
}

/// The documents of one stored version on trial.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Tried {
    /// The stored version.
    pub stored: Stored,
    /// How many documents have it.
    pub documents: u64,
    /// How many of them were converted.
    pub tried: u64,
    /// How many of those can be upgraded.
    pub upgraded: u64,
    /// How many of those cannot, by the kind of [`Failure`].
    pub failures: BTreeMap<&'static str, u64>,
    /// The size of those that can be upgraded.
    pub bytes: Bytes,
    /// The time that their conversion took, in seconds of one processor core.
    #[serde(serialize_with = "seconds")]
    pub converting: Duration,
}

/// What a document says about its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum Stored {
    /// It has this one.
    Version(u32),
    /// It has none.
    Unversioned,
    /// The version field holds something that is no version.
    Invalid,
}

/// The size of documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Bytes {
    /// As they are, in bytes.
    pub before: u64,
    /// As they would be, in bytes.
    pub after: u64,
}

impl Trial {
    /// How many documents would be upgraded: for a sample an estimate.
    #[must_use]
    pub fn upgraded(&self) -> u64 {
        self.versions.iter().map(|tried| tried.of_all(tried.upgraded)).sum()
    }

    /// How many documents would fail: for a sample an estimate.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.versions.iter().map(|tried| tried.of_all(tried.failed())).sum()
    }

    /// The size of all documents that would be upgraded: for a sample an estimate.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        let sum = |size: fn(&Bytes) -> u64| {
            self.versions.iter().map(|tried| tried.of_all(size(&tried.bytes))).sum()
        };
        Bytes { before: sum(|bytes| bytes.before), after: sum(|bytes| bytes.after) }
    }

    /// How long the conversion of all documents takes one processor core: for a sample an estimate. Reading and writing
    /// come on top.
    #[must_use]
    pub fn converting(&self) -> Duration {
        let nanos = |tried: &Tried| u64::try_from(tried.converting.as_nanos()).unwrap_or(u64::MAX);
        self.versions.iter().map(|tried| Duration::from_nanos(tried.of_all(nanos(tried)))).sum()
    }

    pub(super) fn new(groups: Vec<Group>, examples: usize, complete: bool) -> Self {
        let complete = (complete || groups.iter().all(|Group { tried, .. }| tried.tried >= tried.documents))
            && groups.iter().all(|group| group.missing.is_none());
        let mut trial = Self { complete, ..Self::default() };
        let (mut failures, mut shown) = (Vec::new(), Vec::new());
        for group in groups {
            trial.versions.push(group.tried);
            failures.push(group.failures);
            shown.push(group.examples);
        }
        trial.first_failures = in_turn(failures, QUOTED);
        trial.examples = in_turn(shown, examples);
        trial
    }
}

/// The first of each list, then the second of each.
fn in_turn<T>(lists: Vec<Vec<T>>, limit: usize) -> Vec<T> {
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    let mut taken = Vec::new();
    loop {
        let before = taken.len();
        taken.extend(lists.iter_mut().filter_map(Iterator::next).take(limit.saturating_sub(before)));
        if taken.len() == before {
            return taken;
        }
    }
}

impl Tried {
    /// How many of those that were converted cannot be upgraded.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    /// What is so many of those that were converted, of all that there are.
    fn of_all(&self, part: u64) -> u64 {
        let scaled = u128::from(part) * u128::from(self.documents) / u128::from(self.tried.max(1));
        u64::try_from(scaled).unwrap_or(u64::MAX)
    }
}

impl Stored {
    pub(super) fn of(document: &RawDocument, chain: &Chain) -> Self {
        match peek(document.as_bytes(), chain.version_field) {
            Ok(Some(version)) => Self::Version(version),
            Ok(None) => Self::Unversioned,
            Err(_) => Self::Invalid,
        }
    }

    /// What a backfill would look at, with the number of documents.
    pub(super) fn in_census(census: &Census) -> Vec<(Self, u64)> {
        let older = census.versions.range(..census.current_version);
        let older = older.map(|(version, documents)| (Self::Version(*version), *documents));
        let rest = [(Self::Unversioned, census.unversioned), (Self::Invalid, census.invalid)];
        older.chain(rest).filter(|(_, documents)| *documents > 0).collect()
    }
}

impl fmt::Display for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => write!(f, "version {version}"),
            Self::Unversioned => f.write_str("no version"),
            Self::Invalid => f.write_str("invalid"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_taken_in_turn() {
        let lists = || vec![vec![1, 2, 3], vec![], vec![10], vec![100, 200]];
        assert_eq!(in_turn(lists(), 20), [1, 10, 100, 2, 200, 3]);
        assert_eq!(in_turn(lists(), 4), [1, 10, 100, 2]);
        assert!(in_turn(lists(), 0).is_empty());
    }

    #[test]
    fn a_sample_stands_for_all() {
        let mut group = Group::new(Stored::Version(1), 1000, 0);
        group.tried.tried = 10;
        group.tried.upgraded = 9;
        group.tried.failures.insert("step", 1);
        group.tried.bytes = Bytes { before: 90, after: 180 };
        group.tried.converting = Duration::from_micros(30);
        let trial = Trial::new(vec![group], 0, false);
        assert!(!trial.complete);
        assert_eq!((trial.upgraded(), trial.failed()), (900, 100));
        assert_eq!(trial.bytes(), Bytes { before: 9_000, after: 18_000 });
        assert_eq!(trial.converting(), Duration::from_millis(3));
    }
}
