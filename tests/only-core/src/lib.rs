//! The derives, where schema-core is the only dependency and has another name: neither `serde` nor
//! `bson` nor the usual names are in scope.

#[cfg(test)]
mod derives;
