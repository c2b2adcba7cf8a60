//! Hostile bytes: one function for each way in, that panics when something does not hold which must hold for any
//! input. The fuzz targets call it with new inputs, `tests/replay.rs` with the ones that were kept.

pub mod attributes;
pub mod decode;
pub mod mutate;
pub mod peek;
mod target;

/// The derives without the compiler around them.
#[path = "../../../schema-macros/src"]
mod derives {
    pub(crate) mod attr;
    pub(crate) mod canonical;
    pub(crate) mod check;
    pub(crate) mod derive;
    pub(crate) mod expand;
    pub(crate) mod fallback;
    pub(crate) mod keys;
    pub(crate) mod kinds;
    pub(crate) mod krate;
    pub(crate) mod model;
    pub(crate) mod serde_attr;
    pub(crate) mod tokens;
    pub(crate) mod value;
}

// The modules name each other from the root of their crate.
use derives::{
    attr, canonical, check, derive, expand, fallback, keys, kinds, krate, model, serde_attr, tokens, value,
};
