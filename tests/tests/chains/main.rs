//! Chains of versions: what each key of the derive means, which steps can fail, and how far a value is carried
//! on its own.

mod carried;
mod composed;
mod container_keys;
mod context;
mod embedded;
mod enum_documents;
mod enums;
mod fallible;
mod field_keys;
mod generic;
mod history;
mod kinds;
mod manual;
mod re_exported;
mod reversible;
mod split;
mod unversioned;
