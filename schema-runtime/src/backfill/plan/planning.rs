//! A plan to be made.

use std::{collections::BTreeMap, fmt, future::IntoFuture, pin::Pin};

use schema_core::{DecodeOwned, context::MissingContext};

use super::{
    Plan,
    earlier::Earlier,
    group::{Group, Rules},
    sample::Sampler,
    trial::{Stored, Trial},
    validation::Validation,
};
use crate::{
    backfill::{
        preflight::{CannotRun, NamespaceKind, Preflight},
        read::reader,
    },
    census::Census,
    collection::VersionedCollection,
    error::{During, Error},
    id_scan::Range,
    server_side::ServerSide,
};

const SAMPLE: u32 = 1000;
const EXAMPLES: usize = 3;
const BATCH: u32 = 1000;

/// A plan that is made when it is awaited. Made by [`Backfill::plan`](crate::backfill::Backfill::plan).
///
/// ```no_run
/// # use schema_runtime::{VersionedCollection, DecodeOwned, Error};
/// # async fn example<T: DecodeOwned + Send + Sync>(users: VersionedCollection<T>) -> Result<(), Error> {
/// let plan = users.backfill().plan().sample(100).await?;
/// print!("{plan}");
/// if plan.can_run() && plan.trial.failed() == 0 {
///     users.backfill().run().await?;
/// }
/// # Ok(()) }
/// ```
#[must_use = "a plan is made when it is awaited"]
pub struct Planning<'a, T: Send + Sync> {
    collection: &'a VersionedCollection<T>,
    /// Whether the run is to keep pre-images.
    preimages: bool,
    /// Whether the server may do something by itself.
    server_side: bool,
    extent: Extent,
    examples: usize,
}

/// Which documents are converted on trial.
#[derive(Debug, Clone, Copy)]
enum Extent {
    Sample(u32),
    All,
}

impl<'a, T: DecodeOwned + Send + Sync> Planning<'a, T> {
    pub(in crate::backfill) fn new(
        collection: &'a VersionedCollection<T>,
        preimages: bool,
        server_side: bool,
    ) -> Self {
        Self { collection, preimages, server_side, extent: Extent::Sample(SAMPLE), examples: EXAMPLES }
    }

    /// Converts that many documents of each stored version, which the server picks at random; 0 only counts. Default: 1000.
    ///
    /// The server reads the collection once for each version, to find them. If the collection has a validator, it is asked
    /// about the upgraded documents.
    pub fn sample(mut self, documents: u32) -> Self {
        self.extent = Extent::Sample(documents);
        self
    }

    /// Converts all documents that are not current, and so foresees every failure but those that only a write shows: what a
    /// unique index refuses, and what others change meanwhile.
    pub fn all(mut self) -> Self {
        self.extent = Extent::All;
        self
    }

    /// How many documents are shown as they are and as they would be. Default: 3.
    pub fn examples(mut self, documents: usize) -> Self {
        self.examples = documents;
        self
    }

    async fn make(self) -> Result<Plan, Error> {
        let preflight = Preflight::of(&self.collection.fresh()).await?;
        let census = self.collection.census().await?;
        let (trial, missing) = match preflight.namespace.kind {
            NamespaceKind::Collection => {
                self.collection.contexts().scope_async(self.trial(&census, &preflight)).await?
            }
            // What is there is not to be changed.
            _ => Default::default(),
        };
        let database = self.collection.database();
        let earlier = Earlier::find::<T>(&database, self.collection.name()).await?;
        let (mut cannot_run, notes) = (preflight.cannot_run::<T>(self.preimages), preflight.notes::<T>());
        cannot_run.extend(missing.map(|missing| CannotRun::MissingContext { context: missing.type_name() }));
        let inside = self.server_side && !self.preimages && preflight.namespace.can_change_inside();
        let server_side = inside.then(|| ServerSide::of::<T>().about(&census));
        let Preflight { server, permissions, namespace } = preflight;
        let collection = self.collection.name().to_owned();
        Ok(Plan {
            collection,
            server,
            permissions,
            namespace,
            census,
            server_side,
            earlier,
            trial,
            notes,
            cannot_run,
        })
    }

    /// Also says which context a step asked for in vain, if one did.
    async fn trial(
        &self,
        census: &Census,
        preflight: &Preflight,
    ) -> Result<(Trial, Option<MissingContext>), Error> {
        let rules = Rules {
            collated: preflight.namespace.collation.is_some(),
            preimages: self.preimages,
            validation: Validation::of(self.collection.fresh().whole(), &preflight.namespace),
        };
        let (groups, complete) = match self.extent {
            Extent::Sample(documents) => (self.some(documents, census, &rules).await?, false),
            Extent::All => (self.all_of_them(&rules).await?, true),
        };
        let missing = groups.iter().find_map(|group| group.missing);
        Ok((Trial::new(groups, self.examples, complete), missing))
    }

    async fn some(&self, documents: u32, census: &Census, rules: &Rules) -> Result<Vec<Group>, Error> {
        let version_field = T::CHAIN.version_field;
        let sampler = Sampler { population: self.collection.fresh(), census, version_field, documents };
        let mut groups = Vec::new();
        for (stored, count) in Stored::in_census(census) {
            let group = Group::new(stored, count, self.examples);
            // The server has no sample of none.
            groups.push(match documents {
                0 => group,
                _ => sampler.try_out::<T>(&group, rules).await?,
            });
        }
        Ok(groups)
    }

    async fn all_of_them(&self, rules: &Rules) -> Result<Vec<Group>, Error> {
        let (action, name) = ("try out a document", self.collection.name());
        let mut reader = reader(self.collection.fresh(), &T::CHAIN, Range::default(), None);
        let mut groups: BTreeMap<Stored, Group> = BTreeMap::new();
        while let Some(batch) = reader.next_batch(BATCH).await? {
            // The others would say the same.
            if groups.values().any(|group| group.missing.is_some()) {
                break;
            }
            for document in &batch.documents {
                let stored = Stored::of(document, &T::CHAIN);
                let group = groups.entry(stored).or_insert_with(|| Group::new(stored, 0, self.examples));
                group.try_out::<T>(document, rules).await.during(action, name)?;
            }
        }
        // Where none was tried, they are newer.
        let mut groups: Vec<Group> =
            groups.into_values().filter(|group| group.tried.tried > 0 || group.missing.is_some()).collect();
        for group in &mut groups {
            group.settle(rules).await.during(action, name)?;
            group.tried.documents = group.tried.tried;
        }
        Ok(groups)
    }
}

impl<'a, T: DecodeOwned + Send + Sync> IntoFuture for Planning<'a, T> {
    type Output = Result<Plan, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.make())
    }
}

impl<T: Send + Sync> fmt::Debug for Planning<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Planning")
            .field("collection", self.collection)
            .field("extent", &self.extent)
            .field("examples", &self.examples)
            .finish()
    }
}
