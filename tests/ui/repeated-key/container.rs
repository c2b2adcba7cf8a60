use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "users")]
#[versioned(version = 2)]
struct User {
    name: String,
}

fn main() {}
