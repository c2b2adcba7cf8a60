//! What the example service has beside its types, as far as they need it.

use schema_runtime::DecodeOwned;

pub(crate) trait Resource: DecodeOwned + Send + Sync + 'static {
    const READ_BY_RELEASE_BEFORE: u32;

    type Fields: serde::de::DeserializeOwned + serde::Serialize + Send;

    const ASKED: &'static [(&'static str, Kind)];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
}

/// The service knows its resources by the alias.
pub(crate) fn asked() -> usize {
    fn of<T: Resource>() -> usize {
        T::ASKED.len()
    }
    of::<crate::products::Product>() + of::<crate::contacts::Contact>()
}
