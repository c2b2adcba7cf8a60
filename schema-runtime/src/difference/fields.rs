//! The fields of a document's top level as they lie in its bytes.

use std::collections::HashMap;

use bson::{RawBsonRef, RawDocument, error::Result, raw::CStr};

/// Up to here it is quicker to compare names than to hash them.
pub(crate) const FEW: usize = 16;

/// The fields of a document, in their order and by name.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    all: Vec<(&'a CStr, RawBsonRef<'a>)>,
    /// Where there are more than a few.
    by_name: Option<HashMap<&'a str, RawBsonRef<'a>>>,
}

impl<'a> Fields<'a> {
    /// # Errors
    ///
    /// Bytes that are not BSON.
    pub(crate) fn of(document: &'a RawDocument) -> Result<Self> {
        let mut all = Vec::with_capacity(FEW);
        for field in document {
            all.push(field?);
        }
        let by_name =
            (all.len() > FEW).then(|| all.iter().map(|(name, value)| (name.as_str(), *value)).collect());
        Ok(Self { all, by_name })
    }

    /// One of that name, where it has any.
    pub(crate) fn get(&self, name: &str) -> Option<RawBsonRef<'a>> {
        match &self.by_name {
            Some(by_name) => by_name.get(name).copied(),
            None => self.iter().find_map(|(other, value)| (other.as_str() == name).then_some(value)),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a CStr, RawBsonRef<'a>)> {
        self.all.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use bson::{Bson, Document, RawDocumentBuf};
    use proptest::{collection::vec, prelude::*};

    use super::*;

    proptest! {
        /// Few or many, each name has its own value, and others have none.
        #[test]
        fn each_name_has_its_value(names in vec("[a-f]{0,2}", 0..40), other in "[a-f]{0,2}") {
            let document: Document = names.iter().cloned().zip((0..).map(Bson::Int32)).collect();
            let bytes = RawDocumentBuf::try_from(&document)?;
            let fields = Fields::of(&bytes)?;
            let value = |name: &str| fields.get(name).and_then(|value| value.as_i32());
            for name in names.iter().chain([&other]) {
                prop_assert_eq!(value(name), document.get(name).and_then(Bson::as_i32));
            }
            let order: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
            prop_assert_eq!(order, document.keys().collect::<Vec<_>>());
        }
    }
}
