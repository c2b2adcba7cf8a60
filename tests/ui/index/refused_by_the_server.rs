use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(
    version = 1,
    index(keys(id), unique),
    index(keys(title, seen), expire_after = 60),
    index(keys(hashed(title)), unique),
    index(keys(hashed(title), hashed(seen))),
    index(keys(title), sparse, partial = schema_runtime::bson::doc! { "seen": 1 }),
    index(keys("$**"), unique),
    index(keys("tags.$**"), expire_after = 60, sparse),
    index(keys(-"$**")),
    index(keys(text(title), seen, text(tags))),
    index(keys(text(tags)), collation = "en"),
    index(keys(seen), default_language = "german"),
)]
struct Article {
    #[serde(rename = "_id")]
    id: i32,
    title: String,
    seen: i64,
    tags: Vec<String>,
}

fn main() {}
