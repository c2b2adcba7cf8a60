//! Status and plan: the whole schema at one glance.

use serde_json::json;

use super::{CliError, answer::Answer};
use crate::schema::Schema;

pub(super) async fn answer(schema: &Schema) -> Result<Answer, CliError> {
    Answer::of(&schema.status().await?, 0)
}

/// What is to be done: migrations to be run, and documents to be brought up.
pub(super) async fn plan(schema: &Schema) -> Result<Answer, CliError> {
    let plan = schema.up().plan().await?;
    let mut text = plan.to_string();
    let mut older = serde_json::Map::new();
    for documents in schema.documents() {
        let count = documents.census().await?.upgradable();
        if count > 0 {
            let (name, version) = (documents.name(), documents.chain().version);
            text.push_str(&format!("{count} documents of `{name}` are to be brought to schema version {version}: `plan-backfill {name}`\n"));
            older.insert(name.to_owned(), count.into());
        }
    }
    let code = u8::from(plan.refused.is_some());
    Ok(Answer { text, json: json!({ "migrations": plan, "olderDocuments": older }), code })
}
