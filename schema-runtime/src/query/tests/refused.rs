//! What cannot be said, and what is said of that.

use bson::{Document, Regex, doc, raw::cstr};
use schema_core::VersionedDocument;

use super::{User, UserV1};
use crate::query::{
    sort::{Sorting, translate_sort},
    translate,
};

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct ItemV1 {
    price: i32,
    #[serde(default = "now")]
    since: i64,
    size: i32,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = ItemV1)]
struct Item {
    #[versioned(with = |cents| f64::from(cents) / 100.0)]
    price: f64,
    since: i64,
    size: i64,
    #[versioned(added = now())]
    seen: i64,
    #[versioned(added)]
    count: i32,
}

fn now() -> i64 {
    1
}

fn refused<T: schema_core::DecodeOwned>(filter: Document) -> String {
    translate::<T>(filter).map_or_else(|error| error.to_string(), |filter| format!("{filter}"))
}

#[test]
fn a_field_that_becomes_another() {
    let end = "; backfill them first, or read them all and do it in the service";
    for (name, because) in [
        ("price", "`price` of version 2 is made by the function `|cents| f64::from(cents) / 100.0`"),
        ("size", "`size` of version 2 becomes a `i64`, and its value was a `i32`"),
        (
            "since",
            "`since` of version 1 may be missing, and what it is read as is not certain to be the same for every document",
        ),
        (
            "seen",
            "`seen` of version 2 is added as `now()`, which is not certain to be the same for every document; a literal or the \
             name of a constant would be",
        ),
    ] {
        assert_eq!(
            refused::<Item>(doc! { "$or": [{ "_id": 1 }, { name: 1 }] }),
            format!("`{name}` cannot be asked of documents of version 1, because {because}{end}")
        );
        assert_eq!(
            translate_sort::<Item>(1, doc! { name: 1 }),
            translate::<Item>(doc! { name: 1 }).map(Sorting::AsItIs)
        );
    }
    // The others do not stand in the way of this one.
    assert_eq!(
        translate::<Item>(doc! { "count": 0, "_id": 7 }),
        Ok(doc! { "$or": [
            { "schemaVersion": { "$exists": true, "$ne": 1 }, "count": 0, "_id": 7 },
            { "schemaVersion": { "$in": [1, null], "$not": { "$type": "null" } }, "_id": 7 },
        ] })
    );
}

#[test]
fn an_operator_that_is_not_about_one_field() {
    for (operator, filter) in [
        ("$expr", doc! { "city": "Lyon", "$expr": true }),
        ("$where", doc! { "$and": [{ "$where": "true" }] }),
        ("$near", doc! { "city": { "$not": { "$near": [1, 2] } } }),
    ] {
        assert_eq!(
            refused::<User>(filter),
            format!(
                "`{operator}` cannot be asked of documents of version 2: which fields it looks at, and under which names, is not \
                 known; backfill them first, or ask with other operators"
            )
        );
    }
    assert_eq!(refused::<User>(doc! { "$or": { "city": "Lyon" } }), "`$or` takes a list of filters");
    assert!(translate::<UserV1>(doc! { "$where": "true" }).is_ok());
}

#[test]
fn a_condition_that_only_the_server_decides() {
    let text = Regex { pattern: cstr!("^E").into(), options: cstr!("").into() };
    assert_eq!(
        refused::<User>(doc! { "money": text }),
        "`money` is `\"EUR\"` in documents of version 1, and whether /^E/ is true of that is for the server to say; backfill them \
         first, or ask with other operators"
    );
}
