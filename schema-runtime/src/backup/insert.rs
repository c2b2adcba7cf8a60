//! Inserts documents as bytes: in commands of bounded size, and so that the server stores what it is sent.

use std::fmt;

use bson::{Bson, Document, RawArrayBuf, RawDocument, RawDocumentBuf, rawdoc};
use mongodb::Database;
use serde::{Serialize, Serializer};

use super::{
    catalog::place,
    error::{BackupError, Doing},
    zero_timestamp::{has_zero_timestamp, upsert},
};
use crate::{
    numbers::{count, integer},
    retry::{Patience, with_retries},
    update_command::passing_trouble,
};

/// A command ends at this size, unless it has a single document. The server takes 16 MiB and a little.
const COMMAND_BYTES: usize = 8 * 1024 * 1024;
/// A command ends at this count.
const COMMAND_DOCUMENTS: usize = 5_000;

/// The server's code for a second document with a key that is to be unique.
const DUPLICATE_KEY: i64 = 11000;

/// A document that the server refused, because something else is in its way.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Refused {
    /// The document's `_id`.
    #[serde(serialize_with = "extended")]
    pub id: Bson,
    /// What the server said.
    pub message: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "_id {}: {}", self.id, self.message)
    }
}

fn extended<S: Serializer>(id: &Bson, serializer: S) -> Result<S::Ok, S::Error> {
    id.clone().into_canonical_extjson().serialize(serializer)
}

/// Inserts into one collection.
#[derive(Debug, Clone)]
pub(super) struct Inserter {
    database: Database,
    collection: String,
}

/// What the server said to some documents.
#[derive(Debug, Default)]
pub(super) struct Inserted {
    pub(super) inserted: u64,
    /// Those whose `_id` was there already.
    pub(super) there: u64,
    pub(super) refused: Vec<Refused>,
}

impl Inserter {
    pub(super) fn new(database: &Database, collection: String) -> Self {
        Self { database: database.clone(), collection }
    }

    /// Inserts the documents in their order. One whose `_id` is there already is left out.
    pub(super) async fn insert(&self, documents: &[RawDocumentBuf]) -> Result<Inserted, BackupError> {
        let mut inserted = Inserted::default();
        let mut rest = documents;
        while let Some(first) = rest.first() {
            let way = Way::of(first);
            let (mut bytes, mut taken) = (0, 0);
            for document in rest.iter().take(COMMAND_DOCUMENTS) {
                bytes += document.as_bytes().len();
                if Way::of(document) != way || (bytes > COMMAND_BYTES && taken > 0) {
                    break;
                }
                taken += 1;
            }
            let (now, later) = rest.split_at_checked(taken).unwrap_or((rest, &[]));
            self.send(way, now, &mut inserted).await?;
            rest = later;
        }
        Ok(inserted)
    }

    /// The same, of documents that nothing is in the way of.
    ///
    /// # Errors
    ///
    /// [`BackupError::Refused`] with the first that the server refuses all the same.
    pub(super) async fn insert_all(&self, documents: &[RawDocumentBuf]) -> Result<Inserted, BackupError> {
        let inserted = self.insert(documents).await?;
        match inserted.refused.first() {
            None => Ok(inserted),
            Some(Refused { id, message }) => Err(BackupError::Refused {
                place: self.place(),
                id: Box::new(id.clone()),
                message: message.clone(),
            }),
        }
    }

    async fn send(
        &self,
        way: Way,
        documents: &[RawDocumentBuf],
        so_far: &mut Inserted,
    ) -> Result<(), BackupError> {
        let command = self.command(way, documents);
        let mut patience = Patience::new();
        let answer = loop {
            let answer = with_retries(|| self.database.run_raw_command(command.clone()))
                .await
                .doing("insert documents into", self.place())?;
            // A primary that steps down in the middle may say so only about the documents that were left.
            match passing_trouble(&answer) {
                Some(trouble) if patience.wait(&trouble).await => {}
                _ => break answer,
            }
        };
        self.read(way, &answer, documents, so_far).ok_or_else(|| BackupError::Answer {
            command: way.command(),
            place: self.place(),
            answer: answer.to_string(),
        })
    }

    fn command(&self, way: Way, documents: &[RawDocumentBuf]) -> RawDocumentBuf {
        let collection = self.collection.as_str();
        let mut command = match way {
            Way::Insert => {
                rawdoc! { "insert": collection, "documents": documents.iter().cloned().collect::<RawArrayBuf>() }
            }
            Way::Upsert => {
                let statements = documents.iter().filter_map(|document| upsert(document));
                rawdoc! { "update": collection, "updates": statements.collect::<RawArrayBuf>() }
            }
        };
        let options = rawdoc! {
            // One that is there already must not keep the others out.
            "ordered": false,
            // What was stored may be stored again, whatever rules have come since.
            "bypassDocumentValidation": true,
            "writeConcern": { "w": "majority" },
            "comment": "schema backup",
        };
        for (name, value) in options.iter().map_while(Result::ok) {
            command.append(name, value);
        }
        command
    }

    /// `None` for an answer that is not one to go on with, such as writes that were not replicated.
    fn read(
        &self,
        way: Way,
        answer: &Document,
        documents: &[RawDocumentBuf],
        so_far: &mut Inserted,
    ) -> Option<()> {
        if answer.contains_key("writeConcernError") {
            return None;
        }
        let inserted = u64::try_from(integer(answer.get("n")?)?).ok()?;
        let (mut there, mut refused) = (0, Vec::new());
        for error in answer.get_array("writeErrors").map(Vec::as_slice).unwrap_or_default() {
            let error = error.as_document()?;
            let message = error.get_str("errmsg").unwrap_or("no message");
            if error.get("code").and_then(integer) == Some(DUPLICATE_KEY) && is_about_id(error) {
                there += 1;
                continue;
            }
            let index = usize::try_from(integer(error.get("index")?)?).ok()?;
            refused.push(Refused { id: id(documents.get(index)?), message: message.to_owned() });
        }
        // Each document is accounted for.
        let without_id = way == Way::Upsert && documents.iter().any(|document| upsert(document).is_none());
        if without_id || inserted + there + count(&refused) != count(documents) {
            return None;
        }
        so_far.inserted += inserted;
        so_far.there += there;
        so_far.refused.extend(refused);
        Some(())
    }

    fn place(&self) -> String {
        place(&self.database, &self.collection)
    }
}

/// How documents are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Insert,
    Upsert,
}

impl Way {
    fn of(document: &RawDocument) -> Self {
        if has_zero_timestamp(document) { Self::Upsert } else { Self::Insert }
    }

    fn command(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Upsert => "update",
        }
    }
}

fn is_about_id(error: &Document) -> bool {
    error.get_document("keyPattern").is_ok_and(|key| key.len() == 1 && key.contains_key("_id"))
}

fn id(document: &RawDocument) -> Bson {
    document.get("_id").ok().flatten().and_then(|id| Bson::try_from(id).ok()).unwrap_or(Bson::Null)
}
