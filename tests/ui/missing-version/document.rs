use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
struct NoAttribute {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(collection = "users")]
struct NoVersion {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(previous = NoVersion)]
struct OnlyPrevious {
    name: String,
}

fn main() {}
