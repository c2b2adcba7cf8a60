//! `#[serde(tag = "..")]`: the tag is a field beside those of the variant.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, VariantAccess, Visitor};

use super::Tagging;
use crate::deserialize::without::Without;

/// The tag is a field of the document, and what the variant holds is the document itself.
#[derive(Debug, Clone, Copy)]
pub struct InternallyTagged {
    pub tag: &'static str,
    pub stamps: [&'static str; 2],
    /// Whether a field too many would be noticed.
    pub strict: bool,
}

impl Tagging for InternallyTagged {
    type Content<'de, D: Deserializer<'de>> = InternalContent<D>;

    fn tag(&self) -> &'static str {
        self.tag
    }

    fn content<'de, D: Deserializer<'de>>(self, document: D) -> InternalContent<D> {
        InternalContent { document, tagging: self }
    }
}

#[derive(Debug)]
pub struct InternalContent<D> {
    document: D,
    tagging: InternallyTagged,
}

impl<D> InternalContent<D> {
    fn without_names(self) -> Without<D, 3> {
        let [version, kind] = self.tagging.stamps;
        Without::names(self.document, [version, kind, self.tagging.tag])
    }
}

impl<'de, D: Deserializer<'de>> VariantAccess<'de> for InternalContent<D> {
    type Error = D::Error;

    /// Whatever else the document has is ignored, as serde does.
    fn unit_variant(self) -> Result<(), D::Error> {
        self.document.deserialize_ignored_any(IgnoredAny)?;
        Ok(())
    }

    /// The type within may be a map, or deny what it does not know.
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, D::Error> {
        seed.deserialize(self.without_names())
    }

    /// The derive refuses these.
    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, D::Error> {
        Err(D::Error::custom("the values of a tuple variant have no names to stand beside the tag"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        if self.tagging.strict {
            self.without_names().deserialize_struct("", fields, visitor)
        } else {
            self.document.deserialize_struct("", fields, visitor)
        }
    }
}
