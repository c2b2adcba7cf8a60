//! The derives, where schema-runtime is the only dependency and has another name: neither `serde` nor
//! `bson` nor the usual names are in scope. The code is that of the package beside this one.

#[cfg(test)]
#[path = "../../only-core/src/derives.rs"]
mod derives;
