//! What two releases have stored.

use mongodb::bson::{Document, doc};

use crate::histories::Repair;

pub(super) fn documents() -> Vec<(&'static str, Vec<Document>)> {
    let videos = vec![
        doc! { "_id": "v1", "title": "Ownership", "tag": "rust", "channel": "Ada's Channel", "visibility": "public" },
        // Typed into a form that checked nothing.
        doc! { "_id": "v2", "title": "Lifetimes", "channel": "Ada's Channel", "visibility": " Unlisted" },
        doc! {
            "_id": "v3", "schemaVersion": 2, "title": "Bread", "tags": ["baking", "slow"], "channel": "Bread & Salt",
            "visibility": "private", "views": 17_i64, "language": "de", "subtitles": ["de"],
        },
        doc! { "_id": "v4", "title": "Rye", "tag": "baking", "channel": "Bread & Salt", "visibility": "members" },
    ];
    vec![("videos", videos)]
}

pub(super) fn repairs() -> Vec<Repair> {
    vec![Repair { collection: "videos", id: "v4", update: doc! { "$set": { "visibility": "unlisted" } } }]
}
