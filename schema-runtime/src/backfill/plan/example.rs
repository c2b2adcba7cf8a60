//! Example: one document as it is and as it would be, by its changed fields.

use std::fmt;

use bson::{Bson, Document};
use serde::Serialize;

use super::trial::Stored;
use crate::difference::{Path, same};

/// As much of a value as fits on a line.
const VALUE: usize = 60;
/// How many changes are written out for people; the rest of a long list is noise.
const SHOWN: usize = 20;

/// A document and what it would become. What is not shown stays as it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Example {
    /// Its `_id`.
    pub id: Bson,
    /// The version it has.
    pub stored: Stored,
    /// The fields that change, those that are there first.
    pub changes: Vec<Change>,
}

/// What becomes of one field.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The field, as in `addresses[3].zip`.
    pub path: String,
    /// What it is; `None` if it is new.
    pub before: Option<Bson>,
    /// What it becomes; `None` if it is removed.
    pub after: Option<Bson>,
}

impl Example {
    pub(super) fn new(stored: Stored, before: &Document, after: &Document) -> Self {
        let id = before.get("_id").cloned().unwrap_or(Bson::Null);
        Self { id, stored, changes: changes(before, after) }
    }
}

/// What leads from one document to another, whatever the order of their fields.
pub(in crate::backfill) fn changes(before: &Document, after: &Document) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(&Path::default(), before, after, &mut changes);
    changes
}

fn compare(place: &Path, before: &Document, after: &Document, changes: &mut Vec<Change>) {
    for (name, value) in before {
        compare_values(&place.field(name), value, after.get(name), changes);
    }
    for (name, value) in after.iter().filter(|(name, _)| !before.contains_key(name)) {
        let path = place.field(name).to_string();
        changes.push(Change { path, before: None, after: Some(value.clone()) });
    }
}

fn compare_values(place: &Path, before: &Bson, after: Option<&Bson>, changes: &mut Vec<Change>) {
    match (before, after) {
        (before, Some(after)) if same(before, after) => {}
        (Bson::Document(before), Some(Bson::Document(after))) => compare(place, before, after, changes),
        (Bson::Array(before), Some(Bson::Array(after))) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                compare_values(&place.element(index), before, Some(after), changes);
            }
        }
        _ => changes.push(Change {
            path: place.to_string(),
            before: Some(before.clone()),
            after: after.cloned(),
        }),
    }
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "_id {}, {}:", text(&self.id), self.stored)?;
        for change in self.changes.iter().take(SHOWN) {
            write!(f, "{change}")?;
        }
        match self.changes.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(f, "  and {more} more"),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Where the two read the same, it is the type that changes.
        let retyped = match (&self.before, &self.after) {
            (Some(before), Some(after)) => text(before) == text(after),
            _ => false,
        };
        for (sign, value) in [('-', &self.before), ('+', &self.after)] {
            if let Some(value) = value {
                let ty = if retyped { format!(" ({:?})", value.element_type()) } else { String::new() };
                writeln!(f, "  {sign} {}: {}{ty}", self.path, text(value))?;
            }
        }
        Ok(())
    }
}

/// A value on one line, cut off where it is long.
fn text(value: &Bson) -> String {
    let text = value.to_string().replace(char::is_control, " ");
    match text.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or(&text)),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    fn example(before: Document, after: Document) -> String {
        Example::new(Stored::Version(1), &before, &after).to_string()
    }

    #[test]
    fn only_what_changes_is_shown() {
        let before = doc! {
            "_id": 7, "name": "Kettle", "stock": 1, "extra": 1,
            "sizes": [{ "grams": "5", "label": "s" }, { "grams": "6" }], "list": [1],
        };
        let after = doc! {
            "_id": 7, "schemaVersion": 2, "extra": 1, "stock": 1_i64,
            "sizes": [{ "grams": 5, "label": "s" }, { "grams": "6" }], "list": [1, 2], "title": "Kettle",
        };
        assert_eq!(
            example(before, after),
            "_id 7, version 1:\n  - name: \"Kettle\"\n  - stock: 1 (Int32)\n  + stock: 1 (Int64)\n  - sizes[0].grams: \
             \"5\"\n  + sizes[0].grams: 5\n  - list: [1]\n  + list: [1, 2]\n  + schemaVersion: 2\n  + title: \"Kettle\"\n"
        );
    }

    #[test]
    fn long_values_and_long_lists_end() {
        let long = example(doc! { "_id": 1, "a": "x".repeat(100), "b": "a\nb" }, doc! { "_id": 1 });
        assert_eq!(long, format!("_id 1, version 1:\n  - a: \"{}...\n  - b: \"a b\"\n", "x".repeat(59)));
        let many: Document = (0..30).map(|n| (n.to_string(), Bson::Int32(n))).collect();
        assert!(example(many, doc! {}).ends_with("  - 19: 19\n  and 10 more\n"));
    }
}
