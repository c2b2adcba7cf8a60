//! Which element of a list became which.
//!
//! A step may reorder a list, drop elements and add others, and the result does not say so. An element is taken for
//! one of the stored ones only beyond doubt:
//!
//! 1. by position, where the framework itself carried the list element by element;
//! 2. by `_id` or `id`, where all elements have one and no two the same;
//! 3. by position, where the list is as long as it was and each element still has all it had.

use std::collections::HashMap;

use bson::{Bson, Document};

use super::equal::same;

/// For each new element the index of the one it was, if that is certain.
pub(super) fn match_elements(known: &[Bson], after: &[Bson], carried: bool) -> Vec<Option<usize>> {
    let in_place = || (0..after.len()).map(Some).collect();
    if carried && known.len() == after.len() {
        return in_place();
    }
    if let Some(origins) = ["_id", "id"].into_iter().find_map(|name| by_id(name, known, after)) {
        return origins;
    }
    if extended(known, after) { in_place() } else { vec![None; after.len()] }
}

/// `None` if the field does not identify the elements.
fn by_id(name: &str, known: &[Bson], after: &[Bson]) -> Option<Vec<Option<usize>>> {
    let origins = index(name, known)?;
    index(name, after)?;
    after.iter().map(|element| Some(origins.get(&id(name, element)?).copied())).collect()
}

/// The place of each id; `None` if an element has none or two have the same.
fn index(name: &str, elements: &[Bson]) -> Option<HashMap<Vec<u8>, usize>> {
    let places: HashMap<_, _> = elements
        .iter()
        .enumerate()
        .map(|(place, element)| Some((id(name, element)?, place)))
        .collect::<Option<_>>()?;
    (places.len() == elements.len()).then_some(places)
}

/// An id as bytes. Null is what many elements have that have none.
fn id(name: &str, element: &Bson) -> Option<Vec<u8>> {
    match element.as_document()?.get(name)? {
        Bson::Null | Bson::Undefined | Bson::Document(_) | Bson::Array(_) => None,
        id => bytes(id),
    }
}

/// Whether each element has at least what it had, and elements that were the same still are: those could have changed
/// places unseen.
fn extended(known: &[Bson], after: &[Bson]) -> bool {
    let mut outcomes: HashMap<Vec<u8>, &Bson> = HashMap::new();
    known.len() == after.len()
        && known.iter().zip(after).all(|(known, after)| {
            contains(after, known)
                && bytes(known).is_some_and(|known| same(outcomes.entry(known).or_insert(after), after))
        })
}

fn contains(whole: &Bson, part: &Bson) -> bool {
    match (whole, part) {
        (Bson::Document(whole), Bson::Document(part)) => {
            let kept = |(name, part)| whole.get(name).is_some_and(|whole| contains(whole, part));
            // An empty element says nothing about which one it is.
            part.iter().all(kept) && (!part.is_empty() || whole.is_empty())
        }
        _ => same(whole, part),
    }
}

fn bytes(value: &Bson) -> Option<Vec<u8>> {
    let mut document = Document::new();
    document.insert("", value.clone());
    bson::serialize_to_vec(&document).ok()
}
