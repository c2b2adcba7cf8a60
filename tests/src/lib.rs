//! Shared pieces of the suites.

pub mod ways;
