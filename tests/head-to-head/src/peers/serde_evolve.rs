//! serde-evolve, with its `transparent` domain types, which serde reads directly.

use serde_evolve::Versioned;

use crate::plain::{AccountV1, AccountV2, AccountV3, OrderV1, OrderV2, OrderV3};

#[derive(Clone, Debug, Versioned)]
#[versioned(mode = "infallible", chain(AccountV1, AccountV2, AccountV3), transparent = true)]
pub(crate) struct Account {
    current: AccountV3,
}

impl From<AccountV3> for Account {
    fn from(current: AccountV3) -> Self {
        Self { current }
    }
}

impl From<&Account> for AccountV3 {
    fn from(account: &Account) -> Self {
        account.current.clone()
    }
}

#[derive(Clone, Debug, Versioned)]
#[versioned(mode = "infallible", chain(OrderV1, OrderV2, OrderV3), transparent = true)]
pub(crate) struct Order {
    current: OrderV3,
}

impl From<OrderV3> for Order {
    fn from(current: OrderV3) -> Self {
        Self { current }
    }
}

impl From<&Order> for OrderV3 {
    fn from(order: &Order) -> Self {
        order.current.clone()
    }
}
