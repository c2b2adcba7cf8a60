//! A projection in the names of the current version, of documents of all versions: what the server is to send of them, and what is
//! to be cut off here, from the upgraded document.
//!
//! A document can be upgraded only if it is there with all that the type of its version reads. So the server sends that, and the version:
//!
//! ```
//! use schema_runtime::{
//!     VersionedDocument, bson::{doc, rawdoc}, decode, encode, query::projection::{Projecting, translate_projection},
//! };
//!
//! #[derive(VersionedDocument)]
//! #[versioned(version = 1)]
//! struct UserV1 {
//!     mail: String,
//!     city: String,
//! }
//!
//! #[derive(VersionedDocument)]
//! #[versioned(version = 2, previous = UserV1)]
//! struct User {
//!     #[versioned(from = mail)]
//!     login: String,
//!     city: String,
//!     #[versioned(added)]
//!     visits: i32,
//! }
//!
//! // What has always been where it is needs no upgrade.
//! let city = doc! { "city": 1 };
//! assert_eq!(translate_projection::<User>(1, city.clone())?, Projecting::AsItIs(city));
//!
//! let Projecting::Here { sent, cut } = translate_projection::<User>(1, doc! { "login": 1 })? else { unreachable!() };
//! assert_eq!(sent, Some(doc! { "login": 1, "schemaVersion": 1, "mail": 1, "city": 1 }));
//! let found = rawdoc! { "_id": 7, "mail": "a@example.org", "city": "Lyon" };
//! let upgraded = encode(&decode::<User>(&found)?)?;
//! assert_eq!(cut.of(&upgraded)?, rawdoc! { "login": "a@example.org" });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A document of the current version, and one that no type of the chain reads, is cut as it was sent.

mod asked;
mod cut;

use bson::Document;
use schema_core::{DecodeOwned, history::Version};

use self::asked::Asked;
pub use self::cut::Cut;
use super::{older, place::Place, split, untranslatable::Untranslatable};
use crate::trace::{addressable, check_struct, check_type};

/// How to project documents of all versions.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "there is nothing between the two")]
pub enum Projecting {
    /// In the server, as was asked.
    AsItIs(Document),
    /// After the upgrade.
    Here {
        /// The projection for the server; `None` if it has to send documents whole.
        sent: Option<Document>,
        /// What is left of a document after it was upgraded.
        cut: Cut,
    },
}

/// The projection by which documents of all versions of the chain from `oldest` on have what `projection` leaves of them in the current
/// version.
///
/// # Errors
///
/// [`Untranslatable::Projection`] for what a cut cannot do: `$slice`, `$elemMatch`, `$meta`, positions and expressions. The first three
/// are passed on beside fields that are asked for, where no field has to be upgraded.
pub fn translate_projection<T: DecodeOwned>(
    oldest: u32,
    projection: Document,
) -> Result<Projecting, Untranslatable> {
    let Some(newest) = older::<T>(oldest).next() else { return Ok(Projecting::AsItIs(projection)) };
    let asked = Asked::of(&projection);
    if asked.has_inclusions() && in_place::<T>(oldest, &asked) {
        return Ok(Projecting::AsItIs(projection));
    }
    let cut = asked.cut().map_err(|name| Untranslatable::Projection { name, version: newest.version })?;
    let sent = match &cut {
        Cut::Only(_) => everything_read::<T>(oldest, &asked),
        Cut::Without(_) => nothing_read::<T>(oldest, &asked),
    };
    Ok(Projecting::Here { sent, cut })
}

/// Whether all that is asked for is in documents of all versions what it is in the current one.
fn in_place<T: DecodeOwned>(oldest: u32, asked: &Asked) -> bool {
    asked.by_server.is_none()
        && asked.names().all(|name| {
            older::<T>(oldest)
                .all(|version| Place::of::<T>(version, name).is_ok_and(|place| place.is_still(name)))
        })
}

/// What is asked for, and all that it could be made of.
fn everything_read<T: DecodeOwned>(oldest: u32, asked: &Asked) -> Option<Document> {
    let mut read = T::CHAIN.stamps().to_vec();
    for version in older::<T>(oldest) {
        read.extend(names(version)?);
    }
    if read.iter().any(|name| addressable(T::CHAIN.version, name).is_err()) {
        return None;
    }
    // Not a path into what is sent whole.
    let others = asked.included().filter(|path| !read.contains(&split(path).0));
    Some(others.chain(read.iter().copied()).map(|name| (name.to_owned(), 1.into())).collect())
}

/// What is not asked for, as far as no version reads it.
fn nothing_read<T: DecodeOwned>(oldest: u32, asked: &Asked) -> Option<Document> {
    let mut read = vec!["_id"];
    read.extend(T::CHAIN.stamps());
    for version in older::<T>(oldest) {
        read.extend(names(version)?);
    }
    let unread = asked.excluded().filter(|path| !read.contains(&split(path).0));
    let unread: Document = unread.map(|path| (path.to_owned(), 0.into())).collect();
    (!unread.is_empty()).then_some(unread)
}

/// The names that a version reads; `None` if it may read any.
fn names(version: &'static Version) -> Option<impl Iterator<Item = &'static str>> {
    check_struct(version).and_then(|()| check_type(version)).ok()?;
    let reads_any = version.fields.iter().any(|field| field.unknown || field.serde.contains(&"flatten"));
    (!reads_any).then(|| version.names())
}
