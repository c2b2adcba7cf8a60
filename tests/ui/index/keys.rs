use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(
    version = 1,
    index,
    index(),
    index(unique),
    index(title),
    index(keys),
    index(keys()),
    index(keys = title),
    index("title"),
    index(keys(title), uniqe, expires = 3, keys(title), unique, unique),
)]
struct NoKeys {
    title: String,
}

#[derive(VersionedDocument)]
#[versioned(
    version = 1,
    index(keys(1)),
    index(keys(title = 1)),
    index(keys(title.0)),
    index(keys(-text(title), txt(title), stemmed(title))),
    index(keys(hashed(title, weight = 2))),
    index(keys(text(title, weight = 0), hashed(text))),
    index(keys("", "a..b", "$where", "a.$**.b")),
    index(keys(text(text, boost = 2))),
    index(keys(text(title, text))),
)]
struct Malformed {
    title: String,
    text: String,
}

fn main() {}
