//! Status and plan: the whole schema at one glance.

use std::{fmt::Write, fs, path::Path};

use serde_json::json;

use super::{CliError, answer::Answer, page, table};
use crate::schema::Schema;

/// Where everything is; as a page in this file, too, if one is named.
pub(super) async fn answer(schema: &Schema, html: Option<&Path>) -> Result<Answer, CliError> {
    let status = schema.status().await?;
    if let Some(path) = html {
        let at = table::in_seconds(bson::DateTime::now());
        fs::write(path, page::of_status(&status, &at))
            .map_err(|source| CliError::File { path: path.to_owned(), source })?;
    }
    Ok(Answer { text: table::of(&status), json: serde_json::to_value(&status)?, code: 0 })
}

/// What is to be done: migrations to be run, and documents to be brought up.
pub(super) async fn plan(schema: &Schema) -> Result<Answer, CliError> {
    let plan = schema.up().plan().await?;
    let text = plan.to_string();
    // There may be something to do about documents.
    let mut text = match text.strip_prefix("nothing to do\n") {
        Some(rest) => format!("no migration is pending\n{rest}"),
        None => text,
    };
    let mut older = serde_json::Map::new();
    for documents in schema.documents() {
        let count = documents.census().await?.upgradable();
        if count > 0 {
            let (name, version) = (documents.name(), documents.chain().version);
            // A text takes whatever is written to it.
            let _ = writeln!(
                text,
                "documents of `{name}` to be brought to schema version {version}: {count}; `plan-backfill '{name}'` looks at them"
            );
            older.insert(name.to_owned(), count.into());
        }
    }
    let code = u8::from(plan.refused.is_some());
    Ok(Answer { text, json: json!({ "migrations": plan, "olderDocuments": older }), code })
}
