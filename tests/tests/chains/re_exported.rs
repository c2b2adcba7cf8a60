//! What a framework built on this one would do: its users name neither crate.

use schema_runtime::{bson::rawdoc, decode};

mod framework {
    pub(crate) use schema_runtime as schema;
}

#[derive(Debug, PartialEq, framework::schema::VersionedDocument)]
#[versioned(version = 1, crate = framework::schema)]
struct PageV1 {
    hits: i32,
    parts: Vec<PartV1>,
}

#[derive(Debug, PartialEq, framework::schema::VersionedDocument)]
#[versioned(version = 2, previous = PageV1, crate = framework::schema)]
struct PageV2 {
    hits: i64,
    parts: Vec<PartV2>,
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct PartV1 {
    text: String,
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize, framework::schema::Upgrade)]
#[versioned(previous = PartV1, crate = framework::schema)]
struct PartV2 {
    text: String,
}

#[test]
fn the_path_of_generated_code_can_be_overridden() {
    let page: PageV2 = decode(&rawdoc! { "hits": 1, "parts": [{ "text": "a" }] }).unwrap();
    assert_eq!(page.hits, 1);
    assert_eq!(page.parts, [PartV2 { text: "a".into() }]);
}
