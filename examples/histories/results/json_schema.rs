//! The third migration: all extractors are converted, or none.

use mongodb::{
    Collection,
    bson::{Bson, Document, doc},
};
use schema_runtime::migration::{Context, Migration, StepError};

use super::fields::{fields, json_schema};

/// In a transaction, where the server has them: there are a few hundred extractors, and a model that is asked by one in the old form and by
/// the next in the new one would give answers that nobody can compare.
pub(super) fn migration() -> Migration {
    Migration::new("003-json-schema")
        .description("What an extractor asks for is a JSON Schema, and no longer a list of fields")
        .up(async |context: Context| convert(&context, "array", json_schema).await)
        .down(async |context: Context| convert(&context, "object", fields).await)
        // A second run passes by what has the new form already, and so does a first one where somebody was faster.
        .repeatable()
        .source(concat!(include_str!("json_schema.rs"), include_str!("fields.rs")))
}

/// Gives every extractor whose schema is of this type another one, unless one of them cannot be given any.
async fn convert(
    context: &Context,
    from: &str,
    converted: fn(&Bson) -> Result<Bson, String>,
) -> Result<(), StepError> {
    let extractors: Collection<Document> = context.database().collection("extractors");
    let mut session = context.session().await;
    let filter = doc! { "$expr": { "$eq": [{ "$type": "$schema" }, from] } };
    let mut found = extractors.find(filter).session(&mut *session).await?;
    let (mut changes, mut wrong) = (Vec::new(), Vec::new());
    while let Some(extractor) = found.next(&mut session).await.transpose()? {
        let (Some(id), Some(schema)) = (extractor.get("_id"), extractor.get("schema")) else { continue };
        match converted(schema) {
            // Only as long as the schema is what was read.
            Ok(new) => changes.push((doc! { "_id": id, "schema": { "$eq": schema } }, new)),
            Err(reason) => wrong.push(format!("{id}: {reason}")),
        }
    }
    if !wrong.is_empty() {
        return Err(format!("extractors cannot be converted, and none was: {}", wrong.join("; ")).into());
    }
    for (as_read, schema) in changes {
        let set = doc! { "$set": { "schema": schema } };
        let updated = extractors.update_one(as_read, set).session(&mut *session).await?;
        context.count(updated.modified_count);
    }
    Ok(())
}
