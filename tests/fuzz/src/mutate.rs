//! New inputs out of old ones, by the structure of the input: bytes changed blindly are no longer Rust, or no longer
//! BSON, and end at the first check.

mod document;
mod source;

pub use self::{document::document, source::source};
