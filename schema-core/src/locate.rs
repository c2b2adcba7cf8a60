//! Where a document that has failed does not fit: it is read once more, with a trail.

use std::cell::Cell;

use serde::Deserializer;

use crate::{document::Decode, error::BodyError, origin::Origin, tracked::misfit};

thread_local! {
    static LOCATING: Cell<bool> = const { Cell::new(false) };
}

/// Where the `error` happened that the document of version `stored` ended with.
pub(crate) fn locate<'de, T: Decode<'de>, D: Deserializer<'de>>(
    stored: u32,
    body: Option<D>,
    origin: Origin<'_>,
    error: BodyError,
) -> BodyError {
    // A document within this one fails again meanwhile, and so would those within it, each twice as often as the
    // one around it.
    if LOCATING.replace(true) {
        return error;
    }
    let _end = End;
    // None, also, of a type that reads the same bytes in two ways.
    let path = body.and_then(|body| misfit::<T>(stored, body, origin));
    error.at(path.unwrap_or_default())
}

/// Also when somebody's `Deserialize` panics.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        LOCATING.set(false);
    }
}
