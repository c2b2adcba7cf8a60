//! Replace: another document in the place of one, whatever version that one has.

use bson::Document;
use mongodb::options::FindOptions;
use schema_core::DecodeOwned;

use super::{
    VersionedCollection,
    action::action,
    asked::Asked,
    guard::{MAX_ATTEMPTS, MAX_INSERTS},
};
use crate::error::Error;

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// Puts a document in the place of the first one that a filter in current names finds, whatever its version. It is read before, so that
    /// what others have stored in fields that the type does not know stays, and so that no newer document is overwritten; and it is
    /// written if nobody has changed it in between, else read again.
    ///
    /// A document whose type has an `_id` can only replace one of the same.
    pub fn replace_one<'a>(&'a self, filter: Document, replacement: &'a T) -> ReplaceOne<'a, T> {
        ReplaceOne::new(self, filter, replacement, false)
    }
}

/// What became of a replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Replaced {
    /// The document that was found is the new one now.
    Replaced,
    /// None was found, and the new one was inserted.
    Inserted,
    /// None was found, and nothing was written.
    NotFound,
}

action! {
    /// A replacement of one document. Made by [`VersionedCollection::replace_one`].
    ///
    /// # Errors
    ///
    /// - [`Error::Decode`] when the stored document cannot be read as `T`, as when it is newer: it is not overwritten;
    /// - [`Error::NotWritten`] when the `_id` would change, or something of somebody else's be lost;
    /// - [`Error::Conflict`] when others change the document too often;
    /// - [`Error::Untranslatable`] for a filter that older documents cannot be asked;
    /// - [`Error::Database`] when a read or write fails.
    pub struct ReplaceOne<'a, T> {
        filter: Document,
        replacement: &'a T,
        upsert: bool,
    } => Replaced
}

impl<T: Send + Sync> ReplaceOne<'_, T> {
    /// Whether to insert the document where none is found. It is inserted as it is: what the filter says does not become part of it.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.upsert = upsert;
        self
    }
}

impl<T: DecodeOwned + Send + Sync> ReplaceOne<'_, T> {
    async fn run(self) -> Result<Replaced, Error> {
        let Self { versioned, filter, replacement, upsert, mut session } = self;
        let asked = Asked::new(versioned.of_all_versions(filter)?, FindOptions::default());
        for attempt in 1..=MAX_ATTEMPTS {
            match versioned.load_any(&asked, session.as_deref_mut()).await? {
                Some(loaded) => {
                    let change = versioned.edit(&loaded.stored, replacement)?;
                    if versioned.write_one(change, session.as_deref_mut()).await? {
                        return Ok(Replaced::Replaced);
                    }
                }
                None if !upsert => return Ok(Replaced::NotFound),
                None => {
                    let mut insert = versioned.insert_one(replacement);
                    if let Some(session) = session.as_deref_mut() {
                        insert = insert.session(session);
                    }
                    match insert.await {
                        // Somebody else has inserted it just now, or it is one that the filter does not find.
                        Err(error) if error.is_duplicate_key() && attempt < MAX_INSERTS => {}
                        inserted => return inserted.map(|_| Replaced::Inserted),
                    }
                }
            }
            versioned.pause_after_conflict(attempt).await;
        }
        Err(versioned.conflict())
    }
}
