//! The way to the content of a variant.

use serde::de::{DeserializeSeed, EnumAccess, IntoDeserializer, VariantAccess, Visitor};

use super::{Probe, What};
use crate::shape::{refusal::Refusal, sample::Key};

pub(super) struct Variant<'p> {
    pub(super) name: &'static str,
    pub(super) probe: Probe<'p>,
}

impl<'p> EnumAccess<'static> for Variant<'p> {
    type Error = Refusal;
    type Variant = Content<'p>;

    fn variant_seed<S: DeserializeSeed<'static>>(self, seed: S) -> Result<(S::Value, Content<'p>), Refusal> {
        Ok((seed.deserialize(Key(self.name).into_deserializer())?, Content(self.probe)))
    }
}

pub(super) struct Content<'p>(Probe<'p>);

impl VariantAccess<'static> for Content<'_> {
    type Error = Refusal;

    fn unit_variant(self) -> Result<(), Refusal> {
        if self.0.way.is_empty() {
            self.0.note(What::UnitVariant, "", String::new());
        }
        Err(Refusal::Seen)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'static>>(self, seed: S) -> Result<S::Value, Refusal> {
        match self.0.way.split_first() {
            Some((_, way)) => {
                let inside = Probe { way, ..self.0 };
                let result = seed.deserialize(inside);
                inside.passed(result)
            }
            None => {
                self.0.note(What::NewtypeVariant, "", String::new());
                Err(Refusal::Seen)
            }
        }
    }

    fn tuple_variant<V: Visitor<'static>>(self, len: usize, visitor: V) -> Result<V::Value, Refusal> {
        self.0.go(What::Tuple(len), visitor)
    }

    fn struct_variant<V: Visitor<'static>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.0.go(What::Struct(fields), visitor)
    }
}
