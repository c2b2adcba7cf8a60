use schema_runtime::{Unknown, VersionedDocument, bson::Document};

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    name: String,
    #[serde(flatten)]
    audit: Document,
}

// Nothing to carry on.
#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    name: String,
    audit: Document,
    #[versioned(unknown)]
    rest: Unknown,
}

// What version 1 did not know, nobody can tell.
#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct OtherV2 {
    name: String,
    audit: Document,
    #[versioned(unknown, added)]
    rest: Unknown,
}

fn main() {}
