//! Census: how many documents of each version a collection holds.

use std::{collections::BTreeMap, fmt};

use bson::{Bson, RawBsonRef, RawDocument, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use schema_core::{Chain, PeekError, Unversioned};
use serde::Serialize;

use crate::{
    error::{During, Error},
    numbers::integer,
    population::Population,
    retry::with_retries,
};

/// The documents of a collection, counted by stored version.
///
/// Its `Display` is a small table for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Census {
    /// The current version, which everything is compared with.
    pub current_version: u32,
    /// The oldest version that this program can read.
    pub oldest_version: u32,
    /// How many documents say they have each version.
    pub versions: BTreeMap<u32, u64>,
    /// How many have no version field.
    pub unversioned: u64,
    /// What those are: a version of the chain, or nothing that can be read.
    pub unversioned_are: Option<u32>,
    /// How many hold something else in the version field.
    pub invalid: u64,
}

impl Census {
    /// Documents at the current version.
    #[must_use]
    pub fn current(&self) -> u64 {
        self.versions.get(&self.current_version).copied().unwrap_or(0)
    }

    /// Documents that a backfill can bring to the current version.
    #[must_use]
    pub fn upgradable(&self) -> u64 {
        let unversioned = match self.unversioned_are {
            Some(version) if version < self.current_version => self.unversioned,
            _ => 0,
        };
        self.versions.range(self.oldest_version..self.current_version).map(|(_, count)| count).sum::<u64>()
            + unversioned
    }

    /// Documents of versions newer than this program knows.
    #[must_use]
    pub fn newer(&self) -> u64 {
        self.versions.iter().filter(|(version, _)| **version > self.current_version).map(|(_, n)| n).sum()
    }

    /// All documents.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.versions.values().sum::<u64>() + self.unversioned + self.invalid
    }

    pub(crate) async fn take(population: &Population, chain: &Chain) -> Result<Self, Error> {
        let field = format!("${}", chain.version_field);
        // Only these can be versions; the rest would be one group each for nothing. A Decimal128 would be in the group of its equals.
        let number = doc! { "$in": [{ "$type": &field }, ["int", "long", "double"]] };
        let other = doc! { "$cond": [number, &field, false] };
        let key = doc! { "$cond": [{ "$eq": [{ "$type": &field }, "missing"] }, Bson::Null, other] };
        Self::by(population, chain, key.into()).await
    }

    /// By the values alone, in less than half of the time: null counts as no version, and a number of a type that is none as one.
    pub(crate) async fn estimate(population: &Population, chain: &Chain) -> Result<Self, Error> {
        Self::by(population, chain, format!("${}", chain.version_field).into()).await
    }

    /// Has the server group the documents by this key: what is in the version field, or null where there is none.
    async fn by(population: &Population, chain: &Chain, key: Bson) -> Result<Self, Error> {
        let pipeline = [doc! { "$group": { "_id": key, "documents": { "$sum": 1_i64 } } }];
        let count = async || {
            let mut census = Self::empty(chain);
            // What is no version may be another value in each document, and text that is no UTF-8 in one.
            let groups = population.aggregate(pipeline.clone()).with_type::<RawDocumentBuf>();
            let mut groups = groups.await?;
            while let Some(group) = groups.try_next().await? {
                let documents = match group.get("documents")? {
                    Some(number) => integer(&number.try_into()?),
                    None => None,
                };
                let Some(documents) = documents.and_then(|count| u64::try_from(count).ok()) else {
                    return Ok(Err(group));
                };
                census.add(&group, documents);
            }
            Ok(Ok(census))
        };
        let census = with_retries(count).await;
        census.during("count the documents of each version", population.name())?.map_err(|group| {
            Error::Answer {
                command: "aggregate",
                collection: population.name().to_owned(),
                answer: format!("{group:?}"),
            }
        })
    }

    /// Counts so many documents with the value that this group is of.
    fn add(&mut self, group: &RawDocument, documents: u64) {
        let version = match group.get("_id") {
            Ok(Some(RawBsonRef::Null)) => Ok(None),
            _ => schema_core::peek(group.as_bytes(), "_id"),
        };
        *self.of(version) += documents;
    }

    pub(crate) fn empty(chain: &Chain) -> Self {
        Self {
            current_version: chain.version,
            oldest_version: chain.oldest,
            versions: BTreeMap::new(),
            unversioned: 0,
            unversioned_are: match chain.unversioned {
                Unversioned::Version(version) => Some(version),
                Unversioned::Reject => None,
            },
            invalid: 0,
        }
    }

    /// Counts one more document.
    pub(crate) fn count(&mut self, document: &RawDocument, chain: &Chain) {
        *self.of(schema_core::peek(document.as_bytes(), chain.version_field)) += 1;
    }

    /// What is counted of the documents that say this.
    fn of(&mut self, version: Result<Option<u32>, PeekError>) -> &mut u64 {
        match version {
            Ok(Some(version)) => self.versions.entry(version).or_default(),
            Ok(None) => &mut self.unversioned,
            Err(_) => &mut self.invalid,
        }
    }
}

impl fmt::Display for Census {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |label: &str, count: u64, note: &str| {
            writeln!(f, "{}", format!("  {label:<14} {count:>10}  {note}").trim_end())
        };
        for (version, count) in &self.versions {
            let note = match version {
                v if *v == self.current_version => "current",
                v if *v > self.current_version => "newer than this program knows",
                v if *v < self.oldest_version => "older than the oldest type in the code",
                _ => "",
            };
            line(&format!("version {version}"), *count, note)?;
        }
        if self.unversioned > 0 {
            let note = match self.unversioned_are {
                Some(version) => format!("read as version {version}"),
                None => "rejected".to_owned(),
            };
            line("no version", self.unversioned, &note)?;
        }
        if self.invalid > 0 {
            line("invalid", self.invalid, "the version field holds no version")?;
        }
        line("total", self.total(), "")
    }
}
