//! The indexes that a document type declares, `#[versioned(index(..))]`, beside those that its collection has.
//!
//! ```no_run
//! use schema_runtime::{Error, VersionedCollection, VersionedDocument, mongodb::{Database, bson::doc}};
//!
//! #[derive(VersionedDocument)]
//! #[versioned(
//!     version = 1,
//!     collection = "articles",
//!     index(keys(slug), unique),
//!     index(keys(author, -published), partial = doc! { "published": { "$exists": true } }),
//!     index(keys(text(title, weight = 10), text(body)), name = "words"),
//! )]
//! struct Article {
//!     slug: String,
//!     author: String,
//!     title: String,
//!     body: String,
//!     published: Option<i64>,
//! }
//!
//! # async fn example(database: &Database) -> Result<(), Error> {
//! let articles = VersionedCollection::<Article>::new(database);
//!
//! // At the start of a release, or by itself before it:
//! let report = articles.indexes().create().await?;
//! if !report.is_clean() {
//!     eprint!("{report}");
//! }
//! # Ok(()) }
//! ```
//!
//! # Over versions
//!
//! An index is in the words of its version, and the next version does not inherit it: whoever renames a field says what becomes of the
//! indexes on it. It is built before the release that reads by it, and dropped after the last document of the version that needed it is
//! gone. So what only older versions declare is told as retired and left alone, and [`drop_retired`](Indexes::drop_retired) drops it
//! when the [floor](crate::versions) has passed it. A filter of a service that does not know the floor still asks for documents of those
//! versions, and without the index the server looks through the whole collection: let services [join](VersionedCollection::join), or
//! delete the types of the old versions, before the indexes go.
//!
//! # What is compared
//!
//! Keys and their order, and every option that can be declared, in the server's own terms: whole numbers of any type are equal, a partial
//! filter means the same in whatever order its conditions stand, and a collation has the defaults of its locale, or is that of the
//! collection where none is declared. Not compared are the versions that the server gives the forms of its indexes, and whether a
//! collation normalizes.
//!
//! # Kinds
//!
//! Where a collection has documents of several [kinds](schema_core::Kind), an index is for all of them: `unique` is among the documents of all kinds
//! unless `partial` says of which, as in `partial = doc! { "type": "article" }`. The indexes of the other kinds are told as not declared, and
//! one of those that is in the way of a declared one is replaced like any other.

mod build;
mod canonical;
mod collation;
mod compare;
mod duplicates;
mod existing;
mod lacking;
mod replace;
mod report;
mod specification;

use std::fmt;

use bson::RawDocumentBuf;
use mongodb::Collection;
use schema_core::DecodeOwned;

use self::{
    compare::{Comparison, Declared},
    existing::Existing,
    lacking::lacking,
    specification::{Specification, can_change_in_place},
};
pub use self::{
    duplicates::Duplicates,
    report::{
        DeclaredIndex, Difference, IndexChange, IndexReport, IndexState, RetiredIndex, UndeclaredIndex,
    },
};
use crate::{collection::VersionedCollection, error::Error};

/// How often indexes are looked at and changed. One that has been given the name of another makes place for that one, which comes next.
const ROUNDS: usize = 3;

/// The indexes of a collection, to be compared with those that are declared, or created. Made by [`VersionedCollection::indexes`].
#[must_use = "nothing is looked at before it is asked for"]
pub struct Indexes<'a, T: Send + Sync> {
    collection: &'a VersionedCollection<T>,
    replace_changed: bool,
}

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// The indexes that `T` declares, and those that there are; nothing happens before it is asked to. The module
    /// [`indexes`](crate::indexes) says more.
    pub fn indexes(&self) -> Indexes<'_, T> {
        Indexes { collection: self, replace_changed: false }
    }
}

