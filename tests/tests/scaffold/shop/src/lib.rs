//! Document types in the forms that services have them in.

#![deny(warnings)]
#![allow(dead_code)]

pub mod accounts;
pub mod articles;
pub mod carts;
pub mod contacts;
pub mod current;
pub mod events;
pub mod flights;
pub mod legacy;
pub mod measures;
pub mod notes;
pub mod orders;
pub mod products;
mod resource;
pub mod trees;
pub mod users;

pub use orders::Order;
