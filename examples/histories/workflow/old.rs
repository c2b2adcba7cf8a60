//! What several services have stored.

use mongodb::bson::{Document, doc};

use crate::histories::Repair;

pub(super) fn documents() -> Vec<(&'static str, Vec<Document>)> {
    let users = vec![
        doc! { "_id": "ada", "email": "ada@example.org", "legacyToken": "5f2e", "fax": null },
        doc! { "_id": "bob", "email": "bob@example.org", "preferences": { "theme": "dark" } },
    ];
    let shops = vec![
        doc! { "_id": "s1", "name": "Harbour", "owner": "ada", "openedAt": "2019-04-01" },
        doc! { "_id": "s2", "name": "Station", "owner": "bob", "openedAt": null },
        doc! { "_id": "s3", "name": "Market", "owner": "ada" },
        doc! { "_id": "s4", "name": "Bridge", "owner": "ada", "openedAt": "next spring" },
    ];
    vec![("users", users), ("shops", shops)]
}

/// The shop is called a store by the time that somebody hears of it.
pub(super) fn repairs() -> Vec<Repair> {
    vec![Repair { collection: "stores", id: "s4", update: doc! { "$set": { "openedAt": "2026-05-01" } } }]
}
