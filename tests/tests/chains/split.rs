//! One field becomes several: the value is cloned for all of them but the last.

use std::cell::Cell;

use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

thread_local! {
    static CLONES: Cell<u32> = const { Cell::new(0) };
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Counted(String);

impl Clone for Counted {
    fn clone(&self) -> Self {
        CLONES.set(CLONES.get() + 1);
        Self(self.0.clone())
    }
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct ContactV1 {
    address: Counted,
    name: Counted,
}

fn contact() -> ContactV1 {
    ContactV1 { address: Counted("ada@example.org".into()), name: Counted("Ada".into()) }
}

/// The parts of the address by functions, and the address as it was.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = ContactV1)]
struct ContactV2 {
    #[versioned(from = address, with = |a: Counted| a.0.split('@').next().unwrap_or_default().to_owned())]
    user: String,
    #[versioned(from = address, with = |a: Counted| a.0.split('@').nth(1).unwrap_or_default().to_owned())]
    host: String,
    address: Counted,
    name: Counted,
}

fn clones_during<T>(action: impl FnOnce() -> T) -> (T, u32) {
    let before = CLONES.get();
    let value = action();
    (value, CLONES.get() - before)
}

#[test]
fn a_field_used_three_times_is_cloned_twice() {
    let old = contact();
    let (new, clones) = clones_during(|| ContactV2::from(old));
    let expected = ContactV2 {
        user: "ada".into(),
        host: "example.org".into(),
        address: Counted("ada@example.org".into()),
        name: Counted("Ada".into()),
    };
    assert_eq!(new, expected);
    assert_eq!(clones, 2);
}

/// The same field twice in one call counts twice; looking at it costs nothing.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = ContactV1)]
struct DoubledV2 {
    #[versioned(from(address, name, address), with = |a: Counted, b: Counted, c: Counted| [a.0, b.0, c.0])]
    all: [String; 3],
    #[versioned(compute = |old: &ContactV1| old.address.0.len() as u32)]
    length: u32,
}

#[test]
fn a_field_used_twice_in_one_call_is_cloned_once() {
    let old = contact();
    let (new, clones) = clones_during(|| DoubledV2::from(old));
    assert_eq!(new.all, ["ada@example.org", "Ada", "ada@example.org"]);
    assert_eq!(new.length, 15);
    assert_eq!(clones, 1);
}

/// A type that cannot be cloned can still be carried.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Unique(i32);

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct TokenV1 {
    value: Unique,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = TokenV1)]
struct TokenV2 {
    #[versioned(from = value)]
    token: Unique,
}

#[test]
fn a_field_used_once_is_moved() {
    assert_eq!(TokenV2::from(TokenV1 { value: Unique(7) }).token, Unique(7));
}
