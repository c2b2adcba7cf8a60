//! What was stored before this release.

use mongodb::bson::{Document, doc};

use crate::histories::Repair;

pub(super) fn documents() -> Vec<(&'static str, Vec<Document>)> {
    let products = vec![
        doc! { "_id": "kettle", "name": "Kettle", "category": "kitchen/kettles", "price": "24.90" },
        // The release before wrote version 2 already. A report of the shop's owner added a field that no release knows.
        doc! {
            "_id": "lamp", "schemaVersion": 2, "title": "Lamp", "tags": ["living room"], "price": "80.00",
            "ownersNote": "sells well",
        },
        // Typed by somebody with another keyboard.
        doc! { "_id": "chair", "name": "Chair", "category": "kitchen", "price": " 49,50 " },
        doc! { "_id": "clock", "name": "Clock", "category": "antiques", "price": "ask in the shop" },
    ];
    let contacts = vec![
        doc! { "_id": "ada", "name": "Ada Lovelace", "address": "12 St James's Square, London, SW1Y 4JH" },
        doc! { "_id": "alan", "name": "Alan Turing", "address": "43 Adlington Road, Wilmslow" },
        doc! { "_id": "grace", "name": "Grace Hopper" },
    ];
    let users = vec![
        doc! { "_id": "ada", "status": "active" },
        doc! { "_id": "bob", "status": "INACTIVE" },
        doc! { "_id": "eve", "status": "banned" },
        doc! { "_id": "root", "status": "superuser" },
    ];
    vec![("products", products), ("contacts", contacts), ("users", users)]
}

pub(super) fn repairs() -> Vec<Repair> {
    vec![
        Repair { collection: "products", id: "clock", update: doc! { "$set": { "price": "350.00" } } },
        Repair { collection: "users", id: "root", update: doc! { "$set": { "status": "active" } } },
    ]
}
