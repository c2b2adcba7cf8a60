use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "type")]
enum EventV1 {
    Created { name: String, by: String },
    Paused { since: i64 },
    Moved(Place),
    Closed,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Place {
    street: String,
}

// `Paused` and `Moved` become nothing.
#[derive(VersionedDocument)]
#[versioned(version = 2, previous = EventV1)]
#[serde(tag = "type")]
enum Variants {
    #[versioned(removed(by))]
    Created { name: String },
    Closed,
}

// Nothing is made of `by`, of the place in `Moved`, and of `since`.
#[derive(VersionedDocument)]
#[versioned(version = 2, previous = EventV1, removed(Paused => Closed))]
#[serde(tag = "type")]
enum Fields {
    Created { name: String },
    Moved,
    Closed,
}

// A pattern is for the compiler to judge.
#[derive(VersionedDocument)]
#[versioned(version = 2, previous = EventV1, removed(Moved(_) => Closed, Paused { since: 0 } => Closed))]
#[serde(tag = "type")]
enum Written {
    #[versioned(removed(by))]
    Created { name: String },
    Closed,
}

fn main() {}
