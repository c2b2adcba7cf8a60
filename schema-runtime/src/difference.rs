//! The difference between a stored document and what its upgrade made of it, as an update.
//!
//! Three documents take part: the stored one, what the type of its version knew of it (that, encoded again), and
//! the upgraded one. What is in the stored document and was not known is nobody's to remove.
//!
//! | in the stored document | known | in the upgraded one | becomes |
//! | --- | --- | --- | --- |
//! | absent | | present | set |
//! | present | | equal | left |
//! | present | | different | set; documents and arrays of equal length are merged element by element |
//! | present | yes | absent | removed |
//! | present | no | absent | left |

use bson::{Bson, Document, doc};

/// An update that makes one document out of another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Difference {
    /// `$set` and `$unset` by dotted paths.
    Fields { set: Document, unset: Vec<String> },
    /// The whole document, where a changed field has a name that a dotted path cannot say.
    Replacement(Document),
}

/// A changed field whose name is not a path segment: it has a dot in it, starts with `$`, or is empty.
struct Unaddressable;

impl Difference {
    /// `known` is the stored document as its own version reads and writes it; `known_names` are names that version
    /// knows at the top level even when it does not write them (an empty `Option`, an alias).
    pub(crate) fn between(
        stored: &Document,
        known: &Document,
        known_names: &[&str],
        upgraded: &Document,
    ) -> Self {
        let known = with_names(known, known_names, stored);
        let mut fields = Fields::default();
        match fields.walk("", stored, Some(&known), upgraded) {
            Ok(()) => Self::Fields { set: fields.set, unset: fields.unset },
            Err(Unaddressable) => Self::Replacement(merge_document(stored, Some(&known), upgraded)),
        }
    }

    /// The update document to send.
    pub(crate) fn into_update(self) -> Document {
        match self {
            Self::Replacement(document) => document,
            Self::Fields { set, unset } => {
                // Even an empty `$set`: an update without operators would replace the document.
                let mut update = doc! { "$set": set };
                if !unset.is_empty() {
                    let unset: Document = unset.into_iter().map(|path| (path, Bson::from(""))).collect();
                    update.insert("$unset", unset);
                }
                update
            }
        }
    }
}

/// What is known, with the stored values of known names that were not written again.
fn with_names(known: &Document, names: &[&str], stored: &Document) -> Document {
    let mut known = known.clone();
    for name in names {
        if let (Some(value), false) = (stored.get(name), known.contains_key(name)) {
            known.insert(*name, value.clone());
        }
    }
    known
}

#[derive(Default)]
struct Fields {
    set: Document,
    unset: Vec<String>,
}

impl Fields {
    fn walk(
        &mut self,
        prefix: &str,
        stored: &Document,
        known: Option<&Document>,
        upgraded: &Document,
    ) -> Result<(), Unaddressable> {
        for (name, after) in upgraded {
            // A document's identity is not a step's to change; the caller has compared the two.
            if prefix.is_empty() && name == "_id" {
                continue;
            }
            match stored.get(name) {
                None => {
                    self.set.insert(path(prefix, name)?, after.clone());
                }
                Some(before) => {
                    let known = known.and_then(|known| known.get(name));
                    self.change(prefix, name, before, known, after)?;
                }
            }
        }
        for name in removed(stored, known, upgraded) {
            if !(prefix.is_empty() && name == "_id") {
                self.unset.push(path(prefix, name)?);
            }
        }
        Ok(())
    }

    fn change(
        &mut self,
        prefix: &str,
        name: &str,
        before: &Bson,
        known: Option<&Bson>,
        after: &Bson,
    ) -> Result<(), Unaddressable> {
        if let (Bson::Document(before), Bson::Document(after), Ok(path)) = (before, after, path(prefix, name))
        {
            let mut inner = Self::default();
            if inner.walk(&path, before, known.and_then(Bson::as_document), after).is_ok() {
                self.set.extend(inner.set);
                self.unset.append(&mut inner.unset);
                return Ok(());
            }
        }
        // A value, or a document in which something that changes cannot be addressed.
        if let Some(merged) = merge(before, known, after) {
            self.set.insert(path(prefix, name)?, merged);
        }
        Ok(())
    }
}

fn path(prefix: &str, name: &str) -> Result<String, Unaddressable> {
    if name.is_empty() || name.starts_with('$') || name.contains('.') {
        Err(Unaddressable)
    } else if prefix.is_empty() {
        Ok(name.to_owned())
    } else {
        Ok(format!("{prefix}.{name}"))
    }
}

/// The stored fields that the upgrade has dropped: known before, gone after.
fn removed<'a>(
    stored: &'a Document,
    known: Option<&'a Document>,
    upgraded: &'a Document,
) -> impl Iterator<Item = &'a str> {
    stored.keys().map(String::as_str).filter(move |name| {
        known.is_some_and(|known| known.contains_key(name)) && !upgraded.contains_key(name)
    })
}

