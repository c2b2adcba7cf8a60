//! What sorts become, to the letter.

use bson::{Document, doc};

use super::{User, UserV1};
use crate::query::sort::{Sorting, translate_sort};

fn computed(sort: Document) -> (Document, Document) {
    match translate_sort::<User>(1, sort) {
        Ok(Sorting::Computed { set, sort }) => (set, sort),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_never_moved_is_sorted_as_ever() {
    for sort in [
        doc! {},
        doc! { "city": 1, "_id": -1, "schemaVersion": 1 },
        // Nothing in an older document, and nothing in any other.
        doc! { "unknown.field": 1 },
        // No field, whatever it is called.
        doc! { "login": { "$meta": "indexKey" } },
    ] {
        assert_eq!(translate_sort::<User>(1, sort.clone()), Ok(Sorting::AsItIs(sort)));
    }
    let sort = doc! { "mail": 1 };
    assert_eq!(translate_sort::<UserV1>(1, sort.clone()), Ok(Sorting::AsItIs(sort)));
}

#[test]
fn what_is_below_a_field_is_sorted_by_below_it() {
    let (set, sort) = computed(doc! { "city": 1, "address.zip": -1, "address.street": 1 });
    assert_eq!(sort, doc! { "city": 1, "__sort_address.zip": -1, "__sort_address.street": 1 });
    let first = doc! { "$or": [
        { "$in": ["$schemaVersion", [1]] },
        { "$eq": [{ "$type": "$schemaVersion" }, "missing"] },
    ] };
    let moved = doc! { "branches": [{ "case": first, "then": "$home" }], "default": "$address" };
    assert_eq!(set, doc! { "__sort_address": { "$switch": moved } });
}

#[test]
fn what_all_documents_have_is_a_value_and_what_is_gone_is_none() {
    let then = |name: &str| {
        let (set, _) = computed(doc! { name: 1 });
        let switch = set.get_document(format!("__sort_{name}")).unwrap().get_document("$switch").unwrap();
        let branches = switch.get_array("branches").unwrap();
        branches
            .iter()
            .map(|branch| branch.as_document().unwrap().get("then").unwrap().clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(then("money"), ["$currency".into(), doc! { "$literal": "EUR" }.into()]);
    assert_eq!(then("fax"), ["$$REMOVE".into()]);
    let there = |then: &str| doc! { "case": { "$ne": [{ "$type": then }, "missing"] }, "then": then };
    let visits = doc! { "branches": [there("$visits")], "default": { "$literal": 0 } };
    assert_eq!(then("visits"), [doc! { "$switch": visits }.into()]);
}
