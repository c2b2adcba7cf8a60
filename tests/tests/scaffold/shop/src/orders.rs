//! One version, no number, no alias, no collection: where every service begins.

use std::fmt;

use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

/// An order.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
#[serde(rename_all = "camelCase", default)]
pub struct Order {
    #[serde(rename = "_id")]
    pub id: i32,
    /// In cents.
    pub unit_price: i64,
    pub lines: Vec<Line>, // at least one
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub sku: String,
    pub count: u32,
}

impl Default for Order {
    fn default() -> Self {
        Self { id: 0, unit_price: 100, lines: Vec::new() }
    }
}

impl Order {
    pub fn total(&self) -> i64 {
        self.lines.iter().map(|line| i64::from(line.count) * self.unit_price).sum()
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "order {} of {}", self.id, self.total())
    }
}

pub fn cheapest(orders: &[Order]) -> Option<&Order> {
    orders.iter().min_by_key(|order| order.total())
}

#[cfg(test)]
mod tests {
    use schema_runtime::testing::Lock;

    use super::*;

    #[test]
    fn a_total_is_a_sum() {
        let order = Order { lines: vec![Line { sku: "tea".to_owned(), count: 3 }], ..Order::default() };
        assert_eq!((order.total(), order.to_string().as_str()), (300, "order 0 of 300"));
        assert_eq!(cheapest(std::slice::from_ref(&order)), Some(&order));
    }

    #[test]
    fn released_orders_are_what_they_were() {
        Lock::new("orders.lock").document::<Order>().assert();
    }
}