/// `stored` with the changes of the upgrade, or `None` where there are none.
fn merge(stored: &Bson, known: Option<&Bson>, upgraded: &Bson) -> Option<Bson> {
    match (stored, upgraded) {
        (Bson::Document(before), Bson::Document(after)) => {
            let merged = merge_document(before, known.and_then(Bson::as_document), after);
            let merged = Bson::Document(merged);
            (!same(&merged, stored)).then_some(merged)
        }
        (Bson::Array(before), Bson::Array(after)) if before.len() == after.len() => {
            merge_elements(before, known, after).map(Bson::Array)
        }
        // A number that the step left alone keeps the type in which somebody stored it.
        _ if known.is_some_and(|known| same(known, upgraded)) && same_number(stored, upgraded) => None,
        _ => (!same(stored, upgraded)).then(|| upgraded.clone()),
    }
}

fn merge_elements(before: &[Bson], known: Option<&Bson>, after: &[Bson]) -> Option<Vec<Bson>> {
    let known = known.and_then(Bson::as_array).filter(|known| known.len() == before.len());
    let mut changed = false;
    let merged = before
        .iter()
        .zip(after)
        .enumerate()
        .map(|(index, (before, after))| {
            let known = known.and_then(|known| known.get(index));
            merge(before, known, after).inspect(|_| changed = true).unwrap_or_else(|| before.clone())
        })
        .collect();
    changed.then_some(merged)
}

fn merge_document(stored: &Document, known: Option<&Document>, upgraded: &Document) -> Document {
    let mut merged = stored.clone();
    for name in removed(stored, known, upgraded).filter(|name| *name != "_id") {
        merged.remove(name);
    }
    for (name, after) in upgraded {
        let value = match stored.get(name) {
            Some(before) => merge(before, known.and_then(|known| known.get(name)), after),
            None => Some(after.clone()),
        };
        if let Some(value) = value {
            merged.insert(name, value);
        }
    }
    merged
}

