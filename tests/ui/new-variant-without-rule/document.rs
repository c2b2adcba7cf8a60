use schema_runtime::VersionedDocument;

#[derive(serde::Serialize, serde::Deserialize)]
struct Place {
    street: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "type")]
enum EventV1 {
    Created { name: String },
    Moved(Place),
    Closed,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = EventV1)]
#[serde(tag = "type")]
enum EventV2 {
    Created {
        name: String,
        by: String,
    },
    Moved {
        to: String,
    },
    Closed,
    Archived,
}

fn main() {}
