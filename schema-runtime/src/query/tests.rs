//! What filters become, to the letter.

mod absence;
mod projected;
mod refused;
mod sorted;

use bson::{Document, doc};
use schema_core::VersionedDocument;

use super::{Untranslatable, stored_path, translate};

#[derive(VersionedDocument)]
#[versioned(version = 1)]
pub(super) struct UserV1 {
    mail: String,
    city: String,
    nick: Option<String>,
    #[serde(default)]
    visits: i32,
    fax: Option<String>,
    home: Place,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1, removed(fax))]
pub(super) struct UserV2 {
    #[versioned(from = mail)]
    email: String,
    city: String,
    nick: Option<String>,
    visits: i32,
    #[versioned(from = home)]
    address: Place,
    #[versioned(added = "EUR".to_owned())]
    currency: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 3, previous = UserV2)]
pub(super) struct User {
    #[versioned(from = email)]
    #[serde(alias = "user")]
    login: String,
    city: String,
    #[versioned(from = nick)]
    #[serde(skip_serializing_if = "Option::is_none")]
    nick_name: Option<String>,
    visits: i32,
    address: Place,
    #[versioned(from = currency)]
    money: String,
    #[versioned(added)]
    tags: Vec<Place>,
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct Place {
    zip: String,
}

pub(super) fn translated(filter: Document) -> Document {
    translate::<User>(filter).unwrap_or_else(|error| panic!("{error}"))
}

fn first() -> bson::Bson {
    doc! { "$in": [1, null], "$not": { "$type": "null" } }.into()
}

/// Neither version 1, 2 nor without a version.
fn neither() -> bson::Bson {
    doc! { "$exists": true, "$nin": [1, 2] }.into()
}

#[test]
fn what_never_changed_is_asked_as_ever() {
    for filter in [
        doc! {},
        doc! { "city": "Lyon" },
        doc! { "_id": { "$gt": 7 }, "city": { "$regex": "^L", "$options": "i" } },
        doc! { "$or": [{ "city": "Lyon" }, { "$nor": [{ "city": { "$in": ["Rome", null] } }] }] },
        doc! { "$and": [{ "city": { "$ne": "Rome" } }, { "_id": 1 }], "unknown.field": { "$size": 2 } },
        doc! { "city": "Lyon", "$comment": "of the front page" },
        // What is stored is meant.
        doc! { "schemaVersion": { "$lt": 3 } },
    ] {
        assert_eq!(translated(filter.clone()), filter);
    }
}

#[test]
fn a_renamed_field_is_asked_under_each_of_its_names() {
    assert_eq!(
        translated(doc! { "login": { "$gte": "a", "$lt": "b" }, "city": "Lyon", "$comment": "c" }),
        doc! {
            "$or": [
                { "schemaVersion": neither(), "login": { "$gte": "a", "$lt": "b" }, "city": "Lyon" },
                { "schemaVersion": 2, "email": { "$gte": "a", "$lt": "b" }, "city": "Lyon" },
                { "schemaVersion": first(), "mail": { "$gte": "a", "$lt": "b" }, "city": "Lyon" },
            ],
            "$comment": "c",
        }
    );
}

#[test]
fn a_path_keeps_what_is_below_its_head() {
    assert_eq!(
        translated(doc! { "address.zip": "1" }),
        doc! { "$or": [
            { "schemaVersion": { "$exists": true, "$ne": 1 }, "address.zip": "1" },
            { "schemaVersion": first(), "home.zip": "1" },
        ] }
    );
}

#[test]
fn an_operator_on_one_field_goes_where_the_field_is() {
    let within = doc! { "$geoWithin": { "$box": [[0, 0], [2, 2]] } };
    assert_eq!(
        translated(doc! { "address": within.clone() }),
        doc! { "$or": [
            { "schemaVersion": { "$exists": true, "$ne": 1 }, "address": within.clone() },
            { "schemaVersion": first(), "home": within },
        ] }
    );
}

#[test]
fn what_all_documents_have_is_decided() {
    let now = |filter: Document| {
        let mut all = doc! { "schemaVersion": neither() };
        all.extend(filter);
        all
    };
    let filter = doc! { "tags.zip": "1" };
    assert_eq!(translated(filter.clone()), now(filter));
    assert_eq!(
        translated(doc! { "money": "EUR", "login": "a" }),
        doc! { "$or": [
            { "schemaVersion": neither(), "money": "EUR", "login": "a" },
            { "schemaVersion": 2, "currency": "EUR", "email": "a" },
            { "schemaVersion": first(), "mail": "a" },
        ] }
    );
    assert_eq!(
        translated(doc! { "money": { "$nin": ["EUR", "USD"] } }),
        doc! { "$or": [
            { "schemaVersion": neither(), "money": { "$nin": ["EUR", "USD"] } },
            { "schemaVersion": 2, "currency": { "$nin": ["EUR", "USD"] } },
        ] }
    );
}

#[test]
fn names_that_are_gone_are_missing() {
    let filter = doc! { "fax": "1" };
    assert_eq!(translated(filter), doc! { "schemaVersion": { "$exists": true, "$ne": 1 }, "fax": "1" });
    // Nothing else is known of `mail` in version 2: it stays there.
    assert_eq!(
        translated(doc! { "mail": null }),
        doc! { "$or": [{ "schemaVersion": { "$exists": true, "$ne": 1 }, "mail": null }, { "schemaVersion": first() }] }
    );
}

#[test]
fn negations_stay_within_each_version() {
    let not_a = |name: &str| doc! { "$nor": [{ name: "a" }, { "city": "Lyon" }] };
    let branch = |version: bson::Bson, name: &str| {
        let mut branch = doc! { "schemaVersion": version };
        branch.extend(not_a(name));
        branch
    };
    assert_eq!(
        translated(not_a("login")),
        doc! { "$or": [branch(neither(), "login"), branch(2.into(), "email"), branch(first(), "mail")] }
    );
}

#[test]
fn a_condition_on_the_version_stands_beside_ours() {
    assert_eq!(
        translated(doc! { "schemaVersion": { "$lt": 3 }, "address.zip": "1" }),
        doc! { "$or": [
            {
                "schemaVersion": { "$exists": true, "$ne": 1 },
                "$and": [{ "schemaVersion": { "$lt": 3 }, "address.zip": "1" }],
            },
            { "schemaVersion": first(), "$and": [{ "schemaVersion": { "$lt": 3 }, "home.zip": "1" }] },
        ] }
    );
}

#[test]
fn a_chain_of_one_version_says_what_it_was_told() {
    let filter = doc! { "$expr": { "$gt": ["$mail", "$city"] } };
    let same: Result<_, Untranslatable> = translate::<UserV1>(filter.clone());
    assert_eq!(same, Ok(filter));
}

#[test]
fn a_path_is_where_each_version_has_it() {
    let path = |version, path| stored_path::<User>(version, path).unwrap();
    let some = |path: &str| Some(path.to_owned());
    assert_eq!([3, 2, 1].map(|version| path(version, "login")), ["login", "email", "mail"].map(some));
    assert_eq!([2, 1].map(|version| path(version, "address.zip")), ["address.zip", "home.zip"].map(some));
    assert_eq!([2, 1].map(|version| path(version, "_id.n")), ["_id.n", "_id.n"].map(some));
    // The same for all, gone, of no version.
    assert_eq!(
        [path(1, "money"), path(1, "tags.zip"), path(1, "fax"), path(9, "city")],
        [None, None, None, None]
    );
    assert_eq!(path(2, "money"), some("currency"));
}
