use schema_runtime::{DocumentKinds, VersionedDocument};

#[derive(VersionedDocument)]
#[versioned(version = 1, kind(key = "type", value = "article"))]
struct Article {
    text: String,
}

struct Plain {
    text: String,
}

#[derive(DocumentKinds)]
enum Content {
    Article(Article),
    Plain(Plain),
}

fn main() {}
