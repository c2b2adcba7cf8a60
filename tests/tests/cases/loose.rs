//! What a service with loosely typed documents writes once.

use serde::{Deserialize, Deserializer};

/// For a field that may be missing, null or a value, with the three kept apart: with `default` and
/// `skip_serializing_if = "Option::is_none"` beside it, `None` is a missing field and null is for `T` to take.
///
/// Where null means missing, a plain `Option<T>` is enough.
pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
