//! One way to read a stored document.

use std::hint::black_box;

use bson::{Bson, Document};
use serde::Serialize;

/// How this way marks the version of a document: under which name, with which values.
pub(crate) struct Stamp {
    pub(crate) field: &'static str,
    pub(crate) versions: [Bson; 3],
}

impl Stamp {
    pub(crate) fn new<T: Into<Bson>>(field: &'static str, versions: [T; 3]) -> Self {
        Self { field, versions: versions.map(Into::into) }
    }

    /// The document in the bytes that this way stores it in. The stamp stands second, behind `_id`.
    fn bytes(&self, fields: &Document, version: usize) -> Vec<u8> {
        let mut stamped = Document::new();
        for (position, (name, value)) in fields.iter().enumerate() {
            if position == 1 {
                stamped.insert(self.field, self.versions[version - 1].clone());
            }
            stamped.insert(name, value.clone());
        }
        bson::serialize_to_vec(&stamped).unwrap()
    }
}

pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) size: usize,
    /// Reads the document as many times as it is told.
    pub(crate) read: Box<dyn Fn(u64)>,
    /// The fields that it reads, without its stamp.
    pub(crate) result: Document,
}

impl Contender {
    pub(crate) fn new<T: Serialize>(
        name: &'static str,
        stamp: &Stamp,
        fields: &Document,
        version: usize,
        read: impl Fn(&[u8]) -> T + 'static,
    ) -> Self {
        let bytes = stamp.bytes(fields, version);
        let mut result = bson::serialize_to_document(&read(&bytes)).unwrap();
        result.remove(stamp.field);
        let size = bytes.len();
        let read = Box::new(move |times| {
            for _ in 0..times {
                black_box(read(black_box(&bytes)));
            }
        });
        Self { name, size, read, result }
    }
}
