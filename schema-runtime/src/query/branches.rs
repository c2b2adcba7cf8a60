//! The filters of all versions as one.

use bson::{Bson, Document, doc};
use schema_core::{Chain, Unversioned};

use super::rewritten::Rewritten;

/// Versions that say the same are together, so a filter is asked as often as it has different forms.
pub(super) struct Branches {
    chain: Chain,
    /// For documents of the current version, and for all that are of no version that is told apart.
    as_it_is: Document,
    /// Other forms, each with its versions, the newest first.
    others: Vec<(Document, Vec<u32>)>,
    /// The versions of which no document is found.
    none: Vec<u32>,
}

impl Branches {
    pub(super) fn new(chain: Chain, filter: Document) -> Self {
        Self { chain, as_it_is: filter, others: Vec::new(), none: Vec::new() }
    }

    pub(super) fn filter(&self) -> &Document {
        &self.as_it_is
    }

    pub(super) fn add(&mut self, version: u32, rewritten: Rewritten) {
        let filter = match rewritten {
            Rewritten::Never => return self.none.push(version),
            Rewritten::Always => Document::new(),
            Rewritten::When(filter) => filter,
        };
        if filter == self.as_it_is {
            return;
        }
        match self.others.iter_mut().find(|(other, _)| *other == filter) {
            Some((_, versions)) => versions.push(version),
            None => self.others.push((filter, vec![version])),
        }
    }

    pub(super) fn into_filter(self) -> Document {
        let told_apart = self.others.iter().flat_map(|(_, versions)| versions).chain(&self.none);
        let mut told_apart: Vec<u32> = told_apart.copied().collect();
        if told_apart.is_empty() {
            return self.as_it_is;
        }
        told_apart.sort_unstable();
        let rest = self.branch(self.none_of(&told_apart), self.as_it_is.clone());
        let others = self.others.iter().map(|(filter, versions)| {
            let mut versions = versions.clone();
            versions.sort_unstable();
            self.branch(self.one_of(&versions), filter.clone())
        });
        let mut branches: Vec<Document> = [rest].into_iter().chain(others).collect();
        match branches.pop() {
            Some(only) if branches.is_empty() => only,
            last => {
                branches.extend(last);
                doc! { "$or": branches }
            }
        }
    }

    /// The version stands beside the conditions, not around them: so the server sees which index serves these.
    fn branch(&self, version: Bson, filter: Document) -> Document {
        let stamp = doc! { self.chain.version_field: version };
        match Rewritten::all([Rewritten::When(stamp), Rewritten::When(filter)]) {
            Rewritten::When(branch) => branch,
            // Not with a condition on the version among them.
            Rewritten::Always | Rewritten::Never => Document::new(),
        }
    }

    fn one_of(&self, versions: &[u32]) -> Bson {
        if self.has_unversioned(versions) {
            // Null in a list is for what is missing and for null, and null is no version.
            let list: Vec<Bson> = numbers(versions).chain([Bson::Null]).collect();
            return Bson::from(doc! { "$in": list, "$not": { "$type": "null" } });
        }
        let numbers: Vec<Bson> = numbers(versions).collect();
        match <[Bson; 1]>::try_from(numbers) {
            Ok([version]) => version,
            Err(several) => Bson::from(doc! { "$in": several }),
        }
    }

    fn none_of(&self, versions: &[u32]) -> Bson {
        let mut condition = Document::new();
        if self.has_unversioned(versions) {
            condition.insert("$exists", true);
        }
        match <[Bson; 1]>::try_from(numbers(versions).collect::<Vec<_>>()) {
            Ok([version]) => condition.insert("$ne", version),
            Err(several) => condition.insert("$nin", several),
        };
        Bson::from(condition)
    }

    fn has_unversioned(&self, versions: &[u32]) -> bool {
        matches!(self.chain.unversioned, Unversioned::Version(version) if versions.contains(&version))
    }
}

/// As the stamp is written, where it can be.
pub(super) fn numbers(versions: &[u32]) -> impl Iterator<Item = Bson> {
    versions.iter().map(|version| match i32::try_from(*version) {
        Ok(version) => Bson::from(version),
        Err(_) => Bson::from(i64::from(*version)),
    })
}
