use schema_runtime::{DocumentKinds, VersionedDocument};

#[derive(VersionedDocument)]
#[versioned(version = 1, kind(key = "type", value = "article"))]
struct Article {
    text: String,
}

#[derive(DocumentKinds)]
enum Shapes {
    Empty,
    Two(Article, Article),
    Named { article: Article },
}

#[derive(DocumentKinds)]
struct NotAnEnum(Article);

#[derive(DocumentKinds)]
enum Parameters<T> {
    Article(T),
}

#[derive(DocumentKinds)]
#[versioned(version = 1)]
enum UnknownKey {
    Article(Article),
}

fn main() {}
