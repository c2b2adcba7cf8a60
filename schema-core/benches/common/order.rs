//! A document with a document and a list of documents inside, from 1 KB up.

use bson::{DateTime, oid::ObjectId};
use schema_core::{Upgrade, VersionedDocument};
use serde::{Deserialize, Serialize};

use super::Kind;

#[derive(Serialize, Deserialize)]
pub(super) struct Customer {
    customer_id: ObjectId,
    name: String,
    email: String,
    city: String,
    vip: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct LineV1 {
    sku: String,
    title: String,
    quantity: i32,
    price: f64,
    tax_class: Option<String>,
}

#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = LineV1)]
pub(super) struct LineV2 {
    sku: String,
    title: String,
    quantity: i64,
    price: f64,
    tax_class: Option<String>,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
pub(super) struct OrderV1 {
    #[serde(rename = "_id")]
    id: ObjectId,
    number: i64,
    status: String,
    customer: Customer,
    lines: Vec<LineV1>,
    total: String,
    tags: Vec<String>,
    placed_at: DateTime,
    shipped_at: Option<DateTime>,
    note: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = OrderV1)]
pub(super) struct OrderV2 {
    #[serde(rename = "_id")]
    id: ObjectId,
    number: i64,
    status: String,
    #[versioned(from = customer)]
    buyer: Customer,
    lines: Vec<LineV2>,
    #[versioned(try_with = |text: String| text.parse::<f64>())]
    total: f64,
    tags: Vec<String>,
    placed_at: DateTime,
    shipped_at: Option<DateTime>,
    note: String,
    #[versioned(added)]
    returns: Vec<LineV2>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct PlainV1 {
    #[serde(rename = "schemaVersion")]
    schema_version: i32,
    #[serde(rename = "_id")]
    id: ObjectId,
    number: i64,
    status: String,
    customer: Customer,
    lines: Vec<LineV1>,
    total: String,
    tags: Vec<String>,
    placed_at: DateTime,
    shipped_at: Option<DateTime>,
    note: String,
}

macro_rules! plain {
    ($($name:ident)*) => {
        $(#[derive(Serialize, Deserialize)]
        pub(super) struct $name {
            #[serde(rename = "schemaVersion")]
            schema_version: i32,
            #[serde(rename = "_id")]
            id: ObjectId,
            number: i64,
            status: String,
            buyer: Customer,
            lines: Vec<LineV2>,
            total: f64,
            tags: Vec<String>,
            placed_at: DateTime,
            shipped_at: Option<DateTime>,
            note: String,
            returns: Vec<LineV2>,
        })*
    };
}

plain!(Plain Twin);

pub(super) struct Orders;

impl Kind for Orders {
    type Current = OrderV2;
    type Plain = Plain;
    type Twin = Twin;
    type PlainV1 = PlainV1;

    fn sample(lines: usize) -> PlainV1 {
        PlainV1 {
            schema_version: 1,
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
            total: "1249.50".into(),
            tags: vec!["web".into(), "gift".into()],
            placed_at: DateTime::from_millis(1_700_000_000_000),
            shipped_at: Some(DateTime::from_millis(1_700_090_000_000)),
            note: "please leave the parcel with the neighbours on the second floor".into(),
        }
    }

    fn convert(old: PlainV1) -> Plain {
        Plain {
            schema_version: 2,
            id: old.id,
            number: old.number,
            status: old.status,
            buyer: old.customer,
            lines: old.lines.into_iter().map(convert_line).collect(),
            total: old.total.parse().unwrap(),
            tags: old.tags,
            placed_at: old.placed_at,
            shipped_at: old.shipped_at,
            note: old.note,
            returns: Vec::new(),
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

fn convert_line(old: LineV1) -> LineV2 {
    LineV2 {
        sku: old.sku,
        title: old.title,
        quantity: old.quantity.into(),
        price: old.price,
        tax_class: old.tax_class,
    }
}
