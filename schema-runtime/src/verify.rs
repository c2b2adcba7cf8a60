//! Verify: whether a collection is what its current type says, without writing anything.
//!
//! ```text
//! collection -> scan or sample -> check each document -> report
//! ```
//!
//! Each document is read with majority read concern, so that nothing counts that could be rolled back, and is then held
//! against four questions, each with its own kind of finding:
//!
//! | finding | the document |
//! | --- | --- |
//! | `newer`, `older`, `unversioned`, `invalid_version`, `malformed`, `other_kind`, `body`, `step` | does not decode as the current type |
//! | `not_current` | decodes, and is stored at an older version |
//! | `encode`, `round_trip` | decodes, but what it decodes as cannot be written, or is written so that it cannot be read |
//! | `invariant` | decodes, and breaks a rule of the service's own |
//!
//! Where backfills have kept pre-images, a sample of them can be converted again ([`Verify::preimages`]); a document that would
//! become something else today is a finding, `reconversion`.
//!
//! That a document is written as it was read is not among them: a type may have lists of no order, drop fields that it does
//! not know, or stamp the time of the write, and none of that is a fault.

mod check;
mod finding;
mod invariant;
mod report;
mod sample;

use std::{fmt, time::Instant};

use bson::RawDocumentBuf;
use schema_core::DecodeOwned;

use self::{check::check, invariant::Invariant, sample::Sample};
pub use self::{finding::Finding, report::Verification};
use crate::{
    backfill::reconvert,
    census::Census,
    collection::VersionedCollection,
    error::Error,
    id_scan::{IdScan, Range},
    population::Population,
};

/// How many findings a report quotes.
const QUOTED: usize = 20;

/// How many documents are read at a time.
const BATCH: u32 = 1000;

/// A verification to be configured and run. Made by [`VersionedCollection::verify`].
///
/// ```no_run
/// # use schema_runtime::{VersionedCollection, VersionedDocument, Error};
/// # #[derive(VersionedDocument)]
/// # #[versioned(version = 1, collection = "orders")]
/// # struct Order { total: i64, lines: Vec<i64> }
/// # async fn example(orders: VersionedCollection<Order>) -> Result<(), Error> {
/// let verification = orders
///     .verify()
///     .invariant("the total is the sum of the lines", |order| {
///         let sum: i64 = order.lines.iter().sum();
///         if order.total == sum { Ok(()) } else { Err(format!("{} is not {sum}", order.total)) }
///     })
///     .run()
///     .await?;
/// print!("{verification}");
/// assert!(verification.is_clean());
/// # Ok(()) }
/// ```
#[must_use = "a verification reads nothing until it is run"]
pub struct Verify<'a, T: Send + Sync> {
    collection: &'a VersionedCollection<T>,
    sample: Option<u32>,
    preimages: u32,
    quoted: usize,
    invariants: Vec<Invariant<'a, T>>,
}

impl<'a, T: DecodeOwned + Send + Sync> Verify<'a, T> {
    pub(crate) fn new(collection: &'a VersionedCollection<T>) -> Self {
        Self { collection, sample: None, preimages: 0, quoted: QUOTED, invariants: Vec::new() }
    }

    /// Looks only at so many documents, which the server picks at random; at all of them, if there are no more. The versions
    /// of all are counted even so. The server may pick a document twice.
    pub fn sample(mut self, documents: u32) -> Self {
        self.sample = Some(documents);
        self
    }

    /// Also converts so many pre-images again, which the server picks at random, and compares each with what is stored, where that
    /// is at the current version and still what the backfill wrote. Default: none.
    ///
    /// It tells that the chain still does what it did, for documents that nobody has touched since.
    pub fn preimages(mut self, preimages: u32) -> Self {
        self.preimages = preimages;
        self
    }

    /// How many findings the report quotes; all are counted. Default: 20.
    pub fn findings(mut self, quoted: usize) -> Self {
        self.quoted = quoted;
        self
    }

