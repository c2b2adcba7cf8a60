//! A document with a document and a list of documents inside, from 1 KB up.

use bson::{DateTime, oid::ObjectId};
use serde::{Deserialize, Serialize};
use version_migrate::{Migrator, migrator};

use crate::{kind::Kind, peers};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Customer {
    pub(crate) customer_id: ObjectId,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) city: String,
    pub(crate) vip: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LineV1 {
    pub(crate) sku: String,
    pub(crate) title: String,
    pub(crate) quantity: i32,
    pub(crate) price: f64,
    pub(crate) tax_class: Option<String>,
}

/// A line from version 2 on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) sku: String,
    pub(crate) title: String,
    pub(crate) quantity: i64,
    pub(crate) price: f64,
    pub(crate) tax_class: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OrderV1 {
    #[serde(rename = "_id")]
    pub(crate) id: ObjectId,
    pub(crate) number: i64,
    pub(crate) status: String,
    pub(crate) customer: Customer,
    pub(crate) lines: Vec<LineV1>,
    pub(crate) cents: i32,
    pub(crate) tags: Vec<String>,
    pub(crate) placed_at: DateTime,
    pub(crate) shipped_at: Option<DateTime>,
    pub(crate) note: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OrderV2 {
    #[serde(rename = "_id")]
    pub(crate) id: ObjectId,
    pub(crate) number: i64,
    pub(crate) status: String,
    pub(crate) buyer: Customer,
    pub(crate) lines: Vec<Line>,
    pub(crate) total: f64,
    pub(crate) tags: Vec<String>,
    pub(crate) placed_at: DateTime,
    pub(crate) shipped_at: Option<DateTime>,
    pub(crate) note: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OrderV3 {
    #[serde(rename = "_id")]
    pub(crate) id: ObjectId,
    pub(crate) number: i64,
    pub(crate) status: String,
    pub(crate) buyer: Customer,
    pub(crate) lines: Vec<Line>,
    pub(crate) total: f64,
    pub(crate) tags: Vec<String>,
    pub(crate) placed_at: DateTime,
    pub(crate) shipped_at: Option<DateTime>,
    pub(crate) note: String,
    pub(crate) returns: Vec<Line>,
}

impl From<LineV1> for Line {
    fn from(old: LineV1) -> Self {
        let LineV1 { sku, title, quantity, price, tax_class } = old;
        Self { sku, title, quantity: quantity.into(), price, tax_class }
    }
}

impl From<OrderV1> for OrderV2 {
    fn from(old: OrderV1) -> Self {
        Self {
            id: old.id,
            number: old.number,
            status: old.status,
            buyer: old.customer,
            lines: old.lines.into_iter().map(Line::from).collect(),
            total: euros(old.cents),
            tags: old.tags,
            placed_at: old.placed_at,
            shipped_at: old.shipped_at,
            note: old.note,
        }
    }
}

impl From<OrderV2> for OrderV3 {
    fn from(old: OrderV2) -> Self {
        let OrderV2 { id, number, status, buyer, lines, total, tags, placed_at, shipped_at, note } = old;
        let returns = Vec::new();
        Self { id, number, status, buyer, lines, total, tags, placed_at, shipped_at, note, returns }
    }
}

pub(crate) fn euros(cents: i32) -> f64 {
    f64::from(cents) / 100.0
}

pub(crate) struct Orders;

impl Kind for Orders {
    type V1 = OrderV1;
    type V2 = OrderV2;
    type V3 = OrderV3;
    type Ours = peers::ours::OrderV3;
    type SerdeEvolve = peers::serde_evolve::Order;
    type SerdeVersioned = peers::serde_versioned::Order;
    type AnyObake = peers::obake::order::Any;
    type Obake = peers::obake::order::Document;

    fn migrator() -> Migrator {
        migrator!("document" => [OrderV1, OrderV2, OrderV3, OrderV3]).unwrap()
    }

    fn sample(lines: usize) -> OrderV1 {
        OrderV1 {
            id: ObjectId::from_bytes([7; 12]),
            number: 202_600_017,
            status: "shipped".into(),
            customer: Customer {
                customer_id: ObjectId::from_bytes([9; 12]),
                name: "Grace Hopper".into(),
                email: "grace@example.org".into(),
                city: "Arlington".into(),
                vip: true,
            },
            lines: (0..lines).map(line).collect(),
            cents: 124_950,
            tags: vec!["web".into(), "gift".into()],
            placed_at: DateTime::from_millis(1_700_000_000_000),
            shipped_at: Some(DateTime::from_millis(1_700_090_000_000)),
            note: "please leave the parcel with the neighbours on the second floor".into(),
        }
    }
}

fn line(index: usize) -> LineV1 {
    LineV1 {
        sku: format!("KTL-{index:05}"),
        title: format!("Kettle, enamelled, model {index}"),
        quantity: 2,
        price: 24.9,
        tax_class: index.is_multiple_of(3).then(|| "reduced".into()),
    }
}
