//! The versions as plain serde structs, with their steps written by hand.

mod account;
mod order;

pub(crate) use self::{
    account::{AccountV1, AccountV2, AccountV3, Accounts},
    order::{Customer, Line, LineV1, OrderV1, OrderV2, OrderV3, Orders, euros},
};
