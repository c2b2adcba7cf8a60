//! Chains of one collection, told apart by their kinds, in one lock file.

use schema_runtime::{VersionedDocument, testing::Lock};

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "contents", kind(key = "type", value = "article", or_missing))]
#[allow(dead_code, reason = "the chain is looked at, not used")]
struct Article {
    text: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "contents", kind(key = "type", value = "video"))]
#[allow(dead_code, reason = "the chain is looked at, not used")]
struct Video {
    seconds: i32,
}

/// The same with another value.
#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "contents", kind(key = "type", value = "film"))]
#[allow(dead_code, reason = "the chain is looked at, not used")]
struct Film {
    seconds: i32,
}

#[test]
fn each_kind_has_a_name_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    let both = || Lock::new(&path).document::<Article>().document::<Video>();
    both().add().unwrap();
    both().check().unwrap();
    let file = std::fs::read_to_string(&path).unwrap();
    assert!(file.contains("\"contents$article\"") && file.contains("\"contents$video\""), "{file}");
    // Another value under the key is another document to all that is stored.
    let renamed = Lock::new(&path).document::<Article>().document_as::<Film>("contents$video");
    let findings = renamed.check().unwrap_err().to_string();
    assert!(findings.contains("kind `film` in `type`"), "{findings}");
}
