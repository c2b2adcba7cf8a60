//! The generated code stands in somebody else's crate: it must work whatever is in scope there, and offend
//! against none of its lints. Where no name can be relied on at all: `ui/pass/hygiene.rs`, `only-core` and
//! `only-runtime`.

mod bindings;
mod field_names;
mod lints;
mod macros;
mod names;
mod traits;
