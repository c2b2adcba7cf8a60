//! Validation: what the collection's validator would say to upgraded documents. The server says it, about documents that are
//! in the question and nowhere else.

use bson::{Bson, Document, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use mongodb::{Collection, error::Result};

use crate::{
    backfill::preflight::{Namespace, Validator},
    difference::same,
    retry::with_retries,
};

/// A validator that refuses documents.
pub(super) struct Validation {
    collection: Collection<RawDocumentBuf>,
    rule: Document,
    /// Whether it leaves alone what did not keep the rule before.
    moderate: bool,
}

impl Validation {
    /// `None` if there is no validator that refuses.
    pub(super) fn of(collection: &Collection<RawDocumentBuf>, namespace: &Namespace) -> Option<Self> {
        match &namespace.validator {
            Some(Validator { rule, level, action: "error" }) => Some(Self {
                collection: collection.clone(),
                rule: rule.clone(),
                moderate: *level == "moderate",
            }),
            _ => None,
        }
    }

    /// Whether each of these documents, as it is and as it would be, would be refused.
    pub(super) async fn refuses(&self, documents: &[(&Document, &Document)]) -> Result<Vec<bool>> {
        let breaks_after = self.breaks(documents.iter().map(|(_, after)| *after)).await?;
        if !self.moderate {
            return Ok(breaks_after);
        }
        let broke_before = self.breaks(documents.iter().map(|(before, _)| *before)).await?;
        Ok(breaks_after.into_iter().zip(broke_before).map(|(after, before)| after && !before).collect())
    }

    /// Whether each of these documents breaks the rule.
    async fn breaks(&self, documents: impl Iterator<Item = &Document>) -> Result<Vec<bool>> {
        let documents: Vec<Bson> = documents.cloned().map(Bson::Document).collect();
        let id = |document: &Bson| document.as_document().and_then(|document| document.get("_id")).cloned();
        let ids: Vec<Option<Bson>> = documents.iter().map(id).collect();
        let pipeline = [
            // Any document of the collection, and these in its place: so this is asked under the collection's own
            // collation, and by everybody who may read it.
            doc! { "$limit": 1 },
            doc! { "$project": { "_id": 0, "shown": { "$literal": documents } } },
            doc! { "$unwind": "$shown" },
            doc! { "$replaceWith": "$shown" },
            doc! { "$match": { "$nor": [self.rule.clone()] } },
            doc! { "$project": { "_id": 1 } },
        ];
        let ask = async || {
            let cursor = self.collection.aggregate(pipeline.clone()).with_type::<Document>().await?;
            cursor.try_collect::<Vec<_>>().await
        };
        let found = with_retries(ask).await?;
        let is_found =
            |id: &Bson| found.iter().any(|found| found.get("_id").is_some_and(|found| same(found, id)));
        Ok(ids.iter().map(|id| id.as_ref().is_some_and(is_found)).collect())
    }
}
