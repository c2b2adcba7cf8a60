//! What holds for any three documents: an update loses nothing that is unknown, mixes nothing up and does what the
//! merge says.

use std::collections::BTreeMap;

use bson::{Bson, Document, doc};
use proptest::{collection::vec, prelude::*, sample::subsequence};

use super::{
    Update, same,
    tests::{Told, with},
};

/// Few names, so that documents share them; some of them look like paths and operators.
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
            vec((name, inner.clone()), 0..4).prop_map(|fields| Bson::Document(fields.into_iter().collect())),
            vec(inner, 0..3).prop_map(Bson::Array),
        ]
    })
}

fn document() -> impl Strategy<Value = Document> {
    vec(("[a-d]|a\\.b", value()), 0..5).prop_map(|fields| fields.into_iter().collect())
}

/// A document without some of its fields, at every depth: as a type that does not know them reads and writes it.
fn partly_known() -> impl Strategy<Value = (Document, Document)> {
    (document(), any::<u64>()).prop_map(|(stored, mut choice)| {
        let known = without_some(&stored, &mut choice);
        (stored, known)
    })
}

fn without_some(document: &Document, choice: &mut u64) -> Document {
    let keep = |(name, value): (&String, &Bson)| {
        *choice = choice.rotate_right(1);
        (*choice & 3 != 0).then(|| (name.clone(), without_some_inside(value, choice)))
    };
    document.iter().filter_map(keep).collect()
}

fn without_some_inside(value: &Bson, choice: &mut u64) -> Bson {
    match value {
        Bson::Document(document) => without_some(document, choice).into(),
        Bson::Array(elements) => {
            elements.iter().map(|element| without_some_inside(element, choice)).collect::<Vec<_>>().into()
        }
        other => other.clone(),
    }
}

/// Every unknown field with its value, by its name and how often it is there: a list may have changed its order.
fn unknown(stored: &Document, known: Option<&Document>, found: &mut BTreeMap<String, u32>) {
    for (name, value) in stored {
        match known.and_then(|known| known.get(name)) {
            None => *found.entry(format!("{name}: {value:?}")).or_default() += 1,
            Some(known) => unknown_inside(value, known, found),
        }
    }
}

fn unknown_inside(stored: &Bson, known: &Bson, found: &mut BTreeMap<String, u32>) {
    match (stored, known) {
        (Bson::Document(stored), Bson::Document(known)) => unknown(stored, Some(known), found),
        (Bson::Array(stored), Bson::Array(known)) => {
            stored.iter().zip(known).for_each(|(stored, known)| unknown_inside(stored, known, found));
        }
        _ => {}
    }
}

/// Every field at every depth, likewise.
fn everything(document: &Document, found: &mut BTreeMap<String, u32>) {
    fn inside(value: &Bson, found: &mut BTreeMap<String, u32>) {
        match value {
            Bson::Document(document) => everything(document, found),
            Bson::Array(elements) => elements.iter().for_each(|element| inside(element, found)),
            _ => {}
        }
    }
    for (name, value) in document {
        *found.entry(format!("{name}: {value:?}")).or_default() += 1;
        inside(value, found);
    }
}

/// What the server does with an update.
fn apply(stored: &Document, update: Update) -> Document {
    let mut result = stored.clone();
    result.extend(Document::try_from(&update.set).expect("a document"));
    result.into_iter().filter(|(name, _)| !update.unset.contains(name)).collect()
}

/// A list of elements as `(known fields, note that nobody knows)`, and what a step of somebody's made of the known
/// fields: some elements dropped, the rest in another order, each with a new field, and new elements between them.
#[derive(Debug, Clone)]
struct Reordered {
    elements: Vec<(Document, Option<usize>)>,
    after: Vec<Document>,
}

fn reordered() -> impl Strategy<Value = Reordered> {
    let element = (proptest::option::of(0..6i32), "[ab]").prop_map(|(id, label)| {
        let mut element = doc! { "label": label };
        element.extend(id.map(|id| ("id".to_owned(), Bson::from(id))));
        element
    });
    let elements = (vec((element.clone(), any::<bool>()), 1..5), any::<bool>());
    elements.prop_flat_map(move |(elements, with_ids)| {
        let elements: Vec<_> = elements
            .into_iter()
            .enumerate()
            .map(|(index, (mut element, noted))| {
                if with_ids {
                    element.insert("id", i32::try_from(index).expect("few"));
                }
                (element, noted.then_some(index))
            })
            .collect();
        let all: Vec<_> = elements.iter().map(|(element, _)| element.clone()).collect();
        let count = all.len();
        (subsequence(all, 0..=count).prop_shuffle(), vec(element.clone(), 0..2), any::<bool>()).prop_map(
            move |(mut after, added, rank)| {
                // An id names one element: a step gives none that it has taken away to another.
                after.extend(added.into_iter().zip(100..).map(|(mut element, id)| {
                    if element.contains_key("id") {
                        element.insert("id", id);
                    }
                    element
                }));
                for (index, element) in after.iter_mut().enumerate().filter(|_| rank) {
                    element.insert("rank", i32::try_from(index).expect("few"));
                }
                Reordered { elements: elements.clone(), after }
            },
        )
    })
}

