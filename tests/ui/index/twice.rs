use schema_runtime::{Upgrade, VersionedDocument};

#[derive(VersionedDocument)]
#[versioned(
    version = 1,
    index(keys(title)),
    index(keys(title), unique),
    index(keys(title), name = "by_title"),
    index(keys(body), name = "title_1"),
    index(keys(text(title))),
    index(keys(text(body))),
    index(keys(body, "title", -body, text(title))),
)]
struct Article {
    title: String,
    body: String,
}

struct TagV1 {
    name: String,
}

#[derive(Upgrade)]
#[versioned(previous = TagV1, index(keys(name)))]
struct Embedded {
    name: String,
}

fn main() {}
