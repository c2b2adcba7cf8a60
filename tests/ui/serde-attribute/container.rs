use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(from = "String", into = "String")]
struct Converted {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(transparent)]
struct Transparent {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(remote = "Elsewhere")]
struct Remote {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "kind")]
struct Tagged {
    name: String,
}

fn main() {}
