//! Where a path of the current version is in documents of an older one.

use schema_core::DecodeOwned;

use super::{place::Place, split, untranslatable::Untranslatable};

/// The path under which documents of that version have the very value that an upgrade has at `path`: what an index on older documents
/// has to be on, and where an update of such a document would set it. `None` if there is no one such path: all documents get the same
/// value, or none, or each has it under one of several names, or the version is not in the chain.
///
/// What is removed there may be there again after the upgrade, as the default of its version.
///
/// ```
/// use schema_runtime::{VersionedDocument, query::stored_path};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1)]
/// struct UserV1 {
///     home: Address,
/// }
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 2, previous = UserV1)]
/// struct User {
///     #[versioned(from = home)]
///     address: Address,
///     #[versioned(added)]
///     visits: i64,
/// }
///
/// #[derive(Serialize, Deserialize)]
/// struct Address {
///     zip: String,
/// }
///
/// assert_eq!(stored_path::<User>(1, "address.zip")?.as_deref(), Some("home.zip"));
/// assert_eq!(stored_path::<User>(2, "address.zip")?.as_deref(), Some("address.zip"));
/// assert_eq!(stored_path::<User>(1, "visits")?, None);
/// # Ok::<(), schema_runtime::query::Untranslatable>(())
/// ```
///
/// # Errors
///
/// What becomes of the field on the way is not certain, and why.
pub fn stored_path<T: DecodeOwned>(version: u32, path: &str) -> Result<Option<String>, Untranslatable> {
    if version == T::CHAIN.version {
        return Ok(Some(path.to_owned()));
    }
    let Some(stored) = T::HISTORY.at(version) else { return Ok(None) };
    let (head, rest) = split(path);
    let place =
        Place::of::<T>(stored, head).map_err(|obstacle| Untranslatable::field(path, stored, obstacle))?;
    Ok(place.name(head).map(|name| joined(name, rest)))
}

pub(super) fn joined(head: &str, rest: Option<&str>) -> String {
    rest.map_or_else(|| head.to_owned(), |rest| format!("{head}.{rest}"))
}
