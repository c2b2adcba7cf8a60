//! Indexes that are not as they are declared: changed in place, or dropped and built again, with the old ones back where that fails.

use bson::{Document, RawDocumentBuf};
use mongodb::Collection;

use super::{
    IndexChange, IndexState, build, can_change_in_place,
    compare::{Comparison, Declared},
    duplicates,
    existing::Existing,
    specification::Specification,
};
use crate::error::{During, Error};

/// A declared index whose place has been made, and what was there.
pub(super) struct Replaced {
    pub(super) name: String,
    dropped: Vec<Document>,
}

/// Changes what can be changed, and drops what is in the way of the others.
pub(super) async fn make_place(
    collection: &Collection<RawDocumentBuf>,
    comparison: &Comparison,
    existing: &Existing,
    changes: &mut Vec<IndexChange>,
) -> Result<Vec<Replaced>, Error> {
    let mut replaced = Vec::new();
    let mut gone: Vec<&str> = Vec::new();
    for Declared { specification: index, state, .. } in &comparison.declared {
        let IndexState::Different { existing: name, differences, .. } = state else { continue };
        // It was in the way of another one; the next round builds this one anew.
        if gone.contains(&name.as_str()) {
            continue;
        }
        if can_change_in_place(differences) {
            build::modify(collection, name, differences).await?;
            changes.push(IndexChange::Modified { name: name.clone() });
            continue;
        }
        let in_the_way = |other: &&Specification| {
            other.name == index.name
                || other.name == *name
                || index.is_for_the_same(other)
                || (index.is_text() && other.is_text())
        };
        let mut dropped = Vec::new();
        for other in existing.indexes.iter().filter(in_the_way) {
            if gone.contains(&other.name.as_str()) {
                continue;
            }
            build::drop(collection, &other.name).await?;
            changes.push(IndexChange::Dropped { name: other.name.clone() });
            dropped.push(existing.as_it_is(other));
            gone.push(&other.name);
        }
        replaced.push(Replaced { name: index.name.clone(), dropped });
    }
    Ok(replaced)
}

/// Builds them, or has what was dropped for them back.
pub(super) async fn create(
    collection: &Collection<RawDocumentBuf>,
    indexes: &[&Specification],
    replaced: &[Replaced],
) -> Result<(), Error> {
    if indexes.is_empty() {
        return Ok(());
    }
    let written: Vec<Document> = indexes.iter().map(|index| index.written.clone()).collect();
    let Err(error) = build::create(collection, &written).await else { return Ok(()) };
    let dropped: Vec<Document> = replaced.iter().flat_map(|of| of.dropped.clone()).collect();
    if !dropped.is_empty() {
        tracing::warn!(%error, collection = collection.name(), "an index could not be replaced; building the old one again");
        build::create(collection, &dropped)
            .await
            .during("build an index again that could not be replaced", collection.name())?;
    }
    Err(match duplicates::named(collection, &written, &error).await {
        Some(named) => named,
        None => Error::Database {
            action: "create its indexes",
            collection: collection.name().to_owned(),
            source: error,
        },
    })
}