proptest! {
    /// Nothing that is unknown is gone from the document, and all that the upgrade says is in it.
    #[test]
    fn nothing_unknown_is_lost(
        (stored, known) in partly_known(), upgraded in document(), carries_elements in any::<bool>(),
    ) {
        let told = Told { carries_elements, ..Told::default() };
        if let Ok(update) = with(&told, &stored, &known, &upgraded) {
            let updated = apply(&stored, update);
            let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
            unknown(&stored, Some(&known), &mut before);
            everything(&updated, &mut after);
            for (field, count) in before {
                let left = after.get(&field).copied().unwrap_or_default();
                prop_assert!(left >= count, "{field} is gone from {updated}");
            }
            for name in upgraded.keys() {
                prop_assert!(updated.contains_key(name));
            }
        }
    }

    /// What is unknown at the top stays even where the upgrade does not mention it, and is never reported then.
    #[test]
    fn what_the_upgrade_does_not_mention_stays(stored in document(), other in document()) {
        let upgraded: Document = other.into_iter().filter(|(name, _)| !stored.contains_key(name)).collect();
        let updated = apply(&stored, with(&Told::default(), &stored, &doc! {}, &upgraded)?);
        let mut expected = stored.clone();
        expected.extend(upgraded);
        prop_assert!(same(&updated.into(), &expected.into()));
    }

    /// A type that knows everything decides everything.
    #[test]
    fn what_is_known_becomes_what_the_step_made_of_it(stored in document(), upgraded in document()) {
        let updated = apply(&stored, with(&Told::default(), &stored, &stored, &upgraded)?);
        prop_assert!(same(&updated.into(), &upgraded.into()));
    }

    /// Nobody knows more than the stored document and the upgrade is the document itself: nothing to do.
    #[test]
    fn no_change_is_no_update((stored, known) in partly_known()) {
        let nothing = Update::default();
        prop_assert_eq!(with(&Told::default(), &stored, &stored, &stored), Ok(nothing.clone()));
        let told = Told { carries_elements: true, ..Told::default() };
        prop_assert_eq!(with(&told, &stored, &known, &known), Ok(nothing));
    }

    /// No unknown field of an element is lost, doubled or attached to another element: the one that has it afterwards
    /// has all that the one before knew.
    #[test]
    fn elements_keep_their_own_unknown_fields(Reordered { elements, after } in reordered()) {
        let stored: Vec<Document> = elements
            .iter()
            .map(|(known, note)| {
                let mut element = known.clone();
                element.extend(note.map(|note| ("note".to_owned(), Bson::from(i64::try_from(note).expect("few")))));
                element
            })
            .collect();
        let known: Vec<Document> = elements.iter().map(|(known, _)| known.clone()).collect();
        let (stored, known) = (doc! { "list": stored }, doc! { "list": known });
        let upgraded = doc! { "list": after };
        if let Ok(update) = with(&Told::default(), &stored, &known, &upgraded) {
            let updated = apply(&stored, update);
            let list = updated.get_array("list").expect("the list");
            for (known, note) in &elements {
                let Some(note) = note else { continue };
                let note = Bson::from(i64::try_from(*note).expect("few"));
                let holders: Vec<&Document> = list
                    .iter()
                    .filter_map(Bson::as_document)
                    .filter(|element| element.get("note") == Some(&note))
                    .collect();
                prop_assert_eq!(holders.len(), 1);
                for (name, value) in known {
                    prop_assert_eq!(holders[0].get(name), Some(value));
                }
            }
            let notes = |list: &[Bson]| {
                list.iter().filter(|element| element.as_document().is_some_and(|e| e.contains_key("note"))).count()
            };
            prop_assert_eq!(notes(list), notes(stored.get_array("list").expect("the list")));
        }
    }
}
