//! Merge: what becomes of one stored field, with the changes of the upgrade and with everything else as it is.

use bson::{Bson, Document};

use super::{
    Types,
    elements::match_elements,
    equal::{same, same_number},
    loss::Loss,
    path::Path,
    unknown::unknown_field,
};

/// What the stored version makes of one stored field.
pub(super) enum Known<'a> {
    /// It wrote it again.
    Written(&'a Bson),
    /// It looks at it and writes nothing there: an empty `Option`, an alias.
    Read,
    No,
}

pub(super) struct Merge<'a> {
    pub(super) types: &'a dyn Types,
}

impl Merge<'_> {
    /// What is to be stored in its place; `None` if nothing is.
    pub(super) fn field(
        &self,
        place: Path,
        before: &Bson,
        known: Known<'_>,
        after: Option<&Bson>,
    ) -> Result<Option<Bson>, Loss> {
        match (after, known) {
            (None, Known::No) => Ok(Some(before.clone())),
            (None, Known::Read) => self.give_up(&place, before, None).map(|()| None),
            (None, Known::Written(known)) => self.give_up(&place, before, Some(known)).map(|()| None),
            (Some(after), Known::Written(known)) => self.value(&place, before, Some(known), after).map(Some),
            (Some(after), Known::Read) => self.value(&place, before, None, after).map(Some),
            (Some(after), Known::No) if same(before, after) => Ok(Some(before.clone())),
            (Some(after), Known::No) if self.types.reads(&place) => {
                self.value(&place, before, None, after).map(Some)
            }
            (Some(_), Known::No) => Err(Loss::Overwritten { field: place }),
        }
    }

    /// A document inside another one.
    fn document(
        &self,
        place: &Path,
        stored: &Document,
        known: Option<&Document>,
        upgraded: &Document,
    ) -> Result<Document, Loss> {
        let mut merged = Document::new();
        for (name, before) in stored {
            let known = known.and_then(|known| known.get(name)).map_or(Known::No, Known::Written);
            if let Some(value) = self.field(place.field(name), before, known, upgraded.get(name))? {
                merged.insert(name, value);
            }
        }
        for (name, after) in upgraded {
            if !stored.contains_key(name) {
                merged.insert(name, after.clone());
            }
        }
        Ok(merged)
    }

    fn value(&self, place: &Path, before: &Bson, known: Option<&Bson>, after: &Bson) -> Result<Bson, Loss> {
        match (before, after) {
            _ if same(before, after) => Ok(before.clone()),
            (Bson::Document(before), Bson::Document(after)) => {
                let known = known.and_then(Bson::as_document);
                self.document(place, before, known, after).map(Bson::Document)
            }
            (Bson::Array(before), Bson::Array(after)) => {
                self.elements(place, before, known, after).map(Bson::Array)
            }
            // A number that the step left alone keeps the type in which somebody stored it.
            _ if known.is_some_and(|known| same(known, after)) && same_number(before, after) => {
                Ok(before.clone())
            }
            _ => self.give_up(place, before, known).map(|()| after.clone()),
        }
    }

    /// Each new element merged with the stored one that it was; an element that was none is new as a whole.
    fn elements(
        &self,
        list: &Path,
        before: &[Bson],
        known: Option<&Bson>,
        after: &[Bson],
    ) -> Result<Vec<Bson>, Loss> {
        let known = known.and_then(Bson::as_array).filter(|known| known.len() == before.len());
        let carried = self.types.carries_elements(list);
        let origins = known.map(|known| match_elements(known, after, carried)).unwrap_or_default();
        for (index, stored) in before.iter().enumerate() {
            if !origins.contains(&Some(index)) {
                let known = known.and_then(|known| known.get(index));
                if let Some(field) = unknown_field(&list.element(index), stored, known, self.types) {
                    return Err(Loss::Unmatched { field, list: list.clone() });
                }
            }
        }
        let merged = after.iter().enumerate().map(|(index, after)| {
            let origin = origins.get(index).copied().flatten();
            match origin.and_then(|origin| Some((origin, before.get(origin)?))) {
                Some((origin, before)) => {
                    let known = known.and_then(|known| known.get(origin));
                    self.value(&list.element(origin), before, known, after)
                }
                None => Ok(after.clone()),
            }
        });
        merged.collect()
    }

    /// Lets go of a known value, unless somebody else's content goes with it.
    fn give_up(&self, place: &Path, stored: &Bson, known: Option<&Bson>) -> Result<(), Loss> {
        match unknown_field(place, stored, known, self.types) {
            Some(field) => Err(Loss::Removed { field, with: place.clone() }),
            None => Ok(()),
        }
    }
}
