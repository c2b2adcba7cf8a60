//! The way to a field, a key or an item: those before it get samples.

use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess};

use super::Probe;
use crate::shape::{
    refusal::Refusal,
    sample::{Key, Sample},
};

/// Fields with samples, then the one on the way.
pub(super) struct Fields<'p, B> {
    pub(super) before: B,
    pub(super) value: Option<&'p Sample>,
    pub(super) name: &'static str,
    pub(super) probe: Probe<'p>,
}

impl<'p, B: Iterator<Item = &'p (&'static str, Sample)>> MapAccess<'static> for Fields<'p, B> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'static>>(&mut self, seed: K) -> Result<Option<K::Value>, Refusal> {
        let name = match self.before.next() {
            Some((name, sample)) => {
                self.value = Some(sample);
                name
            }
            None => self.name,
        };
        seed.deserialize(Key(name).into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'static>>(&mut self, seed: S) -> Result<S::Value, Refusal> {
        match self.value.take() {
            Some(sample) => seed.deserialize(self.probe.answer(sample)),
            None => {
                let result = seed.deserialize(self.probe);
                self.probe.passed(result)
            }
        }
    }
}

/// A map of which only a key is looked at.
pub(super) struct Keys<'p>(pub(super) Probe<'p>);

impl MapAccess<'static> for Keys<'_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'static>>(&mut self, seed: K) -> Result<Option<K::Value>, Refusal> {
        let result = seed.deserialize(self.0);
        self.0.passed(result)
    }

    fn next_value_seed<S: DeserializeSeed<'static>>(&mut self, _: S) -> Result<S::Value, Refusal> {
        Err(Refusal::Other)
    }
}

/// Items with samples, then the one on the way.
pub(super) struct Items<'p, B> {
    pub(super) before: B,
    pub(super) probe: Probe<'p>,
}

impl<'p, B: Iterator<Item = &'p Sample>> SeqAccess<'static> for Items<'p, B> {
    type Error = Refusal;

    fn next_element_seed<S: DeserializeSeed<'static>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refusal> {
        match self.before.next() {
            Some(sample) => seed.deserialize(self.probe.answer(sample)).map(Some),
            None => {
                let result = seed.deserialize(self.probe);
                self.probe.passed(result)
            }
        }
    }
}
