//! Shared pieces of the suites.

pub mod orders;
pub mod ways;
