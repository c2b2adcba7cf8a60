//! A module for each version, and the bare name in each.

pub mod v1;
pub mod v2;

pub use v2::Device;
