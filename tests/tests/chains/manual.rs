//! Steps written by hand.

use schema_runtime::{DecodeErrorKind, VersionedDocument, bson::rawdoc, decode};

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
        let (width, depth) = sides().ok_or_else(|| format!("`{}` is not a size such as 4x3", old.size))?;
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
        Self { area: width.saturating_mul(depth) }
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
    assert!(matches!(error.kind(), DecodeErrorKind::Step { from: 1, to: 2, .. }));
    assert!(error.path().unwrap().is_empty());
    assert!(error.one_line().ends_with("`large` is not a size such as 4x3"), "{}", error.one_line());
}
