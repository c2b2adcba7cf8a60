//! What a document without a version field is.

use schema_runtime::{DecodeErrorKind, Unversioned, VersionedDocument, bson::rawdoc, decode};

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
