use schema_runtime::{DocumentKinds, VersionedDocument};

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "contents", kind(key = "type", value = "article", or_missing))]
struct Article {
    text: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "contents", kind(key = "type", value = "article"))]
struct SameValue {
    text: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "contents", kind(key = "kind", value = "video"))]
struct OtherKey {
    seconds: i32,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "contents", kind(key = "type", value = "song", or_missing))]
struct BothMissing {
    seconds: i32,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "events", kind(key = "type", value = "event"))]
struct OtherCollection {
    at: i64,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "contents")]
struct NoKind {
    at: i64,
}

#[derive(DocumentKinds)]
enum SameValues {
    Article(Article),
    SameValue(SameValue),
}

#[derive(DocumentKinds)]
enum OtherKeys {
    Article(Article),
    OtherKey(OtherKey),
}

#[derive(DocumentKinds)]
enum BothMissings {
    Article(Article),
    BothMissing(Box<BothMissing>),
}

#[derive(DocumentKinds)]
enum OtherCollections {
    Article(Article),
    OtherCollection(OtherCollection),
}

#[derive(DocumentKinds)]
enum NoKinds {
    Article(Article),
    NoKind(NoKind),
}

fn main() {}
