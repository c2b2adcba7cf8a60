//! Five versions: reading version n as version 5 is the same as taking the steps one by one, whatever the
//! document and whichever step refuses it.

use proptest::prelude::*;
use schema_runtime::{DecodeError, UpgradeError, VersionedDocument, decode, decode_stored, encode};

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "orders")]
struct OrderV1 {
    customer: String,
    total: String,
    lines: Vec<i64>,
    coupon: Option<String>,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = OrderV1, removed(coupon))]
struct OrderV2 {
    #[versioned(from = customer)]
    buyer: String,
    #[versioned(try_with = |total: String| total.parse::<i64>())]
    total: i64,
    lines: Vec<i64>,
    #[versioned(compute = |old: &OrderV1| old.coupon.is_some())]
    discounted: bool,
}

/// Lines may turn out not to fit.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 3, previous = OrderV2)]
struct OrderV3 {
    buyer: String,
    total: i64,
    lines: Vec<i16>,
    discounted: bool,
    #[versioned(added = "EUR".to_owned())]
    currency: String,
}

/// Cannot fail.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 4, previous = OrderV3)]
struct OrderV4 {
    #[versioned(from(buyer, currency), with = |buyer: String, currency: String| format!("{buyer} in {currency}"))]
    label: String,
    total: i64,
    lines: Vec<i32>,
    discounted: bool,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 5, previous = OrderV4, manual)]
struct OrderV5 {
    label: String,
    average: i64,
}

impl TryFrom<OrderV4> for OrderV5 {
    type Error = &'static str;

    fn try_from(old: OrderV4) -> Result<Self, &'static str> {
        let count = i64::try_from(old.lines.len()).map_err(|_| "too many lines")?;
        let average = old.total.checked_div(count).ok_or("an order without lines has no average")?;
        Ok(Self { label: old.label, average })
    }
}

/// The steps by hand; an error as the place and the cause it would be reported with.
fn by_hand(order: OrderV1) -> Result<OrderV5, (u32, String)> {
    let refused = |from| move |error: UpgradeError| (from, error.path().to_string());
    let order = OrderV2::try_from(order).map_err(refused(1))?;
    let order = OrderV3::try_from(order).map_err(refused(2))?;
    let order = OrderV4::from(order);
    OrderV5::try_from(order).map_err(|_| (4, String::new()))
}

fn as_reported(error: &DecodeError) -> (u32, String) {
    let path = error.path().map(ToString::to_string).unwrap_or_default();
    match error.kind() {
        schema_runtime::DecodeErrorKind::Step { from, to, .. } => {
            assert_eq!(*to, from + 1);
            (*from, path)
        }
        other => panic!("{other:?} is not a failed step"),
    }
}

/// Mostly orders that make it through, and some that each step refuses.
fn orders() -> impl Strategy<Value = OrderV1> {
    let total = prop_oneof![9 => any::<i64>().prop_map(|n| n.to_string()), 1 => ".*"];
    let line = prop_oneof![19 => any::<i16>().prop_map(i64::from), 1 => any::<i64>()];
    (".*", total, prop::collection::vec(line, 0..5), any::<Option<String>>())
        .prop_map(|(customer, total, lines, coupon)| OrderV1 { customer, total, lines, coupon })
}

proptest! {
    #[test]
    fn reading_is_the_composition_of_the_steps(order in orders()) {
        let stored = encode(&order).unwrap();
        let read = decode::<OrderV5>(&stored).map_err(|error| as_reported(&error));
        prop_assert_eq!(read, by_hand(order));
    }

    /// Wherever the document was left on its way, the rest of the way is the same.
    #[test]
    fn every_version_on_the_way_leads_to_the_same_document(order in orders()) {
        let Ok(expected) = by_hand(order.clone()) else { return Ok(()) };
        let v2 = OrderV2::try_from(order.clone()).unwrap();
        let v3 = OrderV3::try_from(v2.clone()).unwrap();
        let v4 = OrderV4::from(v3.clone());
        let stored = [
            encode(&order).unwrap(),
            encode(&v2).unwrap(),
            encode(&v3).unwrap(),
            encode(&v4).unwrap(),
            encode(&expected).unwrap(),
        ];
        for (version, bytes) in (1..).zip(&stored) {
            let decoded = decode_stored::<OrderV5>(bytes).unwrap();
            prop_assert_eq!(&decoded.document, &expected);
            prop_assert_eq!(decoded.stored_version, version);
            // What the stored version knew is all of it: these documents have no unknown fields.
            prop_assert_eq!(&decoded.stored, bytes);
        }
    }
}
