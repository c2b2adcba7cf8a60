//! The keys of `#[versioned(..)]` on a document type.

use schema_runtime::{
    Chain, DecodeErrorKind, Unversioned, VersionedDocument,
    bson::{doc, rawdoc, serialize_to_document},
    decode, decode_stored, encode,
};

mod basic {
    use super::*;

    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 1, collection = "products")]
    pub(super) struct ProductV1 {
        pub(super) name: String,
        pub(super) legacy_sku: Option<String>,
        pub(super) colour: String,
    }

    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 2, previous = ProductV1, removed(legacy_sku, colour))]
    pub(super) struct ProductV2 {
        pub(super) name: String,
    }

    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 3, previous = ProductV2, collection = "catalogue")]
    pub(super) struct ProductV3 {
        pub(super) name: String,
    }
}
use basic::{ProductV1, ProductV2, ProductV3};

#[test]
fn the_chain_is_a_constant_of_the_type() {
    let Chain { type_name, version, oldest, version_field, collection, unversioned, .. } = ProductV2::CHAIN;
    assert_eq!((type_name, version, oldest), ("ProductV2", 2, 1));
    assert_eq!(version_field, "schemaVersion");
    assert_eq!(collection, Some("products"));
    assert_eq!(unversioned, Unversioned::Version(1));
}

#[test]
fn the_collection_is_inherited_until_another_is_named() {
    assert_eq!(ProductV1::CHAIN.collection, Some("products"));
    assert_eq!(ProductV2::CHAIN.collection, Some("products"));
    assert_eq!(ProductV3::CHAIN.collection, Some("catalogue"));
}

#[test]
fn a_chain_knows_its_versions_and_no_others() {
    let known = (0..=5).filter(|version| ProductV3::CHAIN.knows(*version));
    assert_eq!(known.collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn removed_fields_are_gone() {
    let old = ProductV1 { name: "Kettle".into(), legacy_sku: Some("K-1".into()), colour: "red".into() };
    let new = ProductV2::from(old);
    assert_eq!(serialize_to_document(&new).unwrap(), doc! { "schemaVersion": 2, "name": "Kettle" });
}

/// Every version knows the names it was stored under.
#[test]
fn fields_are_known_for_every_version() {
    let fields = |version| ProductV3::HISTORY.at(version).map(|version| version.names().collect::<Vec<_>>());
    assert_eq!(fields(1), Some(vec!["name", "legacy_sku", "colour"]));
    assert_eq!(fields(2), Some(vec!["name"]));
    assert_eq!(fields(3), Some(vec!["name"]));
    assert_eq!((fields(0), fields(4)), (None, None));
}

/// Versions 1 to 3 have been retired from the code.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 4, oldest)]
struct OrderV4 {
    total: i32,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 5, previous = OrderV4)]
struct OrderV5 {
    total: i64,
}

#[test]
fn a_chain_may_start_above_version_one() {
    assert_eq!((OrderV5::CHAIN.oldest, OrderV5::CHAIN.version), (4, 5));
    let order: OrderV5 = decode(&rawdoc! { "schemaVersion": 4, "total": 12 }).unwrap();
    assert_eq!(order, OrderV5 { total: 12 });

    let error = decode::<OrderV5>(&rawdoc! { "schemaVersion": 3, "total": 12 }).unwrap_err();
    assert!(matches!(error.kind(), DecodeErrorKind::Older { stored: 3 }));
}

/// A version 0, for those who count from there.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 0)]
struct DraftV0 {
    text: String,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1, previous = DraftV0)]
struct DraftV1 {
    text: String,
}

#[test]
fn a_chain_may_start_at_version_zero() {
    for stored in [rawdoc! { "text": "a" }, rawdoc! { "schemaVersion": 0, "text": "a" }] {
        let decoded = decode_stored::<DraftV1>(&stored).unwrap();
        assert_eq!((decoded.stored_version, decoded.document.text.as_str()), (0, "a"));
    }
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1, version_field = "v")]
struct TicketV1 {
    title: String,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = TicketV1)]
struct TicketV2 {
    #[versioned(from = title)]
    subject: String,
}

#[test]
fn the_version_field_is_inherited() {
    let ticket: TicketV2 = decode(&rawdoc! { "v": 1, "title": "broken" }).unwrap();
    assert_eq!(encode(&ticket).unwrap(), rawdoc! { "v": 2, "subject": "broken" });
}

/// Under another name it is a field like any other.
#[test]
fn only_the_named_field_is_the_version() {
    let ticket: TicketV2 = decode(&rawdoc! { "schemaVersion": 9, "v": 2, "subject": "broken" }).unwrap();
    assert_eq!(ticket.subject, "broken");
}
