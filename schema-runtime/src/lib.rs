//! stub
pub use schema_core::*;
