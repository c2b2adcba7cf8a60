//! History: what the documents and the migrations of a schema were, for people.

use std::fmt::Write;

use clap::ValueEnum;
use serde_json::json;

use super::{CliError, answer::Answer, page};
use crate::schema::Schema;

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum Format {
    /// For a repository.
    Markdown,
    /// For a browser.
    Html,
}

/// Every version of every document type, newest first, and the migrations in the order in which they are run. No server is needed.
pub(super) fn answer(schema: &Schema, format: Format) -> Result<Answer, CliError> {
    let mut markdown = String::new();
    for documents in schema.documents() {
        // A text takes whatever is written to it.
        let _ = write!(markdown, "{}\n\n", documents.markdown());
    }
    let migrations = schema.in_order()?;
    if !migrations.is_empty() {
        markdown.push_str(
            "# Migrations\n\n| migration | date | author | what it is for |\n| --- | --- | --- | --- |\n",
        );
    }
    for migration in migrations {
        let facts = migration.facts();
        let cell = |fact: Option<String>| fact.as_deref().map(in_a_cell).unwrap_or_default();
        let (date, author, what) = (cell(facts.date), cell(facts.author), cell(facts.description));
        let _ = writeln!(markdown, "| `{}` | {date} | {author} | {what} |", migration.id());
    }
    let (name, text) = match format {
        Format::Markdown => ("markdown", markdown),
        Format::Html => ("html", page::of_markdown("Schema history", &markdown)),
    };
    Ok(Answer { json: json!({ name: text }), text, code: 0 })
}

/// A text as a cell of a table: as it is written, and not as Markdown or HTML.
fn in_a_cell(text: &str) -> String {
    let mut cell = String::new();
    for sign in text.chars() {
        match sign {
            '\n' | '\r' => cell.push(' '),
            '|' | '<' | '>' | '&' | '`' | '*' | '_' | '[' | ']' | '\\' => cell.extend(['\\', sign]),
            sign => cell.push(sign),
        }
    }
    cell
}
