use schema_runtime::{Unknown, VersionedDocument, bson::Document};

#[derive(VersionedDocument)]
#[versioned(version = 1, index(keys(titel, -createdAt, address.city)), index(keys(colour)))]
#[serde(rename_all = "camelCase")]
struct NoSuchField {
    title: String,
    created_at: i64,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, index(keys(rest)), index(keys(cache)))]
struct NotStored {
    #[serde(flatten)]
    rest: Document,
    #[serde(skip)]
    cache: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, index(keys(rest.city)))]
struct NotKnown {
    #[versioned(unknown)]
    rest: Unknown,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, index(keys(at)))]
#[serde(tag = "type")]
enum OfVariants {
    Opened { at: i64 },
    Closed { at: i64 },
}

#[derive(VersionedDocument)]
#[versioned(version = 1, index(keys(name)))]
struct NoPath {
    #[serde(rename = "first.name")]
    name: String,
}

fn main() {}
