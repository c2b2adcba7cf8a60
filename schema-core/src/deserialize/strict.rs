//! A document without its version field, for the types that would trip over it: `deny_unknown_fields` would
//! refuse it and a `flatten` map would take it in.

#![allow(missing_docs, reason = "only generated code names these items")]

use serde::de::{IgnoredAny, MapAccess};

use super::sieve::{Sieve, Take};

/// The name of the version field.
#[derive(Debug)]
pub struct Stamp(&'static str);

impl<'de> Take<'de> for Stamp {
    type Key = ();

    fn wants(&self, key: &str) -> Option<()> {
        (key == self.0).then_some(())
    }

    fn take<A: MapAccess<'de>>(&mut self, (): (), map: &mut A) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(|_| ())
    }
}

pub fn without_stamp<D>(body: D, version_field: &'static str) -> Sieve<D, Stamp> {
    Sieve::new(body, Stamp(version_field))
}
