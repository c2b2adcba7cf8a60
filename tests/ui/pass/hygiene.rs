//! The generated code takes nothing from where it stands: no prelude, names with other meanings, no `serde` and
//! no `bson` in scope.
#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types)]

struct Option;
struct Result;
struct Vec;
struct Box;
struct Ok;
struct Err;
struct Some;
struct None;
struct From;
struct TryFrom;
struct Default;
struct Clone;
struct Serialize;
struct Deserialize;
mod core {}
mod std {}
mod serde {}
mod bson {}
mod schema_core {}

#[derive(::schema_runtime::VersionedDocument)]
#[versioned(
    version = 1,
    index(keys(r#type, -count), unique, partial = ::schema_runtime::bson::doc! { "name": "a" }),
    index(keys(text(previous)), collation = "simple")
)]
struct OneV1 {
    name: ::std::string::String,
    r#type: ::std::string::String,
    count: i32,
    tags: ::std::vec::Vec<i32>,
    // Names that the generated code uses for itself.
    previous: i32,
    value: i32,
    error: i32,
    stored: i32,
}

#[derive(::schema_runtime::VersionedDocument)]
#[versioned(version = 2, previous = OneV1)]
struct OneV2 {
    #[versioned(from = name)]
    title: ::std::string::String,
    r#type: ::std::string::String,
    #[versioned(try_with = result)]
    count: i8,
    tags: ::std::vec::Vec<i64>,
    #[versioned(from = previous)]
    next: i32,
    #[versioned(compute = previous)]
    computed: i32,
    #[versioned(added = rule())]
    added: bool,
    value: i64,
    error: i64,
    stored: i64,
}

#[derive(::schema_runtime::VersionedDocument)]
#[versioned(version = 1, kind(key = "type", value = "article"))]
struct Article {
    text: ::std::string::String,
}

#[derive(::schema_runtime::VersionedDocument)]
#[versioned(version = 1, kind(key = "type", value = "video"))]
struct Video {
    seconds: i32,
}

#[derive(::schema_runtime::DocumentKinds)]
enum Content {
    Article(Article),
    Video(::std::boxed::Box<Video>),
}

// And functions of such names.
fn previous(_: &OneV1) -> i32 {
    0
}

fn rule() -> bool {
    true
}

fn result(count: i32) -> ::std::result::Result<i8, ::std::num::TryFromIntError> {
    ::std::convert::TryFrom::try_from(count)
}

#[derive(::schema_runtime::Upgrade)]
#[versioned(previous = OneV1, removed(r#type, count, tags, previous, value, error, stored))]
struct Embedded {
    name: ::std::string::String,
}

#[::std::prelude::v1::test]
fn compiles_and_converts() {
    let old = OneV1 {
        name: ::std::string::String::new(),
        r#type: ::std::string::String::new(),
        count: 300,
        tags: ::std::vec::Vec::new(),
        previous: 1,
        value: 2,
        error: 3,
        stored: 4,
    };
    let new: ::std::result::Result<OneV2, _> = ::std::convert::TryFrom::try_from(old);
    let ::std::result::Result::Err(error) = new else { ::std::panic!("300 does not fit") };
    ::std::assert_eq!(::std::string::ToString::to_string(error.path()), "count");
}
