//! Pre-flight: what there is to know about a collection and its server before anything is written, and whether a backfill
//! can do its work there.

mod cannot_run;
mod namespace;
mod permissions;
mod server;
mod shard_key;

use schema_core::VersionedDocument;

pub(crate) use self::cannot_run::sentences;
pub(super) use self::namespace::is_unauthorized;
pub use self::{
    cannot_run::CannotRun,
    namespace::{Namespace, NamespaceKind, Sharding, Validator},
    permissions::{Missing, Permissions},
    server::{Server, Topology},
};
use self::{server::NEEDED, shard_key::Effect};
use super::preimage::PREIMAGES;
use crate::{error::Error, population::Population};

/// The findings about one collection.
#[derive(Debug, Clone)]
pub(super) struct Preflight {
    pub(super) server: Server,
    pub(super) permissions: Permissions,
    pub(super) namespace: Namespace,
}

impl Preflight {
    pub(super) async fn of(population: &Population) -> Result<Self, Error> {
        let collection = population.whole();
        let server = Server::ask(collection).await?;
        let permissions = Permissions::ask(collection).await?;
        let namespace = Namespace::ask(collection, &server.topology).await?;
        Ok(Self { server, permissions, namespace })
    }

    /// Why a backfill to `D` cannot run here; empty if it can.
    /// `preimages`: whether it is to keep some, or to go by them.
    pub(super) fn cannot_run<D: VersionedDocument>(&self, preimages: bool) -> Vec<CannotRun> {
        let mut reasons = Vec::new();
        if self.server.is_older_than(NEEDED) {
            reasons.push(CannotRun::OldServer { version: self.server.version.clone(), needed: NEEDED });
        }
        match &self.namespace.kind {
            NamespaceKind::Missing | NamespaceKind::Collection => {}
            NamespaceKind::View { on } => reasons.push(CannotRun::View { on: on.clone() }),
            NamespaceKind::TimeSeries => reasons.push(CannotRun::TimeSeries),
            NamespaceKind::Capped => reasons.push(CannotRun::Capped),
        }
        if let Sharding::By(key) = &self.namespace.sharding {
            for name in key.keys() {
                if let Effect::Changes { from, to } = shard_key::effect(D::HISTORY, name) {
                    reasons.push(CannotRun::ShardKey { field: name.clone(), from, to });
                }
            }
        }
        let needed =
            self.permissions.missing.iter().filter(|missing| preimages || missing.collection != PREIMAGES);
        reasons.extend(needed.cloned().map(CannotRun::NotPermitted));
        reasons
    }

    /// What else to know before a run.
    pub(super) fn notes<D: VersionedDocument>(&self) -> Vec<String> {
        let Namespace { kind, clustered: _, collation, validator, sharding } = &self.namespace;
        let mut notes = Vec::new();
        if *kind == NamespaceKind::Missing {
            notes.push("there is no collection of that name, and so nothing to do".to_owned());
        }
        if let Some(collation) = collation {
            let locale = collation.get_str("locale").unwrap_or("unknown");
            notes.push(format!("the collection has a collation, `{locale}`; the guard compares without it"));
        }
        match validator {
            Some(Validator { level, action: "error", .. }) => {
                notes.push(format!("the collection has a validator ({level}); what it refuses is a failure"));
            }
            Some(Validator { level, .. }) => {
                notes.push(format!("the collection has a validator ({level}), which refuses nothing"));
            }
            None => {}
        }
        match sharding {
            Sharding::No => {}
            Sharding::By(key) => {
                notes.push(format!("the collection is sharded by {key}"));
                let at_risk = key.keys().filter(|name| shard_key::effect(D::HISTORY, name) == Effect::May);
                notes.extend(at_risk.map(|name| {
                    format!(
                        "a step may change `{name}`, by which the collection is sharded; the server refuses each \
                         document where it does"
                    )
                }));
            }
            Sharding::Unknown => notes.push(
                "whether the collection is sharded, and by which field, may not be read; the server refuses a document \
                 whose shard key changes"
                    .to_owned(),
            ),
        }
        notes
    }
}

/// Looks whether a backfill can run; to be called before the first write. A dry run needs no permission to write, and is
/// held to the rest.
///
/// # Errors
///
/// [`Error::CannotRun`] with all reasons; [`Error::Database`] when the database cannot be asked.
pub(super) async fn check<D: VersionedDocument>(
    population: &Population,
    dry_run: bool,
    preimages: bool,
) -> Result<Preflight, Error> {
    let preflight = Preflight::of(population).await?;
    let mut reasons = preflight.cannot_run::<D>(preimages);
    if dry_run {
        reasons.retain(|reason| !matches!(reason, CannotRun::NotPermitted(_)));
    }
    if reasons.is_empty() {
        Ok(preflight)
    } else {
        Err(Error::CannotRun { collection: population.name().to_owned(), reasons })
    }
}
