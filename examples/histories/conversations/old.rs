//! What three releases have stored.

use mongodb::bson::{Document, doc};

use crate::histories::Repair;

pub(super) fn documents() -> Vec<(&'static str, Vec<Document>)> {
    let conversations = vec![
        doc! {
            "_id": "c1", "user": "ada",
            "messages": ["user: What is an engine?", "assistant: A machine: it weaves patterns."],
        },
        doc! {
            "_id": "c2", "schema_version": 1.0, "user": "ada",
            "messages": [{ "role": "bot", "text": "Hello" }, { "role": "user", "text": "Hello, you" }],
            "client": "web",
        },
        doc! {
            "_id": "c3", "schema_version": 2, "user": "bob",
            "messages": [{ "role": "system", "text": "Be brief." }], "title": "", "archived": true,
        },
        doc! { "_id": "c4", "user": "bob", "messages": ["user: Are you there?", "(line lost)"] },
    ];
    let contexts = vec![
        doc! { "_id": "ada", "facts": { "name": "Ada", "field": "mathematics" } },
        doc! { "_id": "bob", "facts": {} },
        doc! { "_id": "eve", "facts": { "name": "Eve", "age": 33 } },
    ];
    vec![("conversations", conversations), ("user_contexts", contexts)]
}

pub(super) fn repairs() -> Vec<Repair> {
    vec![
        Repair {
            collection: "conversations",
            id: "c4",
            update: doc! { "$set": { "messages.1": "system: (line lost)" } },
        },
        Repair { collection: "user_contexts", id: "eve", update: doc! { "$set": { "facts.age": "33" } } },
    ]
}
