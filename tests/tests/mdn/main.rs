//! A chain over deep real data: which browser supports which feature of the web, as
//! `@mdn/browser-compat-data` has it. Unions three levels deep, in maps and lists, become lists and then enums, and
//! nothing is lost on the way up, down and up again.
//!
//! In CI on a sample (`tests/data/mdn`, whose README says how to take all features of a release).

mod feature;
mod release;
mod since;
mod union;

use mongodb::{
    Client,
    bson::{Document, RawDocument, RawDocumentBuf, doc},
};
use schema_runtime::{
    DecodeErrorKind, VersionedCollection, VersionedDocument, decode, encode, encode_at, local::LocalServer,
};
use schema_tests::stored::all;

use self::{
    feature::{Feature, FeatureV1, FeatureV2},
    release::{Release, releases},
};

/// At its version, up to the current one and back, each time the same.
fn goes_up_and_down(stored: &RawDocument) {
    let upgraded = || decode::<Feature>(stored).unwrap();
    let current = encode(&upgraded()).unwrap();

    let second = encode_at(upgraded(), 2).unwrap();
    assert_eq!(encode(&decode::<FeatureV2>(stored).unwrap()).unwrap(), second);

    let first = encode_at(upgraded(), 1).unwrap();
    // Fields come in the order of the struct, which is nothing that a document means.
    assert_eq!(unstamped(&first), Document::try_from(stored).unwrap());

    for older in [&first, &second] {
        assert_eq!(encode(&decode::<Feature>(older).unwrap()).unwrap(), current);
    }
}

fn unstamped(document: &RawDocument) -> Document {
    let mut document = Document::try_from(document).unwrap();
    document.remove(FeatureV1::CHAIN.version_field).unwrap();
    document
}

#[test]
fn every_feature_goes_up_and_down_and_up_again() {
    for Release { name, features, expected } in releases() {
        assert!(!features.is_empty(), "{name}");
        assert_eq!(features.len(), expected.unwrap_or(features.len()), "{name}");
        for feature in &features {
            goes_up_and_down(&RawDocumentBuf::try_from(feature).unwrap());
        }
        println!("{name}: {} features", features.len());
    }
}

// More than one thread: the driver looks after its connections while a batch is decoded.
#[tokio::test(flavor = "multi_thread")]
async fn a_backfill_stores_what_a_read_sees() {
    let server = LocalServer::builder().replica_set(1).from_env_or_start().await.unwrap();
    let database = Client::with_uri_str(server.uri()).await.unwrap().database("schema_mdn");
    for Release { name, features, .. } in releases() {
        database.drop().await.unwrap();
        let current = VersionedCollection::<Feature>::new(&database);
        let raw = current.collection().clone_with_type::<RawDocumentBuf>();
        raw.insert_many(features.iter().map(|feature| RawDocumentBuf::try_from(feature).unwrap()))
            .await
            .unwrap();

        let read: Vec<Feature> = all(current.collection()).await.unwrap();
        let report = current.backfill().run().await.unwrap();
        assert!(report.is_clean(), "{name}: {report}");

        let stored: Vec<RawDocumentBuf> = all(&raw).await.unwrap();
        assert_eq!(stored.len(), features.len());
        for (read, stored) in read.iter().zip(&stored) {
            let read = Document::try_from(encode(read).unwrap()).unwrap();
            assert_eq!(Document::try_from(stored.as_ref()).unwrap(), read, "{name}");
        }
    }
    database.drop().await.unwrap();
}

#[test]
fn a_flag_nobody_knows_is_named_by_its_place() {
    let statement = doc! { "version_added": "5", "flags": [{ "type": "moon_phase", "name": "x" }] };
    let feature = doc! { "_id": "api.X", "support": { "firefox": [{ "version_added": "9" }, statement] } };
    let feature = RawDocumentBuf::try_from(&feature).unwrap();
    let error = decode::<Feature>(&feature).err().unwrap();
    let DecodeErrorKind::Step { stored: 1, from: 2, to: 3, source } = error.kind() else {
        panic!("{error:?}")
    };
    assert_eq!(source.path().to_string(), r#"support["firefox"][1].flags[0].type"#);
}
