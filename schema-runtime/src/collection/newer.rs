//! Documents that are newer than this program.

use bson::RawDocument;
use schema_core::{DecodeOwned, decode_newer};

use super::VersionedCollection;
use crate::watch;

/// What reads make of documents that are newer than this program, as while a newer release is rolled out. No operation changes one, whatever is
/// chosen here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Newer {
    /// An error that says so: nobody takes for a document what may mean something else by now.
    #[default]
    Reject,
    /// What this version [knows of it](schema_core::decode_newer), where that is enough for the type. It cannot be saved.
    ReadOnly,
}

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// What is known of a newer document, if that is to be read.
    pub(super) fn read_newer(&self, document: &RawDocument) -> Option<T> {
        match self.newer {
            Newer::Reject => None,
            Newer::ReadOnly => {
                let read = decode_newer(document).ok()?;
                watch::read_newer(self.name());
                Some(read)
            }
        }
    }
}
