//! serde_versioned, with serde's `from` and `into`, which read and write the struct itself.

use bson::{DateTime, oid::ObjectId};
use serde::{Deserialize, Serialize};
use serde_versioned::{FromVersion, Versioned};

use crate::plain::{AccountV1, AccountV2, AccountV3, Customer, Line, OrderV1, OrderV2, OrderV3};

#[derive(Clone, Versioned, Serialize, Deserialize)]
#[serde(from = "AccountVersion", into = "AccountVersion")]
#[versioned(versions = [1 => AccountV1, 2 => AccountV2, 3 => AccountV3])]
pub(crate) struct Account {
    id: ObjectId,
    display: String,
    email: String,
    logins: i64,
    balance: f64,
    since: DateTime,
    active: bool,
}

impl FromVersion<Account> for AccountV1 {
    fn convert(self) -> Account {
        AccountV2::from(self).convert()
    }
}

impl FromVersion<Account> for AccountV2 {
    fn convert(self) -> Account {
        AccountV3::from(self).convert()
    }
}

impl FromVersion<Account> for AccountV3 {
    fn convert(self) -> Account {
        let AccountV3 { id, display, email, logins, balance, since, active } = self;
        Account { id, display, email, logins, balance, since, active }
    }
}

#[derive(Clone, Versioned, Serialize, Deserialize)]
#[serde(from = "OrderVersion", into = "OrderVersion")]
#[versioned(versions = [1 => OrderV1, 2 => OrderV2, 3 => OrderV3])]
pub(crate) struct Order {
    id: ObjectId,
    number: i64,
    status: String,
    buyer: Customer,
    lines: Vec<Line>,
    total: f64,
    tags: Vec<String>,
    placed_at: DateTime,
    shipped_at: Option<DateTime>,
    note: String,
    returns: Vec<Line>,
}

impl FromVersion<Order> for OrderV1 {
    fn convert(self) -> Order {
        OrderV2::from(self).convert()
    }
}

impl FromVersion<Order> for OrderV2 {
    fn convert(self) -> Order {
        OrderV3::from(self).convert()
    }
}

impl FromVersion<Order> for OrderV3 {
    fn convert(self) -> Order {
        let OrderV3 { id, number, status, buyer, lines, total, tags, placed_at, shipped_at, note, returns } =
            self;
        Order { id, number, status, buyer, lines, total, tags, placed_at, shipped_at, note, returns }
    }
}
