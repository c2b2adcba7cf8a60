use schema_runtime::{VersionedDocument, bson::Document};

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct User {
    name: String,
    #[versioned(unknown)]
    rest: Document,
}

fn main() {}
