//! The shape of a type in stored documents: names, types, and what may be missing or null, in all nested types.
//!
//! A Rust type says with its `Deserialize` what it reads. So its shape is found out without a macro, also for types of
//! other crates: the impl is run against a deserializer that notes what it is asked for, and offers sample values where
//! that is not enough. No value of the type is ever made for good, and no step of a chain is run.
//!
//! ```
//! use schema_core::shape;
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! #[serde(rename_all = "camelCase")]
//! struct Voyage {
//!     ship_name: String,
//!     legs: Vec<Leg>,
//! }
//!
//! #[derive(Deserialize)]
//! struct Leg {
//!     port: Option<String>,
//! }
//!
//! assert_eq!(
//!     shape::of::<Voyage>().to_string(),
//!     "\
//! .: document
//! legs: list
//! legs[]: document
//! legs[].port: text or null, may be missing
//! shipName: text"
//! );
//! ```
//!
//! # What is not seen
//!
//! - What is asked for counts, not what is checked afterwards: a `NonZero<u32>` is a `uint32`, a date out of a text is
//!   a text.
//! - Reading counts, not writing: a function in `#[serde(serialize_with = "..")]` of a nested type may write what it likes.
//! - serde keeps the content of untagged and internally tagged enums and of flattened fields in memory before it looks at
//!   it. There, samples are tried: types and fields that must be there are found, fields that may be missing are not. A
//!   versioned document that is an enum is read without that, and all fields of its variants are found.
//! - Whether a field may be missing is not known where it follows a required one of which no sample is taken. It then
//!   counts as required, unless it is an `Option`.

mod buffered;
mod difference;
mod explore;
mod json_schema;
mod line;
mod lines;
mod node;
mod probe;
mod refusal;
mod sample;

use std::fmt;

use serde::Deserialize;

pub use self::{
    difference::{Finding, difference},
    json_schema::json_schema,
    line::{InvalidLine, Line, fingerprint},
};
use self::{explore::Explorer, lines::lines, node::Graph, probe::Probe};
use crate::{
    document::{Decode, Unobserved},
    history::Version,
    origin::Origin,
};

/// The shape of a type: a line for each place in its documents, sorted by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape(Vec<Line>);

/// The shape of whatever serde reads.
#[must_use]
pub fn of<T: Deserialize<'static>>() -> Shape {
    Shape(lines(&Explorer::explore(&|_, probe| drop(Option::<T>::deserialize(probe))).nodes))
}

/// The shape that one version of a chain has in stored documents, without the version field; `None` for a version outside
/// of the chain. It is read from the type of that version; of an enum, from each variant by itself, `.(moved)` or `.(moved).to`.
///
/// ```
/// use schema_core::{VersionedDocument, shape};
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1)]
/// struct UserV1 {
///     mail: String,
/// }
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 2, previous = UserV1)]
/// struct UserV2 {
///     #[versioned(from = mail)]
///     email: String,
/// }
///
/// assert_eq!(shape::of_version::<UserV2>(1).unwrap().to_string(), ".: document\nmail: text");
/// assert_eq!(shape::of_version::<UserV2>(3), None);
/// ```
#[must_use]
pub fn of_version<T: Decode<'static>>(version: u32) -> Option<Shape> {
    Some(Shape(lines(&explore::<T>(T::HISTORY.at(version)?).nodes)))
}

fn explore<T: Decode<'static>>(version: &Version) -> Graph {
    let read = |variant: Option<&'static str>, probe: Probe<'_>| {
        let origin = variant.map_or(Origin::Unseen, Origin::Tag);
        drop(T::decode_at(version.version, probe, &mut Unobserved(origin)));
    };
    Explorer::explore_version(&read, version)
}

impl Shape {
    /// Its lines.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.0
    }

    /// [`fingerprint`] of its lines.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.0)
    }
}

impl From<Shape> for Vec<Line> {
    fn from(shape: Shape) -> Self {
        shape.0
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, line) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(f, "{separator}{line}")?;
        }
        Ok(())
    }
}
