//! Retirement: whether the types of old versions can be deleted from the code, and what keeps such documents out from then on.

mod existing;
mod refusal;
mod report;
mod validator;

use std::fmt;

use bson::{Bson, Document, doc};
use schema_core::DecodeOwned;

use self::existing::Existing;
pub(crate) use self::refusal::sentences;
pub use self::{
    refusal::CannotRetire,
    report::{Retired, RetiredType},
    validator::Validator,
};
use super::floor::Floor;
use crate::{
    backfill::{failed, under_way},
    collection::VersionedCollection,
    error::{During, Error},
    population::Population,
    retry::with_retries,
};

/// A retirement to be configured and run. Made by [`VersionedCollection::retire`].
///
/// ```no_run
/// # use schema_runtime::{VersionedCollection, DecodeOwned, Error};
/// # async fn example<T: DecodeOwned + Send + Sync>(users: VersionedCollection<T>) -> Result<(), Error> {
/// use schema_runtime::versions::Validator;
///
/// let retired = users.retire().validator(Validator::Stamp).run().await?;
/// print!("{retired}");
/// # Ok(()) }
/// ```
#[must_use = "nothing is retired before it is run"]
pub struct Retire<'a, T: Send + Sync> {
    collection: &'a VersionedCollection<T>,
    oldest: u32,
    validator: Option<Validator>,
}

impl<'a, T: DecodeOwned + Send + Sync> Retire<'a, T> {
    pub(super) fn new(collection: &'a VersionedCollection<T>) -> Self {
        Self { collection, oldest: T::CHAIN.version, validator: None }
    }

    /// Retires only the versions below this one. Default: all below the current one.
    pub fn below(mut self, version: u32) -> Self {
        self.oldest = version;
        self
    }

    /// Has the server refuse documents of the retired versions from then on, whoever writes them. Default: the collection's validator is
    /// left as it is.
    ///
    /// A validator that the collection has is kept: documents must keep both. One that this has set before is replaced. Backfills and
    /// rollbacks are held to it, too: a rollback below it needs it to be taken off first.
    ///
    /// Of a [kind](schema_core::Kind), only its own documents are held to it, and those of each kind have one of their own. Where documents without the
    /// key are of the kind (`or_missing`), it also takes the place of one that was set for the whole collection, before it had kinds.
    pub fn validator(mut self, validator: Validator) -> Self {
        self.validator = Some(validator);
        self
    }

    /// Verifies the floor as [`verify_floor`](VersionedCollection::verify_floor) does, and refuses if anything older is stored or on its
    /// way. Sets the validator if one is asked for.
    ///
    /// # Errors
    ///
    /// [`Error::CannotRetire`] with all the reasons; [`Error::UnknownVersion`] when the chain does not have the version;
    /// [`Error::FloorContested`] as for the floor; [`Error::Database`] when the database stays unavailable or the user may not change
    /// the collection (`collMod`).
    pub async fn run(self) -> Result<Retired, Error> {
        let chain = T::CHAIN;
        if !chain.knows(self.oldest) {
            let (type_name, oldest, current) = (chain.type_name, chain.oldest, chain.version);
            return Err(Error::UnknownVersion { type_name, asked: self.oldest, oldest, current });
        }
        let documents = self.collection.fresh();
        let (database, name) = (self.collection.database(), documents.name());
        let Some(existing) = Existing::ask(&documents).await? else {
            return Err(self.refusal(vec![CannotRetire::NoCollection]));
        };
        let under_way = under_way(&database, name).await?;
        let mut reasons: Vec<_> = under_way.into_iter().map(|job| CannotRetire::UnderWay { job }).collect();
        if !reasons.is_empty() {
            return Err(self.refusal(reasons));
        }
        let floor = self.collection.verify_floor().await?;
        reasons.extend(self.older(&floor, &documents).await?);
        let records = failed(&database, name, &chain).await?;
        if records > 0 {
            reasons.push(CannotRetire::Failed { records });
        }
        let rule =
            self.validator.map(|validator| existing.with(validator.rule::<T>(self.oldest), chain.kind));
        if rule.is_some() {
            reasons.extend(existing.is_loose(chain.kind));
        }
        if !reasons.is_empty() {
            return Err(self.refusal(reasons));
        }
        if let Some(rule) = &rule {
            self.set(rule, &existing, &documents).await?;
        }
        Ok(Retired::new::<T>(&floor, self.oldest, rule))
    }

    /// What is older, or writes what is.
    async fn older(&self, floor: &Floor, documents: &Population) -> Result<Vec<CannotRetire>, Error> {
        let mut reasons = Vec::new();
        if floor.stored < self.oldest {
            let census = &floor.census;
            let unversioned_are_older = census.unversioned_are.is_none_or(|version| version < self.oldest);
            let field = T::CHAIN.version_field;
            let mut newer = vec![validator::stamp_in_query(field, self.oldest)];
            if !unversioned_are_older {
                newer.push(doc! { field: { "$exists": false } });
            }
            let id = any_outside(documents, doc! { "$or": newer }).await?;
            reasons.push(CannotRetire::OlderDocuments {
                versions: census
                    .versions
                    .range(..self.oldest)
                    .map(|(version, count)| (*version, *count))
                    .collect(),
                unversioned: if unversioned_are_older { census.unversioned } else { 0 },
                invalid: census.invalid,
                id,
            });
        }
        let mut members = floor.held_by.clone();
        members.retain(|member| member.written().any(|version| version < self.oldest));
        if !members.is_empty() {
            reasons.push(CannotRetire::OldWriters { members });
        }
        let version = self.collection.write_version();
        if version < self.oldest {
            reasons.push(CannotRetire::WritesOlder { version });
        }
        Ok(reasons)
    }

    /// Sets the validator, if every document keeps it. Whoever writes at the same time is held to it, or was before the second look.
    async fn set(&self, rule: &Document, existing: &Existing, documents: &Population) -> Result<(), Error> {
        if let Some(id) = any_outside(documents, rule.clone()).await? {
            return Err(self.refusal(vec![CannotRetire::Violated { id, rule: rule.clone() }]));
        }
        existing::set(documents, rule).await?;
        if let Some(id) = any_outside(documents, rule.clone()).await? {
            existing.restore(documents).await?;
            return Err(self.refusal(vec![CannotRetire::Violated { id, rule: rule.clone() }]));
        }
        Ok(())
    }

    fn refusal(&self, reasons: Vec<CannotRetire>) -> Error {
        let collection = self.collection.name().to_owned();
        Error::CannotRetire { collection, oldest: self.oldest, reasons }
    }
}

/// The `_id` of a document that does not keep a rule, if there is one.
async fn any_outside(documents: &Population, rule: Document) -> Result<Option<Bson>, Error> {
    let outside = documents.only(doc! { "$nor": [rule] });
    let ids = documents.whole().clone_with_type::<Document>();
    let found = with_retries(|| ids.find_one(outside.clone()).projection(doc! { "_id": 1 }))
        .await
        .during("look for documents that a validator would refuse", documents.name())?;
    Ok(found.and_then(|document| document.get("_id").cloned()))
}

impl<T: Send + Sync> fmt::Debug for Retire<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retire")
            .field("collection", self.collection)
            .field("oldest", &self.oldest)
            .field("validator", &self.validator)
            .finish()
    }
}
