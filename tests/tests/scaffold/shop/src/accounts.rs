//! The current version has the bare name, and its step is written by hand.

use schema_runtime::VersionedDocument;

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(collection = "accounts", version = 1, version_field = "v")]
pub struct AccountV1 {
    pub name: String,
}

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 2, previous = AccountV1, manual, reversible)]
pub struct Account {
    pub first: String,
    pub last: String,
}

impl From<AccountV1> for Account {
    fn from(account: AccountV1) -> Self {
        let (first, last) = account.name.split_once(' ').unwrap_or((&account.name, ""));
        Self { first: first.to_owned(), last: last.to_owned() }
    }
}

impl From<Account> for AccountV1 {
    fn from(account: Account) -> Self {
        Self { name: format!("{} {}", account.first, account.last).trim().to_owned() }
    }
}

impl From<&Account> for String {
    fn from(account: &Account) -> Self {
        account.last.clone()
    }
}

pub fn initial(account: &Account) -> Option<char> {
    String::from(account).chars().next()
}
