//! Through a real server: content that no type knows survives a lazy read with a write by the application, and a backfill,
//! byte for byte.
//!
//! The project's own set is always run. `BSON_CORPUS=<folder>` adds the valid documents of the BSON corpus, the folder
//! `source/bson-corpus/tests` of the repository mongodb/specifications:
//!
//! ```sh
//! BSON_CORPUS=specifications/source/bson-corpus/tests cargo test -p schema-tests --test fidelity corpus -- --nocapture
//! ```

use std::{
    env, fs,
    io::{Write, stderr},
    path::Path,
};

use mongodb::{
    Collection,
    bson::{RawArray, RawArrayBuf, RawBsonRef, RawDocument, RawDocumentBuf, doc},
};
use schema_runtime::{DecodeOwned, VersionedCollection};
use schema_tests::samples::{Sample, int32, samples, string};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    bson_types::{BegunV2, KeptV2},
    support::{TestDatabase, database},
};

/// What a backfill reports and leaves as it is, because readers disagree about which of two fields with one name counts.
const STORED_TWICE: &[&str] =
    &["a name twice", "document with a name twice", "document with a name twice, nested"];

/// A regular expression that only lies in a document byte for byte.
const OUT_OF_ORDER: &str = "Regular Expression type: flags not alphabetized, degenerate";

/// One file of the corpus.
#[derive(Deserialize)]
struct File {
    description: String,
    #[serde(default)]
    valid: Vec<Valid>,
}

#[derive(Deserialize)]
struct Valid {
    description: String,
    canonical_bson: String,
    /// The same document in bytes that a driver would not write.
    degenerate_bson: Option<String>,
}

fn corpus(folder: &Path) -> Vec<Sample> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let files = paths.iter().map(|path| serde_json::from_slice::<File>(&fs::read(path).unwrap()).unwrap());
    let samples = files.flat_map(|file| {
        let valid = file.valid.into_iter();
        valid.flat_map(move |valid| {
            let name = format!("{}: {}", file.description, valid.description);
            let degenerate = valid.degenerate_bson.map(|hex| sample(format!("{name}, degenerate"), &hex));
            [sample(name, &valid.canonical_bson)].into_iter().chain(degenerate)
        })
    });
    samples.collect()
}

/// The elements of a document that is written in hexadecimal digits.
fn sample(name: String, hex: &str) -> Sample {
    let pairs = hex.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap());
    let bytes: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    let sample = Sample { name, elements: bytes[4..bytes.len() - 1].to_vec() };
    // A field that the types know is nobody's unknown one; and see `options_of_a_regular_expression_are_written_in_order`.
    let known = sample.names().iter().any(|name| name == "_id");
    if known || sample.name == OUT_OF_ORDER { sample.nested() } else { sample }
}

#[tokio::test]
async fn what_nobody_knows_survives_the_server() {
    let database = database().await;
    check(&database, samples()).await;
    if let Some(folder) = env::var_os("BSON_CORPUS") {
        let corpus = corpus(Path::new(&folder));
        assert!(!corpus.is_empty(), "there are no documents in {folder:?}");
        let count = corpus.len();
        check(&database, corpus).await;
        // Straight to the terminal: the harness keeps what a passing test prints.
        writeln!(stderr(), "{count} documents of the corpus").unwrap();
    }
}

async fn check(database: &TestDatabase, samples: Vec<Sample>) {
    let samples: Vec<(i32, &Sample)> = (1..).zip(&samples).collect();
    chain::<KeptV2>(database, &samples).await;
    chain::<BegunV2>(database, &samples).await;
}

async fn chain<T>(database: &TestDatabase, samples: &[(i32, &Sample)])
where
    T: DecodeOwned + DeserializeOwned + Send + Sync,
{
    let documents = VersionedCollection::<T>::new(database);
    let raw = documents.collection().clone_with_type::<RawDocumentBuf>();
    insert(&raw, samples).await;

    // Lazily, and written by the application.
    let lazily = database.collection::<T>("lazily");
    let lazily_raw = lazily.clone_with_type::<RawDocumentBuf>();
    insert(&lazily_raw, samples).await;
    for (id, sample) in samples {
        let filter = doc! { "_id": id };
        let value = lazily.find_one(filter.clone()).await.unwrap().unwrap();
        if sample.names().iter().any(|name| name.starts_with('$')) {
            // The server takes such a name in an insert, and in no replacement.
            let refused = lazily.replace_one(filter.clone(), &value).await.unwrap_err();
            assert!(refused.to_string().contains("prefixed field"), "{}: {refused}", sample.name);
            lazily.delete_one(filter.clone()).await.unwrap();
            lazily.insert_one(value).await.unwrap();
        } else {
            lazily.replace_one(filter.clone(), value).await.unwrap();
        }
        let written = lazily_raw.find_one(filter).await.unwrap().unwrap();
        let expected =
            sample.between(&[int32("_id", *id), int32("schemaVersion", 2), string("title", "Ada")], &[]);
        assert_eq!(written, expected, "{}, lazily", sample.name);
    }

    let refused = samples.iter().filter(|(_, sample)| STORED_TWICE.contains(&sample.name.as_str())).count();
    let report = documents.backfill().run().await.unwrap();
    assert_eq!(report.failed, refused as u64, "{report}");
    for (id, sample) in samples {
        let written = raw.find_one(doc! { "_id": id }).await.unwrap().unwrap();
        if STORED_TWICE.contains(&sample.name.as_str()) {
            assert_eq!(written, first(*id, sample), "{}, reported", sample.name);
            continue;
        }
        let expected =
            sample.between(&[int32("_id", *id), int32("schemaVersion", 2)], &[string("title", "Ada")]);
        assert_eq!(written, renumbered(&expected), "{}, backfilled", sample.name);
    }
}

/// With the elements of arrays called 0, 1, 2, as BSON has it: readers go by their order, and a server that computes an
/// update gives them these names.
fn renumbered(document: &RawDocument) -> RawDocumentBuf {
    let mut renamed = RawDocumentBuf::new();
    for field in document {
        let (name, value) = field.unwrap();
        match value {
            RawBsonRef::Document(document) => renamed.append(name, renumbered(document)),
            RawBsonRef::Array(elements) => renamed.append(name, in_order(elements)),
            // Not as a value of its own, which has the options of a regular expression in order.
            other => renamed.append(name, other),
        }
    }
    renamed
}

fn in_order(elements: &RawArray) -> RawArrayBuf {
    let mut renamed = RawArrayBuf::new();
    for element in elements {
        match element.unwrap() {
            RawBsonRef::Document(document) => renamed.push(renumbered(document)),
            RawBsonRef::Array(elements) => renamed.push(in_order(elements)),
            other => renamed.push(other),
        }
    }
    renamed
}

/// The document at version 1.
fn first(id: i32, sample: &Sample) -> RawDocumentBuf {
    sample.between(&[int32("_id", id), int32("schemaVersion", 1), string("name", "Ada")], &[])
}

/// Stores documents of version 1 in place of others, and looks that the server has them as they were sent.
async fn insert(raw: &Collection<RawDocumentBuf>, samples: &[(i32, &Sample)]) {
    let documents: Vec<_> = samples.iter().map(|(id, sample)| first(*id, sample)).collect();
    raw.drop().await.unwrap();
    raw.insert_many(&documents).await.unwrap();
    for ((id, sample), document) in samples.iter().zip(&documents) {
        let found = raw.find_one(doc! { "_id": id }).await.unwrap().unwrap();
        assert_eq!(&found, document, "{}, as it was sent", sample.name);
    }
}
