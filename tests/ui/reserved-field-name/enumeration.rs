use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "schemaVersion")]
enum ByTag {
    Closed,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, version_field = "v")]
#[serde(tag = "type", content = "v")]
enum ByContent {
    Closed,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
enum ByField {
    Closed,
    Moved {
        schema_version: i32,
    },
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct Inner {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "type")]
enum ByAnotherDocument {
    Moved(Inner),
}

/// What is apart from the stamp may have any name.
#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "type", content = "data", rename_all_fields = "camelCase")]
enum Apart {
    Moved { schema_version: i32 },
    Inner(Inner),
}

fn main() {}
