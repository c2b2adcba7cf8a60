//! What there is to see of lazy upgrades from outside: counters of the `metrics` facade, and `tracing` events.
//!
//! They cost nothing where nobody has installed a recorder, and documents of the current version are not counted at all.
//!
//! | counter | labels | counts |
//! | --- | --- | --- |
//! | [`LAZY_UPGRADES`] | `collection`, `from` | documents of an older version that were read as the current type |
//! | [`NEWER_READS`] | `collection` | documents of a newer version that were read as far as they are [known](crate::Newer::ReadOnly) |
//! | [`UNREADABLE`] | `collection`, `kind` | documents that could not be read, by [`DecodeErrorKind::name`](schema_core::DecodeErrorKind::name); `missing_context` where a step asked for a [context](schema_core::context) in vain |
//! | [`WRITE_BACKS`] | `collection`, `outcome` | upgrades that were to be stored by a read: `written`, `conflict`, `skipped` (too many under way), `failed` |
//! | [`UPGRADES_BEFORE_UPDATE`] | `collection`, `from` | documents that were upgraded because they were to be updated |
//! | [`REWRITTEN_FILTERS`] | `collection` | filters that were said in the words of older versions |
//! | [`CONFLICTS`] | `collection` | guarded writes that others were faster than; they are tried again |
//!
//! The collection is called as [`VersionedCollection::name`](crate::VersionedCollection::name) says: `contents$article` for documents of a kind.
//!
//! When [`LAZY_UPGRADES`] stays where it is, the last old document that anybody asks for has been read.

use schema_core::DecodeError;

/// Documents of an older version that were read as the current type.
pub const LAZY_UPGRADES: &str = "schema_lazy_upgrades_total";
/// Documents of a newer version that were read as far as they are known.
pub const NEWER_READS: &str = "schema_newer_reads_total";
/// Documents that could not be read.
pub const UNREADABLE: &str = "schema_unreadable_documents_total";
/// Upgrades that were to be stored by a read.
pub const WRITE_BACKS: &str = "schema_write_backs_total";
/// Documents that were upgraded because they were to be updated.
pub const UPGRADES_BEFORE_UPDATE: &str = "schema_upgrades_before_update_total";
/// Filters that were said in the words of older versions.
pub const REWRITTEN_FILTERS: &str = "schema_rewritten_filters_total";
/// Guarded writes that others were faster than.
pub const CONFLICTS: &str = "schema_write_conflicts_total";

pub(crate) fn upgraded_lazily(collection: &str, from: u32) {
    counter(LAZY_UPGRADES, collection, [("from", from.to_string())]);
    tracing::debug!(collection, from, "a document of an older version was read");
}

pub(crate) fn read_newer(collection: &str) {
    counter(NEWER_READS, collection, []);
    tracing::debug!(collection, "a document of a newer version was read as far as it is known");
}

pub(crate) fn unreadable(collection: &str, error: &DecodeError) {
    // No fault of the document.
    let kind = if error.missing_context().is_some() { "missing_context" } else { error.kind().name() };
    counter(UNREADABLE, collection, [("kind", kind.to_owned())]);
    tracing::warn!(collection, error = %error.one_line(), "a document could not be read");
}

pub(crate) fn upgraded_before_update(collection: &str, from: u32) {
    counter(UPGRADES_BEFORE_UPDATE, collection, [("from", from.to_string())]);
    tracing::debug!(collection, from, "a document was upgraded because it is to be updated");
}

pub(crate) fn rewritten(collection: &str) {
    counter(REWRITTEN_FILTERS, collection, []);
}

pub(crate) fn conflict(collection: &str) {
    counter(CONFLICTS, collection, []);
    tracing::debug!(collection, "a document was changed by others before it was written");
}

/// What became of an upgrade that a read wanted stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WrittenBack {
    Written,
    Conflict,
    Skipped,
    Failed,
}

pub(crate) fn written_back(collection: &str, outcome: WrittenBack) {
    let outcome = match outcome {
        WrittenBack::Written => "written",
        WrittenBack::Conflict => "conflict",
        WrittenBack::Skipped => "skipped",
        WrittenBack::Failed => "failed",
    };
    counter(WRITE_BACKS, collection, [("outcome", outcome.to_owned())]);
}

fn counter<const N: usize>(name: &'static str, collection: &str, labels: [(&'static str, String); N]) {
    let collection = metrics::Label::new("collection", collection.to_owned());
    let labels: Vec<_> = std::iter::once(collection)
        .chain(labels.map(|(name, value)| metrics::Label::new(name, value)))
        .collect();
    metrics::counter!(name, labels).increment(1);
}
