//! Content that the stored version does not know, inside a value that it knows.

use bson::Bson;

use super::{Types, path::Path};

/// The first field inside `stored` that the stored version neither wrote again nor looks at.
///
/// `known` is what it wrote for this value, if it wrote one of a comparable form. Where it did not, the type is
/// asked about each field.
pub(super) fn unknown_field(
    place: &Path,
    stored: &Bson,
    known: Option<&Bson>,
    types: &dyn Types,
) -> Option<Path> {
    match (stored, known) {
        (Bson::Document(stored), known) => {
            let known = known.and_then(Bson::as_document);
            stored.iter().find_map(|(name, value)| {
                let place = place.field(name);
                match known.and_then(|known| known.get(name)) {
                    None if !types.reads(&place) => Some(place),
                    known => unknown_field(&place, value, known, types),
                }
            })
        }
        (Bson::Array(stored), known) => {
            let known = known.and_then(Bson::as_array).filter(|known| known.len() == stored.len());
            stored.iter().enumerate().find_map(|(index, value)| {
                let known = known.and_then(|known| known.get(index));
                unknown_field(&place.element(index), value, known, types)
            })
        }
        _ => None,
    }
}
