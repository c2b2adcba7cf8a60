//! Where a document that has failed does not fit: it is read once more, with a trail.

use std::cell::Cell;

use bson::{RawDeserializer, error::Error};

use crate::{decode::Fault, document::Decode, error::BodyError, tracked::decode_tracked, upgrade::FieldPath};

thread_local! {
    static LOCATING: Cell<bool> = const { Cell::new(false) };
}

/// What the document of version `stored` ended with, and where.
pub(crate) fn locate<'de, T: Decode<'de>>(stored: u32, bytes: &'de [u8], error: Error) -> BodyError {
    // A document within this one fails again meanwhile, and so would those within it, each twice as often as the
    // one around it.
    if LOCATING.replace(true) {
        return error.into();
    }
    let _end = End;
    BodyError::from(error).at(path::<T>(stored, bytes).unwrap_or_default())
}

/// Whether a document is just being read to find the place. Then every field has to be seen to be read.
pub(crate) fn is_locating() -> bool {
    LOCATING.get()
}

fn path<'de, T: Decode<'de>>(stored: u32, bytes: &'de [u8]) -> Option<FieldPath> {
    match decode_tracked::<T>(stored, RawDeserializer::new(bytes).ok()?) {
        Err(Fault::Body(error)) => Some(error.into_path()),
        // A type that reads the same bytes in two ways.
        Ok(_) | Err(Fault::Step { .. }) => None,
    }
}

/// Also when somebody's `Deserialize` panics.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        LOCATING.set(false);
    }
}
