//! A document without its version field and its tag, for the types that would trip over them: `deny_unknown_fields`
//! would refuse them and a `flatten` map would take them in.

#![allow(missing_docs, reason = "only generated code names these items")]

use serde::de::{IgnoredAny, MapAccess};

use super::sieve::{Sieve, Take};

/// The names that are hidden.
#[derive(Debug)]
pub struct Hidden<const N: usize>([&'static str; N]);

impl<'de, const N: usize> Take<'de> for Hidden<N> {
    type Key = ();

    fn wants(&self, key: &str) -> Option<()> {
        self.0.contains(&key).then_some(())
    }

    fn take<A: MapAccess<'de>>(&mut self, (): (), map: &mut A) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(|_| ())
    }
}

pub fn without_stamp<D>(body: D, version_field: &'static str) -> Sieve<D, Hidden<1>> {
    without(body, [version_field])
}

pub(super) fn without<D, const N: usize>(body: D, hidden: [&'static str; N]) -> Sieve<D, Hidden<N>> {
    Sieve::new(body, Hidden(hidden))
}