    /// A rule of the service's own that every document keeps, by a name for the report. May be called again for more.
    ///
    /// It is asked about each document that decodes, in whatever version that is stored.
    pub fn invariant<E>(
        mut self,
        name: impl Into<String>,
        rule: impl Fn(&T) -> Result<(), E> + Send + Sync + 'a,
    ) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.invariants.push(Invariant::new(name.into(), rule));
        self
    }

    /// Like [`invariant`](Self::invariant), for a rule that has to wait for something: a look into another collection. It
    /// is asked about one document after the other, so the verification is as slow as that is.
    ///
    /// ```no_run
    /// # use schema_runtime::{VersionedCollection, VersionedDocument, Error, mongodb::{bson::{doc, Document}, Collection}};
    /// # #[derive(VersionedDocument)]
    /// # #[versioned(version = 1, collection = "orders")]
    /// # struct Order { user: i64 }
    /// # async fn example(orders: VersionedCollection<Order>, users: Collection<Document>) -> Result<(), Error> {
    /// let users = &users;
    /// let verification = orders
    ///     .verify()
    ///     .sample(1000)
    ///     .async_invariant("the user exists", |order| async move {
    ///         let found = users.find_one(doc! { "_id": order.user }).await.map_err(|error| error.to_string())?;
    ///         found.map(drop).ok_or_else(|| format!("there is no user {}", order.user))
    ///     })
    ///     .run()
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn async_invariant<E, F>(
        mut self,
        name: impl Into<String>,
        rule: impl Fn(T) -> F + Send + Sync + 'a,
    ) -> Self
    where
        F: Future<Output = Result<(), E>> + Send + 'a,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.invariants.push(Invariant::new_async(name.into(), rule));
        self
    }

    /// Reads the documents and reports. Nothing is written.
    ///
    /// A document that others write behind the place where this reads is not seen; the outcome is certain for a collection
    /// that nobody writes old documents to any more.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] when the database stays unavailable or refuses to be read; [`Error::MissingContext`] when a step asks for
    /// what the collection was not given. A document with something wrong is no error of the run; it is counted and quoted.
    pub async fn run(self) -> Result<Verification, Error> {
        self.collection.contexts().scope_async(self.report()).await
    }

    async fn report(&self) -> Result<Verification, Error> {
        let started = Instant::now();
        let population = self.collection.committed();
        let mut report = Verification::new(population.name(), &T::CHAIN, self.quoted);
        let mut source = self.source(population, &mut report).await?;
        loop {
            let batch = source.next_batch().await?;
            if batch.is_empty() {
                break;
            }
            for document in &batch {
                if report.complete {
                    // What is counted is what is looked at.
                    report.census.count(document, &T::CHAIN);
                }
                check(document, &self.invariants, &mut report).await?;
            }
        }
        let again = reconvert(self.collection, self.preimages).await?;
        (report.preimages, report.reconverted) = (again.preimages, again.compared);
        for different in &again.different {
            report.found(Finding::reconverted::<T>(different));
        }
        report.elapsed = started.elapsed();
        Ok(report)
    }

    /// Where the documents come from. Of a sample, the server counts the versions.
    async fn source(&self, population: Population, report: &mut Verification) -> Result<Source, Error> {
        if let Some(documents) = self.sample {
            let census = Census::take(&population, &T::CHAIN).await?;
            if u64::from(documents) < census.total() {
                report.census = census;
                return Ok(Source::Some(Sample::new(population, documents.into())));
            }
        }
        report.complete = true;
        Ok(Source::All(Box::new(IdScan::new(population, Range::default(), None))))
    }
}

enum Source {
    All(Box<IdScan>),
    Some(Sample),
}

impl Source {
    /// The next documents; empty when there are no more to look at.
    async fn next_batch(&mut self) -> Result<Vec<RawDocumentBuf>, Error> {
        match self {
            Self::All(scan) => {
                Ok(scan.next_batch(BATCH).await?.map_or_else(Vec::new, |batch| batch.documents))
            }
            Self::Some(sample) => sample.next_batch().await,
        }
    }
}

impl<T: Send + Sync> fmt::Debug for Verify<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify")
            .field("collection", self.collection)
            .field("sample", &self.sample)
            .field("preimages", &self.preimages)
            .field("invariants", &self.invariants)
            .finish_non_exhaustive()
    }
}
