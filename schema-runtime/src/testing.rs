//! Helpers for a service's own tests: released versions stay as they were released (feature `testing`).
//!
//! | to | use |
//! | --- | --- |
//! | notice that a stored document would be read differently than before | [`Golden`] |
//! | notice that the shape or the step of a released version has changed | [`Lock`] |
//!
//! Both compare the code with files that are checked in beside it, and both write these files themselves when the
//! environment says so. Neither needs a server.

mod changes;
mod extended_json;
mod finding;
mod folder;
mod golden;

pub use self::{finding::Findings, golden::Golden};
