//! A short document, of about 150 bytes.

use bson::{DateTime, oid::ObjectId};
use schema_core::VersionedDocument;
use serde::{Deserialize, Serialize};

use super::Kind;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
pub(super) struct AccountV1 {
    #[serde(rename = "_id")]
    id: ObjectId,
    name: String,
    email: String,
    logins: i32,
    balance: f64,
    since: DateTime,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = AccountV1)]
pub(super) struct AccountV2 {
    #[serde(rename = "_id")]
    id: ObjectId,
    #[versioned(from = name)]
    display: String,
    email: String,
    logins: i64,
    balance: f64,
    since: DateTime,
    #[versioned(added = true)]
    active: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct PlainV1 {
    #[serde(rename = "schemaVersion")]
    schema_version: i32,
    #[serde(rename = "_id")]
    id: ObjectId,
    name: String,
    email: String,
    logins: i32,
    balance: f64,
    since: DateTime,
}

macro_rules! plain {
    ($($name:ident)*) => {
        $(#[derive(Serialize, Deserialize)]
        pub(super) struct $name {
            #[serde(rename = "schemaVersion")]
            schema_version: i32,
            #[serde(rename = "_id")]
            id: ObjectId,
            display: String,
            email: String,
            logins: i64,
            balance: f64,
            since: DateTime,
            active: bool,
        })*
    };
}

plain!(Plain Twin);

pub(super) struct Accounts;

impl Kind for Accounts {
    type Current = AccountV2;
    type Plain = Plain;
    type Twin = Twin;
    type PlainV1 = PlainV1;

    fn sample(_: usize) -> PlainV1 {
        PlainV1 {
            schema_version: 1,
            id: ObjectId::from_bytes([7; 12]),
            name: "Ada L.".into(),
            email: "ada@example.org".into(),
            logins: 4_711,
            balance: 129.95,
            since: DateTime::from_millis(1_700_000_000_000),
        }
    }

    fn convert(old: PlainV1) -> Plain {
        Plain {
            schema_version: 2,
            id: old.id,
            display: old.name,
            email: old.email,
            logins: old.logins.into(),
            balance: old.balance,
            since: old.since,
            active: true,
        }
    }
}
