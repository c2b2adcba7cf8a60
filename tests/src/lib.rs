//! Shared pieces of the suites.

pub mod faults;
pub mod lints;
pub mod orders;
pub mod ways;
