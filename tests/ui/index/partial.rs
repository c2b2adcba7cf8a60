use schema_runtime::{VersionedDocument, bson::doc};

#[derive(VersionedDocument)]
#[versioned(version = 1, index(keys(title), partial = r#"{ "title": 1 }"#))]
struct Text {
    title: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, index(keys(title), partial = doc! { "seen": { "$gt": since } }))]
struct NotConstant {
    title: String,
}

fn main() {}
