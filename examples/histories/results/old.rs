//! What the evaluators have stored.

use mongodb::bson::{Document, doc};

use crate::histories::Repair;

pub(super) fn documents() -> Vec<(&'static str, Vec<Document>)> {
    let runs = vec![
        doc! { "_id": "r1", "model": "small", "prompt_id": "invoice", "resp": "{\"total\": 12.5}" },
        doc! { "_id": "r2", "model": "large", "prompt_id": "invoice", "resp": "{\"total\": 125}", "score": 0.25 },
        // A notebook has written the new key before anybody else.
        doc! { "_id": "r3", "model": "large", "promptId": "letter", "resp": null },
    ];
    let extractors = vec![
        doc! {
            "_id": "invoice",
            "schema": [
                { "name": "total", "type": "number", "required": true },
                { "name": "paid", "type": "flag", "required": false },
            ],
            "owner": "ada",
        },
        doc! { "_id": "nothing", "schema": [] },
        // Somebody has written this one by hand.
        doc! {
            "_id": "letter",
            "schema": { "type": "object", "properties": { "from": { "type": "string" } }, "required": ["from"] },
        },
        doc! { "_id": "diary", "schema": [{ "name": "day", "type": "date", "required": true }] },
    ];
    vec![("runs", runs), ("extractors", extractors)]
}

pub(super) fn repairs() -> Vec<Repair> {
    vec![Repair {
        collection: "extractors",
        id: "diary",
        update: doc! { "$set": { "schema.0.type": "text" } },
    }]
}
