//! Types under the strictest lints there are.
//!
//! They stand in a library, as `missing_docs` and its like say nothing elsewhere; Clippy's speak when Clippy runs. What
//! a lint says here is said of the generated code: the rest is written as a strict user would.

#![deny(
    warnings,
    let_underscore,
    nonstandard_style,
    rust_2018_idioms,
    unused,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_pub,
    unsafe_code,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery, clippy::cargo)]
#![deny(
    clippy::absolute_paths,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::exhaustive_structs,
    clippy::expect_used,
    clippy::implicit_return,
    clippy::indexing_slicing,
    clippy::min_ident_chars,
    clippy::missing_inline_in_public_items,
    clippy::missing_trait_methods,
    clippy::panic,
    clippy::pattern_type_mismatch,
    clippy::question_mark_used,
    clippy::shadow_reuse,
    clippy::shadow_unrelated,
    clippy::single_call_fn,
    clippy::unreachable,
    clippy::unwrap_used,
    clippy::wildcard_imports
)]

use std::{borrow::Cow, collections::BTreeMap};

use schema_runtime::{DocumentKinds, Upgrade, VersionedDocument, bson::doc};
use serde::{Deserialize, Serialize};

/// A version.
#[derive(Debug, VersionedDocument)]
#[versioned(
    version = 1,
    collection = "things",
    index(keys(name, -size), unique, partial = doc! { "gone": 1 })
)]
#[non_exhaustive]
pub struct ThingV1<'a> {
    /// A field.
    pub name: Cow<'a, str>,
    /// A field.
    pub size: String,
    /// A field.
    pub parts: BTreeMap<String, PartV1>,
    /// A field.
    pub gone: i32,
}

/// A version.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ThingV1<'a>, removed(gone))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ThingV2<'a> {
    /// A field.
    #[versioned(from = name)]
    pub title: Cow<'a, str>,
    /// A field.
    #[versioned(try_with = |text: String| text.parse::<i64>())]
    pub size: i64,
    /// A field.
    pub parts: BTreeMap<String, PartV2>,
    /// A field.
    #[versioned(compute = |old: &ThingV1<'_>| old.name.len())]
    pub length: usize,
    /// A field.
    #[versioned(added)]
    pub flag: bool,
}

/// A part.
#[derive(Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartV1 {
    /// A field.
    pub text: String,
}

/// A part.
#[derive(Debug, Serialize, Deserialize, Upgrade)]
#[versioned(previous = PartV1, reversible)]
#[non_exhaustive]
pub struct PartV2 {
    /// A field.
    #[versioned(from = text)]
    pub words: String,
}

/// A generic document.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
#[non_exhaustive]
pub struct EnvelopeV1<T> {
    /// A field.
    pub inner: T,
}

/// A generic document.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = EnvelopeV1<T>, reversible)]
#[non_exhaustive]
pub struct EnvelopeV2<T> {
    /// A field.
    #[versioned(from = inner)]
    pub content: T,
}

/// A kind.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, kind(key = "type", value = "note"))]
#[non_exhaustive]
pub struct Note {
    /// A field.
    pub text: String,
}

/// All kinds.
#[derive(Debug, DocumentKinds)]
#[non_exhaustive]
pub enum Kinds {
    /// A kind.
    Note(Note),
}
