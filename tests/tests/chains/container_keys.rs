//! The keys of `#[versioned(..)]` on a document type.

use schema_runtime::{
    Chain, DecodeErrorKind, Unversioned, VersionedDocument,
    bson::{doc, rawdoc, serialize_to_document},
    decode, encode,
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
    let Chain {
        type_name,
        version,
        oldest,
        version_field,
        collection,
        unversioned,
        ..
    } = ProductV2::CHAIN;
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
    let old = ProductV1 {
        name: "Kettle".into(),
        legacy_sku: Some("K-1".into()),
        colour: "red".into(),
    };
    let new = ProductV2::from(old);
    assert_eq!(
        serialize_to_document(&new).unwrap(),
        doc! { "schemaVersion": 2, "name": "Kettle" }
    );
}

/// Every version knows the names it was stored under.
#[test]
fn fields_are_known_for_every_version() {
    let fields = |version| ProductV3::fields_of(version);
    assert_eq!(fields(1), Some(&["name", "legacy_sku", "colour"][..]));
    assert_eq!(fields(2), Some(&["name"][..]));
    assert_eq!(fields(3), Some(&["name"][..]));
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
    for (stored, expected) in [
        (doc! { "text": "a" }, 0),
        (doc! { "schemaVersion": 0, "text": "a" }, 0),
    ] {
        let bytes = schema_runtime::bson::serialize_to_raw_document_buf(&stored).unwrap();
        let decoded = schema_runtime::decode_stored::<DraftV1>(&bytes).unwrap();
        assert_eq!(decoded.stored_version, expected);
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

mod unversioned {
    use super::*;

    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 1)]
    struct UserV1 {
        name: String,
    }

    /// The stamp came into use with this version; documents without it are of this shape.
    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 2, previous = UserV1, unversioned = 2)]
    struct UserV2 {
        #[versioned(from = name)]
        full_name: String,
    }

    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 3, previous = UserV2)]
    struct UserV3 {
        full_name: String,
        #[versioned(added = true)]
        active: bool,
    }

    /// Everything has been stamped by now.
    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 4, previous = UserV3, unversioned = "reject")]
    struct UserV4 {
        full_name: String,
        active: bool,
    }

    #[test]
    fn documents_without_a_version_are_of_the_oldest_by_default() {
        assert_eq!(UserV1::CHAIN.unversioned, Unversioned::Version(1));
        assert_eq!(decode::<UserV1>(&rawdoc! { "name": "Ada" }).unwrap().name, "Ada");
    }

    #[test]
    fn another_version_may_be_named_and_is_inherited() {
        let user: UserV3 = decode(&rawdoc! { "full_name": "Ada" }).unwrap();
        assert!(user.active);
        decode::<UserV3>(&rawdoc! { "name": "Ada" }).unwrap_err();
        decode::<UserV3>(&rawdoc! { "schemaVersion": 1, "name": "Ada" }).unwrap();
    }

    #[test]
    fn they_may_be_rejected() {
        let error = decode::<UserV4>(&rawdoc! { "full_name": "Ada", "active": true }).unwrap_err();
        assert!(matches!(error.kind(), DecodeErrorKind::Unversioned));
        decode::<UserV4>(&rawdoc! { "schemaVersion": 4, "full_name": "Ada", "active": true }).unwrap();
    }
}

mod manual {
    use super::*;

    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 1)]
    struct RoomV1 {
        size: String,
    }

    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 2, previous = RoomV1, manual)]
    struct RoomV2 {
        width: u32,
        depth: u32,
    }

    impl TryFrom<RoomV1> for RoomV2 {
        type Error = String;

        fn try_from(old: RoomV1) -> Result<Self, String> {
            let sides = || {
                let (width, depth) = old.size.split_once('x')?;
                Some((width.parse().ok()?, depth.parse().ok()?))
            };
            let (width, depth) =
                sides().ok_or_else(|| format!("`{}` is not a size such as 4x3", old.size))?;
            Ok(Self { width, depth })
        }
    }

    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 3, previous = RoomV2, manual)]
    struct RoomV3 {
        area: u32,
    }

    impl From<RoomV2> for RoomV3 {
        fn from(RoomV2 { width, depth }: RoomV2) -> Self {
            Self {
                area: width.saturating_mul(depth),
            }
        }
    }

    #[test]
    fn hand_written_steps_take_part_in_the_chain() {
        let room: RoomV3 = decode(&rawdoc! { "size": "4x3" }).unwrap();
        assert_eq!(room, RoomV3 { area: 12 });
    }

    #[test]
    fn the_error_of_a_hand_written_step_is_the_cause() {
        let error = decode::<RoomV3>(&rawdoc! { "size": "large" }).unwrap_err();
        assert!(matches!(
            error.kind(),
            DecodeErrorKind::Step { from: 1, to: 2, .. }
        ));
        assert!(error.path().unwrap().is_empty());
        assert!(
            error.one_line().ends_with("`large` is not a size such as 4x3"),
            "{}",
            error.one_line()
        );
    }
}

/// What a framework built on this one would do: its users name neither crate.
mod re_exported {
    use super::*;

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
}
