//! The floor of a collection: the version below which no document is stored.

use std::fmt;

use bson::oid::ObjectId;
use schema_core::DecodeOwned;
use serde::Serialize;

use super::{document::LiveMember, store::Store};
use crate::{
    backfill::rollback_has_ended, census::Census, collection::VersionedCollection, error::Error, whoami,
};

/// How often the floor is looked for while others keep changing it.
const ATTEMPTS: u32 = 10;

/// A floor that was verified.
///
/// Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Floor {
    /// The [name](crate::VersionedCollection::name) of the collection, or of the documents of a kind.
    pub collection: String,
    /// The version below which no document is stored. The oldest of the chain if there are documents whose version cannot be told.
    pub version: u32,
    /// What it was before, if that was known.
    pub before: Option<u32>,
    /// The documents of each version.
    pub census: Census,
    /// What would be the floor if nobody wrote older documents.
    pub stored: u32,
    /// The live members that write older ones, or want to.
    pub held_by: Vec<LiveMember>,
}

/// Looks for the floor of a collection and notes it.
///
/// First it is said that somebody looks; whoever comes in with an older version ends that before it writes. So what was found still
/// holds when it is noted.
pub(super) async fn verify<T: DecodeOwned + Send + Sync>(
    versioned: &VersionedCollection<T>,
    store: &Store,
) -> Result<Floor, Error> {
    let verified_by = whoami::process();
    for _ in 0..ATTEMPTS {
        let claim = ObjectId::new();
        store.claim_floor(claim, T::CHAIN.version).await?;
        // A rollback notes that it has begun before it lowers the floor and ends this claim.
        rollback_has_ended(&versioned.database(), &store.collection).await?;
        let mut members = store.live().await?;
        let before = store.floor().await?.and_then(|known| known.floor);
        // What is committed may not show what was written just now, and what was written just now may be rolled back.
        let committed = versioned.committed_census().await?;
        let census = versioned.census().await?;
        let stored = lowest(&committed).min(lowest(&census));
        let written = members.iter().flat_map(LiveMember::written).chain([versioned.write_version()]);
        let version = written.fold(stored, u32::min);
        if store.note_floor(claim, version, &verified_by).await? {
            members.retain(|member| member.written().any(|written| written < stored));
            let collection = store.collection.clone();
            return Ok(Floor { collection, version, before, census, stored, held_by: members });
        }
        tracing::info!(collection = store.collection, "the floor has been changed meanwhile; looking again");
    }
    Err(Error::FloorContested { collection: store.collection.clone() })
}

/// The oldest version that is stored; the current one if nothing is. That of the chain's oldest type if it cannot be told for some.
pub(crate) fn lowest(census: &Census) -> u32 {
    let unversioned =
        (census.unversioned > 0).then(|| census.unversioned_are.unwrap_or(census.oldest_version));
    let invalid = (census.invalid > 0).then_some(census.oldest_version);
    let oldest = census.versions.keys().next().copied();
    let stored = [oldest, unversioned, invalid].into_iter().flatten().min();
    stored.unwrap_or(census.current_version)
}

impl fmt::Display for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { collection, version, before, census, stored, held_by } = self;
        write!(f, "`{collection}` has no document below schema version {version}")?;
        match before {
            Some(before) if before == version => writeln!(f, ", as before")?,
            Some(before) => writeln!(f, "; the floor was {before}")?,
            None => writeln!(f, "; the floor was not known")?,
        }
        writeln!(f, "{census}")?;
        if version < stored {
            writeln!(f, "  it stays there as long as older documents are written:")?;
        }
        for member in held_by {
            writeln!(f, "    {member}")?;
        }
        if version < stored && held_by.is_empty() {
            writeln!(f, "    by this program, which writes version {version}")?;
        }
        Ok(())
    }
}
