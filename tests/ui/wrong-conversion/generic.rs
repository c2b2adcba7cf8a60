//! The step of a generic type has to say what can fail.

use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct EventV1<T> {
    count: i64,
    payload: T,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = EventV1<T>)]
struct EventV2<T> {
    count: i32,
    payload: T,
}

fn main() {}
