//! What is stored stays what it is: fields that no type knows, whatever their BSON type, and the difference between an
//! absent field, a null and a value.

mod bson_types;
mod corpus;
mod present;
#[path = "../server/support.rs"]
mod support;
mod unknown;