/// Equal in type and value; NaN equals itself, and the order of a document's fields does not count.
pub(crate) fn same(a: &Bson, b: &Bson) -> bool {
    match (a, b) {
        (Bson::Double(a), Bson::Double(b)) => a.to_bits() == b.to_bits(),
        (Bson::Array(a), Bson::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Bson::Document(a), Bson::Document(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// Equal as numbers, whatever their types.
fn same_number(a: &Bson, b: &Bson) -> bool {
    match (number(a), number(b)) {
        (Some(Number::Integer(a)), Some(Number::Integer(b))) => a == b,
        (Some(Number::Double(a)), Some(Number::Double(b))) => a.to_bits() == b.to_bits(),
        (Some(Number::Integer(i)), Some(Number::Double(d)))
        | (Some(Number::Double(d)), Some(Number::Integer(i))) => {
            // Exact: the text of an integral double is its integer.
            d.fract() == 0.0 && format!("{d:.0}") == i.to_string()
        }
        _ => false,
    }
}

enum Number {
    Integer(i64),
    Double(f64),
}

fn number(value: &Bson) -> Option<Number> {
    match value {
        Bson::Int32(value) => Some(Number::Integer((*value).into())),
        Bson::Int64(value) => Some(Number::Integer(*value)),
        Bson::Double(value) => Some(Number::Double(*value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fields(set: Document, unset: &[&str]) -> Difference {
        Difference::Fields { set, unset: unset.iter().map(ToString::to_string).collect() }
    }

    #[test]
    fn unknown_fields_stay_at_every_depth() {
        let stored = doc! { "_id": 1, "name": "a", "note": "mine", "place": { "zip": "1", "note": "mine" } };
        let known = doc! { "_id": 1, "name": "a", "place": { "zip": "1" } };
        let upgraded = doc! { "_id": 1, "title": "a", "place": { "zip": 1 } };
        assert_eq!(
            Difference::between(&stored, &known, &[], &upgraded),
            fields(doc! { "title": "a", "place.zip": 1 }, &["name"])
        );
    }

    #[test]
    fn a_known_name_that_is_not_written_is_removed() {
        let stored = doc! { "sku": Bson::Null };
        assert_eq!(Difference::between(&stored, &doc! {}, &["sku"], &doc! {}), fields(doc! {}, &["sku"]));
        assert_eq!(Difference::between(&stored, &doc! {}, &[], &doc! {}), fields(doc! {}, &[]));
    }

    #[test]
    fn elements_of_arrays_keep_what_nobody_knows() {
        let stored = doc! { "legs": [{ "price": "1", "note": "x" }, { "price": "2" }] };
        let known = doc! { "legs": [{ "price": "1" }, { "price": "2" }] };
        let upgraded = doc! { "legs": [{ "price": 1 }, { "price": 2 }] };
        assert_eq!(
            Difference::between(&stored, &known, &[], &upgraded),
            fields(doc! { "legs": [{ "price": 1, "note": "x" }, { "price": 2 }] }, &[])
        );
    }

    #[test]
    fn names_that_no_path_can_say_are_written_with_their_parent() {
        let stored = doc! { "_id": 1, "map": { "a.b": 1, "note": "x" } };
        let known = doc! { "_id": 1, "map": { "a.b": 1 } };
        let upgraded = doc! { "_id": 1, "map": { "a.b": 2 } };
        assert_eq!(
            Difference::between(&stored, &known, &[], &upgraded),
            fields(doc! { "map": { "a.b": 2, "note": "x" } }, &[])
        );
        let stored = doc! { "_id": 1, "a.b": 1, "note": "x" };
        let known = doc! { "_id": 1, "a.b": 1 };
        assert_eq!(
            Difference::between(&stored, &known, &[], &doc! { "_id": 1, "c": 1 }),
            Difference::Replacement(doc! { "_id": 1, "note": "x", "c": 1 })
        );
    }

    #[test]
    fn numbers_the_step_left_alone_keep_their_stored_type() {
        let (stored, known) = (doc! { "n": 3.0, "m": 3.0 }, doc! { "n": 3, "m": 3 });
        let upgraded = doc! { "n": 3, "m": 3_i64 };
        assert_eq!(Difference::between(&stored, &known, &[], &upgraded), fields(doc! { "m": 3_i64 }, &[]));
    }

    /// Few names, so that documents share them; some of them no path can say.
    fn value() -> impl Strategy<Value = Bson> {
        let scalar = prop_oneof![
            any::<bool>().prop_map(Bson::from),
            (0..3i32).prop_map(Bson::from),
            (0..3i64).prop_map(Bson::from),
            prop_oneof![Just(0.0), Just(1.0), Just(f64::NAN)].prop_map(Bson::from),
            Just(Bson::Null),
        ];
        scalar.prop_recursive(3, 24, 4, |inner| {
            let name = prop_oneof!["[a-d]", Just("a.b".to_owned()), Just("$a".to_owned())];
            prop_oneof![
                proptest::collection::vec((name, inner.clone()), 0..4)
                    .prop_map(|fields| Bson::Document(fields.into_iter().collect())),
                proptest::collection::vec(inner, 0..3).prop_map(Bson::Array),
            ]
        })
    }

    fn document() -> impl Strategy<Value = Document> {
        proptest::collection::vec(("[a-d]|a\\.b", value()), 0..5)
            .prop_map(|fields| fields.into_iter().collect())
    }

    /// What the server does with an update.
    fn apply(stored: &Document, difference: Difference) -> Document {
        let (set, unset) = match difference {
            Difference::Replacement(document) => return document,
            Difference::Fields { set, unset } => (set, unset),
        };
        let mut result = stored.clone();
        for (path, value) in set {
            let (parent, name) = parent(&mut result, &path);
            parent.insert(name, value);
        }
        for path in unset {
            let (parent, name) = parent(&mut result, &path);
            parent.remove(name);
        }
        result
    }

    fn parent<'a>(document: &'a mut Document, path: &'a str) -> (&'a mut Document, &'a str) {
        match path.split_once('.') {
            Some((name, rest)) => parent(document.get_document_mut(name).expect("a parent document"), rest),
            None => (document, path),
        }
    }

    proptest! {
        /// The update does what merging the documents does, and removes nothing that was not known.
        #[test]
        fn an_update_is_a_merge((stored, known, upgraded) in (document(), document(), document())) {
            let merged = merge_document(&stored, Some(&known), &upgraded);
            let updated = apply(&stored, Difference::between(&stored, &known, &[], &upgraded));
            prop_assert!(same(&Bson::Document(updated.clone()), &Bson::Document(merged)));
            for name in stored.keys().filter(|name| !known.contains_key(*name)) {
                prop_assert!(updated.contains_key(name));
            }
            for name in upgraded.keys() {
                prop_assert!(updated.contains_key(name));
            }
        }

        /// Nobody knows more than the stored document and the upgrade is the document itself: nothing to do.
        #[test]
        fn no_change_is_no_update(stored in document()) {
            prop_assert_eq!(Difference::between(&stored, &stored, &[], &stored), fields(doc! {}, &[]));
        }
    }

    #[test]
    fn nan_is_no_difference() {
        let document = doc! { "n": f64::NAN };
        assert_eq!(Difference::between(&document, &document, &[], &document), fields(doc! {}, &[]));
    }
}
