//! Convert: one stored document of a batch, to its guarded write or to why there is none.

use bson::{RawDocument, RawDocumentBuf};
use schema_core::{Chain, DecodeOwned, context::MissingContext};

use super::failure::Failure;
use crate::{
    convert::{Reason, change, is_current},
    guarded_write::Change,
};

/// What a document turned out to need.
#[derive(Debug)]
pub(super) enum Converted {
    /// It is where it is to be: at the current version.
    Done,
    /// It is to be changed like this.
    Change(Box<Change>),
    /// It cannot be brought there.
    Failed(Box<Failure>),
    /// Nobody can say, without this.
    Missing(MissingContext),
}

impl Converted {
    pub(super) fn of(change: Result<Change, Reason>, chain: &Chain, stored: &RawDocument) -> Self {
        match change {
            Ok(change) => Self::Change(Box::new(change)),
            Err(reason) => match reason.missing_context() {
                Some(missing) => Self::Missing(missing),
                None => Self::Failed(Box::new(Failure::new(chain, stored, reason))),
            },
        }
    }
}

/// `collated`: whether the collection has a collation of its own.
pub(super) fn convert<T: DecodeOwned>(stored: &RawDocumentBuf, collated: bool) -> Converted {
    if is_current::<T>(stored) {
        return Converted::Done;
    }
    Converted::of(change::<T>(stored, None, collated), &T::CHAIN, stored)
}
