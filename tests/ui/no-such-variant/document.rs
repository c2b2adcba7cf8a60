use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct EventV1 {
    name: String,
}

// No variant of a struct.
#[derive(VersionedDocument)]
#[versioned(version = 2, previous = EventV1)]
#[serde(tag = "type")]
enum EventV2 {
    #[versioned(added)]
    Created { name: String },
}

fn main() {}
