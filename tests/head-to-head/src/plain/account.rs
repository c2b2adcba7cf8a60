//! A short document, of about 150 bytes.

use bson::{DateTime, oid::ObjectId};
use serde::{Deserialize, Serialize};
use version_migrate::{Migrator, migrator};

use crate::{kind::Kind, peers};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccountV1 {
    #[serde(rename = "_id")]
    pub(crate) id: ObjectId,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) logins: i32,
    pub(crate) balance: f64,
    pub(crate) since: DateTime,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccountV2 {
    #[serde(rename = "_id")]
    pub(crate) id: ObjectId,
    pub(crate) display: String,
    pub(crate) email: String,
    pub(crate) logins: i64,
    pub(crate) balance: f64,
    pub(crate) since: DateTime,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccountV3 {
    #[serde(rename = "_id")]
    pub(crate) id: ObjectId,
    pub(crate) display: String,
    pub(crate) email: String,
    pub(crate) logins: i64,
    pub(crate) balance: f64,
    pub(crate) since: DateTime,
    pub(crate) active: bool,
}

impl From<AccountV1> for AccountV2 {
    fn from(old: AccountV1) -> Self {
        let AccountV1 { id, name, email, logins, balance, since } = old;
        Self { id, display: name, email, logins: logins.into(), balance, since }
    }
}

impl From<AccountV2> for AccountV3 {
    fn from(old: AccountV2) -> Self {
        let AccountV2 { id, display, email, logins, balance, since } = old;
        Self { id, display, email, logins, balance, since, active: true }
    }
}

pub(crate) struct Accounts;

impl Kind for Accounts {
    type V1 = AccountV1;
    type V2 = AccountV2;
    type V3 = AccountV3;
    type Ours = peers::ours::AccountV3;
    type SerdeEvolve = peers::serde_evolve::Account;
    type SerdeVersioned = peers::serde_versioned::Account;
    type AnyObake = peers::obake::account::Any;
    type Obake = peers::obake::account::Document;

    fn migrator() -> Migrator {
        migrator!("document" => [AccountV1, AccountV2, AccountV3, AccountV3]).unwrap()
    }

    fn sample(_: usize) -> AccountV1 {
        AccountV1 {
            id: ObjectId::from_bytes([7; 12]),
            name: "Ada L.".into(),
            email: "ada@example.org".into(),
            logins: 4_711,
            balance: 129.95,
            since: DateTime::from_millis(1_700_000_000_000),
        }
    }
}
