//! What seeded documents are told by.

use std::collections::HashMap;

use bson::{Bson, Document, RawDocumentBuf, doc};

use crate::migration::steps::describe;

/// Fields, or the `_id` if there are none.
#[derive(Debug, Clone, Default)]
pub(super) struct ToldBy(Vec<String>);

impl ToldBy {
    pub(super) fn add(&mut self, field: String) {
        self.0.push(field);
    }

    fn fields(&self) -> impl Iterator<Item = &str> {
        let id = self.0.is_empty().then_some("_id");
        id.into_iter().chain(self.0.iter().map(String::as_str))
    }

    pub(super) fn describe(&self) -> String {
        self.fields().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(" and ")
    }

    /// The values of a document that it is told by, in words.
    pub(super) fn key(&self, document: &Document) -> String {
        let values = self.fields().map(|field| document.get(field).map_or_else(String::new, describe::value));
        values.collect::<Vec<_>>().join(" ")
    }

    /// For each of these the filter that finds it, or why there is none.
    pub(super) fn filters(&self, documents: &[RawDocumentBuf]) -> Result<Vec<Document>, String> {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut filters = Vec::new();
        for (place, document) in documents.iter().enumerate() {
            let mut filter = Document::new();
            for field in self.fields() {
                let value = document.get(field).ok().flatten().and_then(|value| Bson::try_from(value).ok());
                let value = value.ok_or_else(|| {
                    format!(
                        "document {} has no `{field}`; give it one, or say with `by` which field documents are told by",
                        place + 1
                    )
                })?;
                filter.insert(field, doc! { "$eq": value });
            }
            if let Some(earlier) = places.insert(describe::document(&filter), place) {
                let (earlier, fields) = (earlier + 1, self.describe());
                return Err(format!("documents {earlier} and {} have the same {fields}", place + 1));
            }
            filters.push(filter);
        }
        Ok(filters)
    }
}
