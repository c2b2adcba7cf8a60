use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "type")]
enum EventV1 {
    Created { name: String },
    Paused { since: i64 },
    Closed,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = EventV1)]
#[serde(tag = "type")]
enum EventV2 {
    Created { name: String },
    Closed,
}

fn main() {}
