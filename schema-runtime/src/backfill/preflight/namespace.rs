//! What is behind the name of a collection: a collection of one kind or another, a view, or nothing.

use bson::{Document, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use mongodb::{
    Collection, Database,
    error::ErrorKind,
    options::{ValidationAction, ValidationLevel},
    results::{CollectionSpecification, CollectionType},
};
use serde::Serialize;

use super::server::Topology;
use crate::{
    error::{During, Error},
    retry::with_retries,
};

/// The server's code for a command that the user may not use.
const UNAUTHORIZED: i32 = 13;

/// What is behind the name of a collection.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Namespace {
    /// What it is.
    pub kind: NamespaceKind,
    /// Whether it is kept in the order of `_id` (a clustered collection). A backfill does not change it inside the server, which would
    /// go through all of it for each range.
    pub clustered: bool,
    /// Its collation, if it has one of its own. The guard compares without it.
    pub collation: Option<Document>,
    /// Its validator, if it has one that can refuse or report a document.
    pub validator: Option<Validator>,
    /// Whether it is sharded, and how.
    pub sharding: Sharding,
}

/// What a namespace is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum NamespaceKind {
    /// Nothing of that name; so there is nothing to do.
    Missing,
    /// An ordinary collection.
    Collection,
    /// A capped collection.
    Capped,
    /// A time-series collection.
    TimeSeries,
    /// A view.
    View {
        /// The collection or view that it shows.
        on: String,
    },
}

/// A rule of the server's that documents have to keep.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Validator {
    /// The rule, as a query.
    pub rule: Document,
    /// `strict`, or `moderate`, which leaves alone a document that did not keep the rule before.
    pub level: &'static str,
    /// `error`: a document that breaks it is refused. `warn`: it is written, and the server's log says so.
    pub action: &'static str,
}

/// How the documents of a collection are spread over a cluster.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum Sharding {
    /// Not at all.
    No,
    /// By this key.
    By(Document),
    /// It may be sharded; the user may not read that.
    Unknown,
}

impl Namespace {
    /// Whether ranges of it can be changed inside the server: whether `_id` has an index of its own to find them by.
    pub(in crate::backfill) fn can_change_inside(&self) -> bool {
        !self.clustered
    }

    pub(super) async fn ask(
        collection: &Collection<RawDocumentBuf>,
        topology: &Topology,
    ) -> Result<Self, Error> {
        let (name, database) = (collection.name(), database(collection));
        let listed: Vec<CollectionSpecification> = with_retries(async || {
            database.list_collections().filter(doc! { "name": name }).await?.try_collect().await
        })
        .await
        .during("look up what kind it is", name)?;
        let sharding = match topology {
            Topology::Sharded => Sharding::ask(collection).await?,
            Topology::StandAlone | Topology::ReplicaSet { .. } => Sharding::No,
        };
        Ok(match listed.into_iter().next() {
            Some(specification) => Self::new(specification, sharding),
            None => Self {
                kind: NamespaceKind::Missing,
                clustered: false,
                collation: None,
                validator: None,
                sharding,
            },
        })
    }

    fn new(specification: CollectionSpecification, sharding: Sharding) -> Self {
        let CollectionSpecification { collection_type, options, .. } = specification;
        let kind = match collection_type {
            CollectionType::View => NamespaceKind::View { on: options.view_on.unwrap_or_default() },
            CollectionType::Timeseries => NamespaceKind::TimeSeries,
            _ if options.capped == Some(true) => NamespaceKind::Capped,
            _ => NamespaceKind::Collection,
        };
        let level = match options.validation_level {
            Some(ValidationLevel::Off) => None,
            Some(ValidationLevel::Moderate) => Some("moderate"),
            _ => Some("strict"),
        };
        let action = match options.validation_action {
            Some(ValidationAction::Warn) => "warn",
            _ => "error",
        };
        let validator = match (options.validator, level) {
            (Some(rule), Some(level)) if !rule.is_empty() => Some(Validator { rule, level, action }),
            _ => None,
        };
        let collation = options.collation.and_then(|collation| bson::serialize_to_document(&collation).ok());
        Self { kind, clustered: options.clustered_index.is_some(), collation, validator, sharding }
    }
}

impl Sharding {
    /// By the cluster's own books: no command tells the key.
    async fn ask(collection: &Collection<RawDocumentBuf>) -> Result<Self, Error> {
        let books = collection.client().database("config").collection::<Document>("collections");
        let entry = doc! { "_id": collection.namespace().to_string() };
        match with_retries(|| books.find_one(entry.clone())).await {
            Ok(entry) => Ok(Self::of(entry.as_ref())),
            Err(error) if is_unauthorized(&error) => Ok(Self::Unknown),
            Err(error) => Err(error).during("look up the shard key", collection.name()),
        }
    }

    fn of(entry: Option<&Document>) -> Self {
        let Some(entry) = entry else { return Self::No };
        match entry.get_document("key") {
            // Before version 5.0, a dropped collection stayed in the books.
            Ok(_) if entry.get_bool("dropped").unwrap_or(false) => Self::No,
            Ok(key) => Self::By(key.clone()),
            Err(_) => Self::No,
        }
    }
}

pub(super) fn database(collection: &Collection<RawDocumentBuf>) -> Database {
    collection.client().database(&collection.namespace().db)
}

/// Whether the user lacks the permission.
pub(in crate::backfill) fn is_unauthorized(error: &mongodb::error::Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(refusal) if refusal.code == UNAUTHORIZED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shard_key_stands_in_the_books() {
        let entry = doc! { "_id": "shop.articles", "key": { "region": 1, "_id": "hashed" } };
        assert_eq!(Sharding::of(Some(&entry)), Sharding::By(doc! { "region": 1, "_id": "hashed" }));
        let dropped = doc! { "_id": "shop.articles", "key": { "region": 1 }, "dropped": true };
        assert_eq!(Sharding::of(Some(&dropped)), Sharding::No);
        assert_eq!(Sharding::of(None), Sharding::No);
    }
}
