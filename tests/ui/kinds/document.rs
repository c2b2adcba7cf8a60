use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1, kind(key = "type", value = "article"))]
struct ArticleV1 {
    text: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = ArticleV1, kind(key = "type", value = "post"))]
struct Renamed {
    text: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = ArticleV1)]
struct FieldUnderTheKey {
    text: String,
    #[serde(rename = "type")]
    #[versioned(added)]
    kind: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, kind(key = "schemaVersion", value = "article"))]
struct InTheVersion {
    text: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, kind = "article")]
struct NoKey {
    text: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, kind(key = "a.b", value = 3, or_null))]
struct Malformed {
    text: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, kind(value = "article"))]
struct NoValue {
    text: String,
}

fn main() {}
