//! What is where documents are to go: looked at before anything is written.

use bson::{Document, doc};
use mongodb::{
    Database,
    options::{CollectionOptions, ReadPreference, SelectionCriteria},
};

use super::{
    catalog::{Entry, catalog, place},
    error::{BackupError, Doing},
};
use crate::retry::with_retries;

pub(super) struct Target<'a> {
    database: &'a Database,
    there: Vec<Entry>,
}

impl<'a> Target<'a> {
    pub(super) async fn look(database: &'a Database) -> Result<Self, BackupError> {
        Ok(Self { database, there: catalog(database).await? })
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.there
    }

    pub(super) fn named(&self, name: &str) -> Option<&Entry> {
        self.there.iter().find(|there| there.name == name)
    }

    /// Whether each of these is not there, or there as it is to be and without documents.
    ///
    /// # Errors
    ///
    /// [`BackupError::NotEmpty`] and [`BackupError::Different`].
    pub(super) async fn is_free_for(
        &self,
        wanted: impl IntoIterator<Item = &Entry> + Clone,
        advice: &'static str,
    ) -> Result<(), BackupError> {
        let mut in_use = Vec::new();
        for wanted in wanted.clone() {
            if let Some(there) = self.named(&wanted.name)
                && !self.is_empty(there).await?
            {
                in_use.push(there.name.clone());
            }
        }
        if !in_use.is_empty() {
            let database = self.database.name().to_owned();
            return Err(BackupError::NotEmpty { database, collections: in_use, advice });
        }
        let differs = |wanted: &&Entry, there: &Entry| !there.is_made_like(wanted);
        self.refuse_if(wanted, differs)
    }

    /// Whether each of these is not there, or of the same kind.
    ///
    /// # Errors
    ///
    /// [`BackupError::Different`].
    pub(super) fn is_alike(&self, wanted: impl IntoIterator<Item = &'a Entry>) -> Result<(), BackupError> {
        self.refuse_if(wanted, |wanted, there| there.kind != wanted.kind)
    }

    fn refuse_if<'e>(
        &self,
        wanted: impl IntoIterator<Item = &'e Entry>,
        differs: impl Fn(&&'e Entry, &Entry) -> bool,
    ) -> Result<(), BackupError> {
        for wanted in wanted {
            if let Some(there) = self.named(&wanted.name).filter(|there| differs(&wanted, there)) {
                return Err(BackupError::Different {
                    database: self.database.name().to_owned(),
                    collection: wanted.name.clone(),
                    there: there.described(),
                    wanted: wanted.described(),
                });
            }
        }
        Ok(())
    }

    async fn is_empty(&self, entry: &Entry) -> Result<bool, BackupError> {
        if !entry.has_documents() {
            return Ok(true);
        }
        let mut options = CollectionOptions::default();
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        let collection = self.database.collection_with_options::<Document>(&entry.stored_in(), options);
        let found = with_retries(|| collection.find_one(doc! {}).projection(doc! { "_id": 1 })).await;
        Ok(found.doing("look into", place(self.database, &entry.name))?.is_none())
    }
}
