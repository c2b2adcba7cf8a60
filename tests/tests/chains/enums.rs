//! `#[derive(Upgrade)]` on enums: each kind of variant, each rule, and the way back.

use std::collections::BTreeMap;

use proptest::prelude::*;
use schema_runtime::{Upgrade, UpgradeError, VersionedDocument, bson::rawdoc, decode, encode};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PlaceV1 {
    zip: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Upgrade)]
#[versioned(previous = PlaceV1)]
struct PlaceV2 {
    #[versioned(try_with = |zip| zip.parse::<u32>())]
    zip: u32,
}

#[derive(Debug, Clone, PartialEq)]
enum ParcelV1 {
    Draft,
    Review { by: String },
    Packed,
    Sent(PlaceV1),
    Route(Vec<PlaceV1>, Option<PlaceV1>, i32),
    Lost { at: String, days: u16 },
    Returned { reason: String, days: u16 },
    Weighed(f64),
    Named { name: String },
    Split { all: String },
}

#[derive(Debug, Clone, PartialEq, Upgrade)]
#[versioned(
    previous = ParcelV1,
    removed(
        Draft => Packed,
        Review { by } => Returned { why: format!("reviewed by {by}"), days: 0, final_: false },
    )
)]
enum ParcelV2 {
    /// The same variant.
    Packed,
    /// A newtype whose type changed.
    #[versioned(from = Sent)]
    Shipped(PlaceV2),
    /// Position by position, lifted and widened.
    Route(Vec<PlaceV2>, Option<PlaceV2>, #[versioned(with = |number| i64::from(number) * 2)] i64),
    /// A struct variant that became a unit.
    #[versioned(removed(at, days))]
    Lost,
    Returned {
        #[versioned(from = reason)]
        why: String,
        days: u32,
        #[versioned(added = true)]
        final_: bool,
    },
    /// A newtype that became a struct variant.
    Weighed {
        #[versioned(from = 0)]
        grams: f64,
    },
    /// And the other way round.
    Named(#[versioned(from = name)] String),
    /// One field of the old variant in two of the new one.
    Split {
        #[versioned(from = all, with = |all| all.len())]
        length: usize,
        all: String,
    },
    #[versioned(added)]
    #[expect(dead_code, reason = "nothing old becomes one")]
    Insured { value: i64 },
}

/// What a careful person writes instead.
fn by_hand(old: ParcelV1) -> Result<ParcelV2, std::num::ParseIntError> {
    let place = |old: PlaceV1| Ok(PlaceV2 { zip: old.zip.parse()? });
    Ok(match old {
        ParcelV1::Draft | ParcelV1::Packed => ParcelV2::Packed,
        ParcelV1::Review { by } => {
            ParcelV2::Returned { why: format!("reviewed by {by}"), days: 0, final_: false }
        }
        ParcelV1::Sent(to) => ParcelV2::Shipped(place(to)?),
        ParcelV1::Route(stops, end, number) => ParcelV2::Route(
            stops.into_iter().map(place).collect::<Result<_, _>>()?,
            end.map(place).transpose()?,
            i64::from(number) * 2,
        ),
        ParcelV1::Lost { .. } => ParcelV2::Lost,
        ParcelV1::Returned { reason, days } => {
            ParcelV2::Returned { why: reason, days: days.into(), final_: true }
        }
        ParcelV1::Weighed(grams) => ParcelV2::Weighed { grams },
        ParcelV1::Named { name } => ParcelV2::Named(name),
        ParcelV1::Split { all } => ParcelV2::Split { length: all.len(), all },
    })
}

fn places() -> impl Strategy<Value = PlaceV1> {
    prop_oneof![4 => "[0-9]{1,8}", 1 => "[a-z]{0,2}"].prop_map(|zip| PlaceV1 { zip })
}

fn parcels() -> impl Strategy<Value = ParcelV1> {
    prop_oneof![
        Just(ParcelV1::Draft),
        "[a-z]{0,4}".prop_map(|by| ParcelV1::Review { by }),
        Just(ParcelV1::Packed),
        places().prop_map(ParcelV1::Sent),
        (prop::collection::vec(places(), 0..3), prop::option::of(places()), any::<i32>())
            .prop_map(|(stops, end, number)| ParcelV1::Route(stops, end, number)),
        ("[a-z]{0,4}", any::<u16>()).prop_map(|(at, days)| ParcelV1::Lost { at, days }),
        ("[a-z]{0,4}", any::<u16>()).prop_map(|(reason, days)| ParcelV1::Returned { reason, days }),
        (0.0..10.0).prop_map(ParcelV1::Weighed),
        "[a-z]{0,4}".prop_map(|name| ParcelV1::Named { name }),
        "[a-z]{0,4}".prop_map(|all| ParcelV1::Split { all }),
    ]
}

proptest! {
    #[test]
    fn the_derived_conversion_is_the_hand_written_one(old in parcels()) {
        let derived = ParcelV2::try_from(old.clone());
        match (derived, by_hand(old)) {
            (Ok(derived), Ok(by_hand)) => prop_assert_eq!(derived, by_hand),
            (Err(_), Err(_)) => {}
            (derived, by_hand) => prop_assert!(false, "{:?} is not {:?}", derived, by_hand),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum StatusV1 {
    Open,
    Done { note: String, hours: i32 },
    Moved(String),
}

/// Nothing in it can fail, so the conversion is `From`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Upgrade)]
#[versioned(previous = StatusV1, reversible(Waiting { until } => Open))]
#[serde(rename_all = "snake_case")]
enum StatusV2 {
    Open,
    #[versioned(from = Done)]
    Closed {
        note: String,
        #[versioned(with = f64::from, back_with = |hours| hours as i32)]
        hours: f64,
        #[versioned(added)]
        tags: Vec<String>,
    },
    #[versioned(from = Moved)]
    Elsewhere(String),
    #[versioned(added)]
    Waiting {
        until: i64,
    },
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct TicketV1 {
    status: StatusV1,
    history: Vec<StatusV1>,
    by_team: BTreeMap<String, Option<StatusV1>>,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = TicketV1, reversible)]
struct TicketV2 {
    status: StatusV2,
    history: Vec<StatusV2>,
    by_team: BTreeMap<String, Option<StatusV2>>,
}

#[test]
fn an_enum_follows_its_document_wherever_it_stands() {
    let stored = rawdoc! {
        "status": "Open",
        "history": ["Open", { "Done": { "note": "n", "hours": 3 } }],
        "by_team": { "a": { "Moved": "b" }, "c": null },
    };
    let ticket: TicketV2 = decode(&stored).unwrap();
    let expected = rawdoc! {
        "schemaVersion": 2,
        "status": "open",
        "history": ["open", { "closed": { "note": "n", "hours": 3.0, "tags": [] } }],
        "by_team": { "a": { "elsewhere": "b" }, "c": null },
    };
    assert_eq!(encode(&ticket).unwrap(), expected);
}

fn statuses() -> impl Strategy<Value = StatusV1> {
    prop_oneof![
        Just(StatusV1::Open),
        ("[a-z]{0,4}", any::<i32>()).prop_map(|(note, hours)| StatusV1::Done { note, hours }),
        "[a-z]{0,4}".prop_map(StatusV1::Moved),
    ]
}

proptest! {
    #[test]
    fn there_and_back_is_where_it_started(
        status in statuses(),
        history in prop::collection::vec(statuses(), 0..3),
        by_team in prop::collection::btree_map("[a-z]", prop::option::of(statuses()), 0..3),
    ) {
        let there = StatusV2::from(status.clone());
        prop_assert_eq!(StatusV1::from(there), status.clone());
        let copy = TicketV1 { status: status.clone(), history: history.clone(), by_team: by_team.clone() };
        let there = TicketV2::from(TicketV1 { status, history, by_team });
        prop_assert_eq!(TicketV1::from(there), copy);
    }
}

#[test]
fn a_new_variant_goes_back_to_the_one_that_is_named() {
    assert_eq!(StatusV1::from(StatusV2::Waiting { until: 1 }), StatusV1::Open);
}

mod folded_and_back {
    use super::Upgrade;

    #[derive(Debug, Clone, PartialEq)]
    pub enum LevelV1 {
        Low { since: i32 },
        Lowest { since: i32 },
        High(u8),
    }

    /// Both old variants become one by its rules, and all of them go back to one.
    #[derive(Debug, Clone, PartialEq, Upgrade)]
    #[versioned(previous = LevelV1, removed(Lowest => Low), reversible(Low => Low, Top => High))]
    pub enum LevelV2 {
        Low {
            since: i64,
            #[versioned(added = 7)]
            weight: u8,
        },
        High(u8),
        #[versioned(added)]
        Top(u8),
    }
}

#[test]
fn variants_that_are_folded_go_by_the_rules_of_their_new_one() {
    use folded_and_back::{LevelV1, LevelV2};
    for old in [LevelV1::Low { since: 3 }, LevelV1::Lowest { since: 3 }] {
        assert_eq!(LevelV2::from(old), LevelV2::Low { since: 3, weight: 7 });
    }
    // An `i64` does not always fit, so the way back can fail.
    let back: Result<LevelV1, UpgradeError> = LevelV2::Low { since: 3, weight: 1 }.try_into();
    assert_eq!(back.unwrap(), LevelV1::Low { since: 3 });
    let back: Result<LevelV1, UpgradeError> = LevelV2::Low { since: i64::MAX, weight: 1 }.try_into();
    assert_eq!(back.unwrap_err().path().to_string(), "Low.since");
    assert_eq!(LevelV1::try_from(LevelV2::Top(4)).unwrap(), LevelV1::High(4));
}

/// The path of an error is that of the stored field, which depends on how serde tells the variants apart.
mod paths {
    use super::*;

    macro_rules! stored {
        ($name:ident, $(#[$attribute:meta])*) => {
            #[derive(Debug, Serialize, Deserialize, Upgrade)]
            #[versioned(previous = ParcelV1, removed(
                Draft => Packed, Review { .. } => Packed, Lost { .. } => Packed, Returned { .. } => Packed,
                Weighed(_) => Packed, Named { .. } => Packed, Split { .. } => Packed,
            ))]
            #[serde(rename_all = "kebab-case")]
            $(#[$attribute])*
            pub enum $name {
                Packed,
                #[versioned(from = Sent)]
                ToCustomer {
                    #[versioned(from = 0)]
                    #[serde(rename = "where")]
                    at: PlaceV2,
                },
                #[serde(rename = "via")]
                Route(Vec<PlaceV2>, Option<PlaceV2>, i32),
            }
        };
    }

    stored!(External,);
    stored!(Adjacent, #[serde(tag = "type", content = "data")]);
    stored!(Untagged, #[serde(untagged)]);

    fn path<T: TryFrom<ParcelV1, Error = UpgradeError> + std::fmt::Debug>(old: ParcelV1) -> String {
        T::try_from(old).unwrap_err().path().to_string()
    }

    #[test]
    fn they_are_where_serde_writes() {
        let bad = PlaceV1 { zip: "x".into() };
        let good = PlaceV1 { zip: "1".into() };
        let sent = ParcelV1::Sent(bad.clone());
        assert_eq!(path::<External>(sent.clone()), "to-customer.where.zip");
        assert_eq!(path::<Adjacent>(sent.clone()), "data.where.zip");
        assert_eq!(path::<Untagged>(sent), "where.zip");

        let route = ParcelV1::Route(vec![good.clone(), bad.clone()], None, 1);
        assert_eq!(path::<External>(route.clone()), "via[0][1].zip");
        assert_eq!(path::<Adjacent>(route.clone()), "data[0][1].zip");
        assert_eq!(path::<Untagged>(route), "[0][1].zip");

        // The place is a real one: there the good value is written.
        let old = ParcelV1::Route(vec![good.clone(), good], None, 1);
        let json = serde_json::to_value(External::try_from(old).unwrap()).unwrap();
        assert_eq!(json.pointer("/via/0/1/zip").unwrap(), 1);

        // A newtype has no place of its own where its fields stand among those of the document.
        assert_eq!(path::<ParcelV2>(ParcelV1::Sent(bad)), "Shipped.zip");
    }

    #[derive(Debug)]
    pub enum InnerV1 {
        One(PlaceV1),
    }

    #[derive(Debug, Serialize, Deserialize, Upgrade)]
    #[versioned(previous = InnerV1)]
    #[serde(tag = "type")]
    pub enum InnerV2 {
        One(PlaceV2),
    }

    #[test]
    fn a_newtype_in_an_internally_tagged_enum_has_the_fields_of_the_enum() {
        let error = InnerV2::try_from(InnerV1::One(PlaceV1 { zip: "x".into() })).unwrap_err();
        assert_eq!(error.path().to_string(), "zip");
    }
}

#[derive(Debug, PartialEq)]
enum EventV1<'a, T> {
    Started { label: &'a str, value: T },
    Stopped(T),
}

#[derive(Debug, PartialEq, Upgrade)]
#[versioned(previous = EventV1<'a, T>, reversible)]
enum EventV2<'a, T> {
    Started {
        #[versioned(from = label)]
        name: &'a str,
        value: T,
    },
    #[versioned(from = Stopped)]
    Ended(T),
}

#[test]
fn generic_enums_that_borrow_go_there_and_back() {
    let there = EventV2::from(EventV1::Started { label: "a", value: 1 });
    assert_eq!(there, EventV2::Started { name: "a", value: 1 });
    assert_eq!(EventV1::from(there), EventV1::Started { label: "a", value: 1 });
    assert_eq!(EventV2::from(EventV1::Stopped("x")), EventV2::Ended("x"));
}

#[derive(Debug, PartialEq)]
enum TreeV1 {
    Leaf(i32),
    Node(Vec<TreeV1>),
}

/// A tree holds itself.
#[derive(Debug, PartialEq, Upgrade)]
#[versioned(previous = TreeV1)]
enum TreeV2 {
    Leaf(i64),
    Node(Vec<Self>),
}

#[test]
fn an_enum_inside_itself_is_converted_to_its_leaves() {
    let old = TreeV1::Node(vec![TreeV1::Leaf(1), TreeV1::Node(vec![TreeV1::Leaf(2)])]);
    let new = TreeV2::Node(vec![TreeV2::Leaf(1), TreeV2::Node(vec![TreeV2::Leaf(2)])]);
    assert_eq!(TreeV2::from(old), new);
}
