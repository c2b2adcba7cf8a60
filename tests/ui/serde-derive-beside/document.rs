use schema_runtime::VersionedDocument;

#[derive(serde::Serialize, VersionedDocument)]
#[versioned(version = 1)]
struct Writes {
    name: String,
}

#[derive(VersionedDocument, serde::Deserialize)]
#[versioned(version = 1)]
struct Reads {
    name: String,
}

fn main() {}
