//! Catalog: which collections and views a database has, with their options and indexes, as the server says it.

use bson::{Binary, Bson, Document, doc, spec::BinarySubtype};
use futures_util::TryStreamExt;
use mongodb::Database;
use serde::{Deserialize, Serialize};

use super::error::{BackupError, Doing};
use crate::retry::with_retries;

/// What time-series collections are stored in, followed by their names.
pub(super) const BUCKETS: &str = "system.buckets.";

/// The one of the server's own collections that holds what users wrote.
pub(super) const FUNCTIONS: &str = "system.js";

/// What is behind a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// A collection.
    Collection,
    /// A view: it has no documents of its own.
    View,
    /// A time-series collection, whose documents are kept in buckets.
    TimeSeries,
}

/// A collection or a view, apart from its documents.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// As `create` takes them.
    pub(super) options: Document,
    /// As `listIndexes` gives them, that of `_id` included.
    pub(super) indexes: Vec<Document>,
    /// Of the collection that the documents are in: what no two collections share.
    pub(super) uuid: Option<String>,
}

impl Entry {
    /// The collection that the documents are in.
    pub(super) fn stored_in(&self) -> String {
        match self.kind {
            Kind::TimeSeries => format!("{BUCKETS}{}", self.name),
            Kind::Collection | Kind::View => self.name.clone(),
        }
    }

    pub(super) fn has_documents(&self) -> bool {
        self.kind != Kind::View
    }

    /// Whether the order of the documents is part of what the collection is.
    pub(super) fn is_capped(&self) -> bool {
        self.options.get_bool("capped").unwrap_or(false)
    }

    /// Whether this and another are the same but for indexes and documents.
    pub(super) fn is_made_like(&self, other: &Self) -> bool {
        self.kind == other.kind && self.options == other.options
    }

    /// For messages.
    pub(super) fn described(&self) -> String {
        let kind = match self.kind {
            Kind::Collection => "a collection",
            Kind::View => "a view",
            Kind::TimeSeries => "a time-series collection",
        };
        match self.options.is_empty() {
            true => format!("{kind} without options"),
            false => format!("{kind} with {}", self.options),
        }
    }
}

/// All of a database, by name.
pub(super) async fn catalog(database: &Database) -> Result<Vec<Entry>, BackupError> {
    let list = doc! { "listCollections": 1 };
    let listed: Vec<Document> =
        with_retries(async || database.run_cursor_command(list.clone()).await?.try_collect().await)
            .await
            .doing("list the collections of", database.name())?;
    let buckets = |name: &str| {
        let name = format!("{BUCKETS}{name}");
        listed.iter().find(|other| other.get_str("name").is_ok_and(|other| other == name)).and_then(uuid)
    };
    let mut entries = Vec::new();
    for found in &listed {
        let name = found.get_str("name").unwrap_or_default();
        if name.is_empty() || (name.starts_with("system.") && name != FUNCTIONS) {
            continue;
        }
        let kind = match found.get_str("type") {
            Ok("view") => Kind::View,
            Ok("timeseries") => Kind::TimeSeries,
            _ => Kind::Collection,
        };
        let indexes = if kind == Kind::View { Vec::new() } else { indexes(database, name).await? };
        entries.push(Entry {
            name: name.to_owned(),
            kind,
            options: found.get_document("options").cloned().unwrap_or_default(),
            indexes,
            uuid: if kind == Kind::TimeSeries { buckets(name) } else { uuid(found) },
        });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// As the server says them: the driver's own type of an index leaves out what it does not know.
pub(super) async fn indexes(database: &Database, collection: &str) -> Result<Vec<Document>, BackupError> {
    let list = doc! { "listIndexes": collection };
    with_retries(async || database.run_cursor_command(list.clone()).await?.try_collect().await)
        .await
        .doing("list the indexes of", place(database, collection))
}

/// A collection as messages call it.
pub(super) fn place(database: &Database, collection: &str) -> String {
    format!("{}.{collection}", database.name())
}

fn uuid(listed: &Document) -> Option<String> {
    match listed.get_document("info").ok()?.get("uuid")? {
        Bson::Binary(Binary { subtype: BinarySubtype::Uuid, bytes }) => {
            Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
        }
        _ => None,
    }
}