impl<T: DecodeOwned + Send + Sync> Indexes<'_, T> {
    /// Has [`create`](Self::create) change those that are not as they are declared. Default: they are left, and reported.
    ///
    /// Whether one is hidden, and after how long it lets documents expire, the server changes in place. Any other is dropped and built
    /// again, and until that is done no query finds it. To have one all the time, declare the new one under another name, and
    /// drop the old one when it is there. Let one program do it at a time: of two, each drops what the other has begun to build.
    pub fn replace_changed(self, replace_changed: bool) -> Self {
        Self { replace_changed, ..self }
    }

    /// Which of the declared indexes are there, and which others. Nothing is changed.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] when the indexes cannot be listed, as those of a view.
    pub async fn compare(&self) -> Result<IndexReport, Error> {
        let existing = Existing::ask(&self.whole()).await?;
        Ok(self.report(&existing, Vec::new()))
    }

    /// Creates those that are missing, all at once, and says what there is then. A collection that is not there is created.
    ///
    /// Returns when they are built, which may take hours and is not given up before; that the connection or the primary is lost
    /// meanwhile does no harm. Others read and write the collection all the time.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateKeys`] when a unique index cannot be built; [`Error::Database`] when the server refuses one, or stays
    /// unavailable. None of those that were missing is built then, and what was dropped to be replaced is built again as it was.
    pub async fn create(&self) -> Result<IndexReport, Error> {
        let whole = self.whole();
        let mut changes = Vec::new();
        for _ in 0..ROUNDS {
            let existing = Existing::ask(&whole).await?;
            let comparison = Comparison::new(T::HISTORY, &existing);
            let before = changes.len();
            let replaced = match self.replace_changed {
                true => replace::make_place(&whole, &comparison, &existing, &mut changes).await?,
                false => Vec::new(),
            };
            let to_build = |index: &&Declared| {
                index.state == IndexState::Missing
                    || replaced.iter().any(|of| of.name == index.specification.name)
            };
            let missing = comparison.declared.iter().filter(to_build).map(|index| &index.specification);
            let missing: Vec<&Specification> = missing.collect();
            replace::create(&whole, &missing, &replaced).await?;
            changes.extend(missing.iter().map(|index| IndexChange::Created { name: index.name.clone() }));
            if changes.len() == before {
                break;
            }
        }
        self.found(changes).await
    }

    /// Drops what only older versions declare, as far as the floor has passed these versions, and says what there is then.
    ///
    /// The floor is verified first, as [`verify_floor`](VersionedCollection::verify_floor) does, if there is anything to drop. Those that
    /// documents or live services of their version may still need are left.
    ///
    /// # Errors
    ///
    /// Those of [`verify_floor`](VersionedCollection::verify_floor); [`Error::Database`] when one cannot be dropped.
    pub async fn drop_retired(&self) -> Result<IndexReport, Error> {
        let report = self.compare().await?;
        if report.retired.is_empty() {
            return Ok(report);
        }
        let floor = self.collection.verify_floor().await?.version;
        let passed = report.retired.into_iter().filter(|index| index.declared_up_to < floor);
        self.drop(passed.map(|index| index.name)).await
    }

    /// Drops indexes of these names that the current version does not declare, and says what there is then. One that is not there is no
    /// error.
    ///
    /// This is also for one that an older version declares and that cannot wait for the floor: a `unique` one on a field that newer
    /// documents do not have would refuse the second of them.
    ///
    /// # Errors
    ///
    /// [`Error::DeclaredIndex`] when one of them is there for one that is declared: nothing is dropped then. [`Error::Database`] when
    /// one cannot be dropped.
    pub async fn drop_undeclared(
        &self,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<IndexReport, Error> {
        let mut names: Vec<String> = names.into_iter().map(Into::into).collect();
        let existing = Existing::ask(&self.whole()).await?;
        names.retain(|name| existing.indexes.iter().any(|index| index.name == *name));
        let comparison = Comparison::new(T::HISTORY, &existing);
        if let Some(name) = names.iter().find(|name| comparison.takes(name)) {
            let (collection, index) = (self.collection.collection().name().to_owned(), name.clone());
            return Err(Error::DeclaredIndex { collection, index, type_name: T::CHAIN.type_name });
        }
        self.drop(names).await
    }

    async fn drop(&self, names: impl IntoIterator<Item = String>) -> Result<IndexReport, Error> {
        let mut changes = Vec::new();
        for name in names {
            build::drop(&self.whole(), &name).await?;
            changes.push(IndexChange::Dropped { name });
        }
        self.found(changes).await
    }

    async fn found(&self, changes: Vec<IndexChange>) -> Result<IndexReport, Error> {
        let existing = Existing::ask(&self.whole()).await?;
        Ok(self.report(&existing, changes))
    }

    fn report(&self, existing: &Existing, changes: Vec<IndexChange>) -> IndexReport {
        let (floor, whole) = (self.collection.known_floor(), self.whole());
        let Comparison { declared, retired, undeclared } = Comparison::new(T::HISTORY, existing);
        let declared = declared.into_iter().map(|Declared { index, specification, state }| {
            let older = T::HISTORY.versions().skip(1).filter(|version| version.version >= floor);
            let lacking = lacking(index, older, &T::CHAIN);
            DeclaredIndex { name: specification.name, state, lacking }
        });
        let retired = retired.into_iter().map(|(name, of)| {
            let newer = T::HISTORY.versions().take_while(|version| version.version > of.version);
            RetiredIndex { name, declared_up_to: of.version, lacking: lacking(of.index, newer, &T::CHAIN) }
        });
        let (declared, retired) = (declared.collect(), retired.collect());
        let collection = whole.name().to_owned();
        IndexReport { collection, version: T::CHAIN.version, declared, retired, undeclared, changes }
    }

    /// An index is about the whole collection, also where that has documents of other kinds.
    fn whole(&self) -> Collection<RawDocumentBuf> {
        self.collection.fresh().whole().clone()
    }
}

impl<T: Send + Sync> fmt::Debug for Indexes<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Indexes")
            .field("collection", self.collection)
            .field("replace_changed", &self.replace_changed)
            .finish()
    }
}
