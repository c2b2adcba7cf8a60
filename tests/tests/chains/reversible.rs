//! The way back: each rule, in both directions, and how far a chain goes.

use std::collections::BTreeMap;

use proptest::prelude::*;
use schema_runtime::{
    DowngradeErrorKind, Upgrade, UpgradeError, VersionedDocument,
    bson::{Document, deserialize_from_slice, doc},
    encode_at,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct LegV1 {
    port: String,
    fee: i32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Upgrade)]
#[versioned(previous = LegV1, reversible)]
struct LegV2 {
    #[versioned(from = port)]
    harbour: String,
    fee: i64,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "voyages")]
struct VoyageV1 {
    ship: String,
    captain: String,
    price: String,
    legs: Vec<LegV1>,
    notes: BTreeMap<String, LegV1>,
    width: u32,
    height: u32,
    draught: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(
    version = 2,
    previous = VoyageV1,
    removed(draught),
    reversible(draught = |voyage| voyage.size.checked_div(100), captain = VoyageV2::captain)
)]
struct VoyageV2 {
    #[versioned(from = ship)]
    vessel: String,
    #[versioned(from = captain, with = |name: String| name.split(' ').next().unwrap_or_default().to_owned())]
    first: String,
    #[versioned(from = captain, with = |name: String| name.split_once(' ').map(|(_, last)| last.to_owned()))]
    last: Option<String>,
    #[versioned(try_with = |text: String| text.parse::<u32>(), back_with = |number: u32| number.to_string())]
    price: u32,
    legs: Vec<LegV2>,
    notes: BTreeMap<String, LegV2>,
    #[versioned(
        from(width, height),
        with = |width, height| width * 1000 + height,
        back_with = |size| (size / 1000, size % 1000)
    )]
    size: u32,
    #[versioned(added = vec!["new".to_owned()])]
    tags: Vec<String>,
    #[versioned(compute = |old| old.ship.to_lowercase())]
    slug: String,
}

impl VoyageV2 {
    fn captain(&self) -> String {
        match &self.last {
            Some(last) => format!("{} {last}", self.first),
            None => self.first.clone(),
        }
    }
}

fn legs() -> impl Strategy<Value = LegV1> {
    ("[a-z]{0,5}", any::<i32>()).prop_map(|(port, fee)| LegV1 { port, fee })
}

prop_compose! {
    fn voyages()(
        ship in "[A-Za-z ]{0,8}",
        captain in "[A-Z][a-z]{0,5}( [A-Z][a-z]{0,5})?",
        price in 0..u32::MAX,
        legs_ in prop::collection::vec(legs(), 0..3),
        notes in prop::collection::btree_map("[a-z]{0,3}", legs(), 0..3),
        (width, height) in (0..1000u32, 0..1000u32),
    ) -> VoyageV1 {
        let draught = Some((width * 1000 + height) / 100);
        VoyageV1 { ship, captain, price: price.to_string(), legs: legs_, notes, width, height, draught }
    }
}

proptest! {
    #[test]
    fn up_and_down_again_is_where_it_started(voyage in voyages()) {
        let up = VoyageV2::try_from(voyage.clone()).unwrap();
        prop_assert_eq!(up.slug.clone(), voyage.ship.to_lowercase());
        let down: Result<VoyageV1, UpgradeError> = up.clone().try_into();
        prop_assert_eq!(down.unwrap(), voyage.clone());

        let stored = encode_at(up, 1).unwrap();
        let read: VoyageV1 = deserialize_from_slice(stored.as_bytes()).unwrap();
        prop_assert_eq!(read, voyage);
    }
}

#[test]
fn a_step_back_that_can_fail_is_a_try_from_that_names_the_field() {
    let leg = LegV2 { harbour: "Brake".to_owned(), fee: i64::MAX };
    let error = LegV1::try_from(leg.clone()).unwrap_err();
    assert_eq!(error.to_string(), "field `fee` could not be converted");

    let up = VoyageV2 {
        vessel: String::new(),
        first: String::new(),
        last: None,
        price: 0,
        legs: vec![LegV2 { fee: 1, ..leg.clone() }, leg],
        notes: BTreeMap::new(),
        size: 0,
        tags: Vec::new(),
        slug: String::new(),
    };
    let error = encode_at(up, 1).unwrap_err();
    let DowngradeErrorKind::Step { from: 2, to: 1, source } = error.kind() else {
        panic!("{error:?}");
    };
    assert_eq!(source.path().to_string(), "legs[1].fee");
}

/// A step that cannot fail in one direction nor in the other.
mod infallible {
    use super::*;

    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 1)]
    pub struct NameV1 {
        pub first: String,
    }

    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 2, previous = NameV1, reversible)]
    pub struct NameV2 {
        #[versioned(from = first)]
        pub given: String,
    }

    /// From here there is no way back.
    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 3, previous = NameV2)]
    pub struct NameV3 {
        pub given: String,
    }

    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 4, previous = NameV3, manual, reversible)]
    pub struct NameV4 {
        pub names: Vec<String>,
    }

    impl From<NameV3> for NameV4 {
        fn from(old: NameV3) -> Self {
            Self { names: vec![old.given] }
        }
    }

    impl TryFrom<NameV4> for NameV3 {
        type Error = &'static str;

        fn try_from(new: NameV4) -> Result<Self, &'static str> {
            Ok(Self { given: new.names.into_iter().next().ok_or("no name")? })
        }
    }
}

#[test]
fn both_directions_are_from_where_neither_can_fail() {
    use infallible::{NameV1, NameV2};
    let up = NameV2::from(NameV1 { first: "Ada".to_owned() });
    assert_eq!(NameV1::from(up), NameV1 { first: "Ada".to_owned() });
}

#[test]
fn a_chain_goes_back_as_far_as_its_steps_are_reversible() {
    use infallible::{NameV2, NameV3, NameV4};
    assert_eq!(NameV2::CHAIN.reversible_to, 1);
    assert_eq!(NameV3::CHAIN.reversible_to, 3);
    assert_eq!(NameV4::CHAIN.reversible_to, 3);

    let names = |names: &[&str]| NameV4 { names: names.iter().map(ToString::to_string).collect() };
    let at = |version| encode_at(names(&["Ada"]), version).map(|raw| Document::try_from(raw).unwrap());
    assert_eq!(at(4).unwrap(), doc! { "schemaVersion": 4, "names": ["Ada"] });
    assert_eq!(at(3).unwrap(), doc! { "schemaVersion": 3, "given": "Ada" });

    let error = at(1).unwrap_err();
    assert!(matches!(error.kind(), DowngradeErrorKind::Irreversible { from: 3, to: 2 }));
    assert_eq!(
        error.to_string(),
        "`NameV4` could not be written at schema version 1: the step from version 2 to 3 has no way back; add \
         `reversible` to the type of version 3"
    );
    assert!(matches!(at(5).unwrap_err().kind(), DowngradeErrorKind::Unknown { oldest: 1, current: 4 }));
    assert!(matches!(
        encode_at(names(&[]), 3).unwrap_err().kind(),
        DowngradeErrorKind::Step { from: 4, to: 3, .. }
    ));
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct PairV1<'a, T> {
    left: T,
    label: &'a str,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = PairV1<'a, T>, reversible)]
struct PairV2<'a, T> {
    #[versioned(from = left)]
    right: T,
    label: &'a str,
}

#[test]
fn a_generic_type_that_borrows_goes_back_as_well() {
    let up = PairV2::from(PairV1 { left: 1, label: "one" });
    assert_eq!(PairV1::from(up), PairV1 { left: 1, label: "one" });
}
