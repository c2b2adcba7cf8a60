//! Shared pieces of the suites.

pub mod faults;
pub mod lints;
pub mod marks;
pub mod memory;
pub mod orders;
pub mod samples;
pub mod stored;
pub mod ways;
