//! The outcome of a verification.

use std::{collections::BTreeMap, fmt, time::Duration};

use schema_core::Chain;
use serde::Serialize;

use super::finding::Finding;
use crate::{census::Census, numbers::seconds};

/// What a verification found.
///
/// Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// The [name](crate::VersionedCollection::name) of the collection, or of the documents of a kind.
    pub collection: String,
    /// Whether every document was looked at, and not a sample.
    pub complete: bool,
    /// The documents of each version: those that were looked at, or for a sample all that there are.
    pub census: Census,
    /// How many documents were looked at.
    pub documents: u64,
    /// How many of them decode as the current type, in whatever version they are stored.
    pub decoded: u64,
    /// How many pre-images were looked at.
    pub preimages: u64,
    /// How many of them could be compared: their documents are at the current version and still what the backfill wrote.
    pub reconverted: u64,
    /// How many findings there are of each kind. A document may have several.
    pub findings: BTreeMap<&'static str, u64>,
    /// The first findings.
    pub first_findings: Vec<Finding>,
    /// How long it took.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
    /// How many findings are quoted.
    #[serde(skip)]
    quoted: usize,
}

impl Verification {
    pub(super) fn new(collection: &str, chain: &Chain, quoted: usize) -> Self {
        Self {
            collection: collection.to_owned(),
            complete: false,
            census: Census::empty(chain),
            documents: 0,
            decoded: 0,
            preimages: 0,
            reconverted: 0,
            findings: BTreeMap::new(),
            first_findings: Vec::new(),
            elapsed: Duration::ZERO,
            quoted,
        }
    }

    /// Whether nothing was found, and every document is at the current version. Of a sample, it says as much about the
    /// documents as a sample can; the versions are always those of all.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.census.current() == self.census.total()
    }

    pub(super) fn found(&mut self, finding: Finding) {
        *self.findings.entry(finding.kind).or_default() += 1;
        if self.first_findings.len() < self.quoted {
            self.first_findings.push(finding);
        }
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { collection, census, documents, decoded, .. } = self;
        let verdict = if self.is_clean() { "clean" } else { "not clean" };
        let extent = if self.complete { "all documents" } else { "a sample" };
        writeln!(
            f,
            "`{collection}` at schema version {}, {extent} in {:.1} s: {verdict}",
            census.current_version,
            self.elapsed.as_secs_f64()
        )?;
        writeln!(f, "{census}")?;
        writeln!(f, "  {documents:>10}  looked at")?;
        writeln!(f, "  {decoded:>10}  decode as the current type")?;
        if self.preimages > 0 {
            let Self { preimages, reconverted, .. } = self;
            writeln!(f, "  {reconverted:>10}  upgraded again for comparison, of {preimages} pre-images")?;
        }
        for (kind, count) in &self.findings {
            writeln!(f, "  {count:>10}  {kind}")?;
        }
        for finding in &self.first_findings {
            writeln!(f, "    {}, _id {}: {}", finding.kind, finding.id, finding.error)?;
        }
        let more = self.findings.values().sum::<u64>();
        let quoted = u64::try_from(self.first_findings.len()).unwrap_or(u64::MAX);
        match more.saturating_sub(quoted) {
            0 => Ok(()),
            more => writeln!(f, "    and {more} more"),
        }
    }
}
