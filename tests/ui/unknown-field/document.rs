use schema_runtime::{Unknown, VersionedDocument, bson::Document};

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(deny_unknown_fields)]
struct Strict {
    #[versioned(unknown)]
    rest: Unknown,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct Two {
    #[versioned(unknown)]
    rest: Unknown,
    #[versioned(unknown)]
    more: Unknown,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct Flattened {
    #[serde(flatten)]
    audit: Document,
    #[serde(rename = "others")]
    #[versioned(unknown)]
    rest: Unknown,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct Valued {
    #[versioned(unknown = true)]
    rest: Unknown,
}

fn main() {}
