//! Copies a database, or some of it, into another: of the same server or of another one.

mod documents;
mod report;

use std::{fmt, time::Instant};

use bson::{RawDocumentBuf, doc};
use mongodb::{
    Collection, Database,
    options::{CollectionOptions, ReadConcern, ReadPreference, SelectionCriteria},
};

use self::documents::{copy_by_id, copy_in_order};
pub use self::report::{CollectionCopied, CopyReport};
use super::{
    catalog::{Entry, catalog},
    checkpoint::{COPIES, Checkpoint, Checkpoints, Source},
    error::{BackupError, Doing},
    insert::Inserter,
    progress::{Progress, Work},
    recreate::{build_indexes, create, create_anew},
    scope::Scope,
    settings::{Settings, unless_stopped},
    target::Target,
};
use crate::retry::with_retries;

/// What a copy is to be of. Made by [`Copy::from`].
#[derive(Debug)]
#[must_use = "a copy needs a target"]
pub struct CopyFrom<'a> {
    source: &'a Database,
}

/// A copy to be configured and run. Made by [`Copy::from`].
///
/// ```no_run
/// use schema_runtime::{backup::Copy, mongodb::Client};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let production = Client::with_uri_str("mongodb://production.example.org").await?.database("shop");
/// let staging = Client::with_uri_str("mongodb://staging.example.org").await?.database("shop");
/// let report = Copy::from(&production).to(&staging).run().await?;
/// print!("{report}");
/// # Ok(()) }
/// ```
///
/// The bytes of the documents, options, indexes and views are copied as [the module](super) says of backups, and while the source is
/// written it is the same with them. How far it is stands in [`COPIES`] in the target: a copy that was stopped or killed goes on from there
/// when it is run again. A capped collection begins anew then, because its order is not that of `_id`.
#[must_use = "a copy does nothing until it is run"]
pub struct Copy<'a> {
    source: &'a Database,
    target: &'a Database,
    scope: Scope,
    settings: Settings<'a>,
}

impl<'a> CopyFrom<'a> {
    /// Into this database.
    pub fn to(self, target: &'a Database) -> Copy<'a> {
        Copy { source: self.source, target, scope: Scope::All, settings: Settings::new(Work::Copy) }
    }
}

impl<'a> Copy<'a> {
    /// Of this database. It is read from the primary, and what could still be rolled back is not copied.
    pub fn from(source: &'a Database) -> CopyFrom<'a> {
        CopyFrom { source }
    }

    /// Only these collections and views. Default: all.
    pub fn collections(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scope = Scope::collections(names);
        self
    }

    /// Who is told how it goes. Default: nobody.
    pub fn progress(mut self, progress: impl Progress + 'a) -> Self {
        self.settings.progress(progress);
        self
    }

    /// Stops the copy when this future is ready, with its output as the reason. It goes on from there when it is run again. Usually
    /// [`termination`](crate::backfill::termination).
    pub fn stop_when(mut self, stop: impl Future<Output = String> + Send + 'a) -> Self {
        self.settings.stop_when(stop);
        self
    }

    /// Copies one collection after the other, and the views last; then counts on both sides.
    ///
    /// It can be stopped at any moment, by dropping the future or killing the process.
    ///
    /// # Errors
    ///
    /// Before anything is written: [`BackupError::NoSuchCollections`]; [`BackupError::SameDatabase`], by whatever names their servers go;
    /// [`BackupError::UnfinishedCopy`]; [`BackupError::NotEmpty`] when the target has documents that no unfinished copy has put
    /// there; [`BackupError::Different`] when it has a collection with other options. Later: [`BackupError::Database`] and
    /// [`BackupError::Read`] when a database stays unavailable or refuses a command; [`BackupError::Refused`] with a document;
    /// [`BackupError::TakenOver`]; [`BackupError::Stopped`].
    pub async fn run(mut self) -> Result<CopyReport, BackupError> {
        let stop = self.settings.take_stop();
        unless_stopped(stop, self.copy()).await
    }

    async fn copy(&self) -> Result<CopyReport, BackupError> {
        let started = Instant::now();
        let mut entries = catalog(self.source).await?;
        // That of a copy into the source says nothing about this one.
        entries.retain(|entry| entry.name != COPIES);
        let entries = self.scope.of(self.source.name(), entries, |entry| entry.name.as_str())?;
        let target = Target::look(self.target).await?;
        self.is_another(&entries, &target)?;
        let checkpoints = Checkpoints::new(self.target);
        let left = checkpoints.load().await?;
        self.look(&entries, &target, &left).await?;

        let mut begun = Vec::new();
        for entry in &entries {
            let left = left.iter().find(|left| left.collection == entry.name);
            begun.push((entry, checkpoints.take(Source::new(self.source, entry), entry, left).await?));
        }
        // Some views can only be created when what they show is there.
        begun.sort_by_key(|(entry, _)| !entry.has_documents());
        let mut collections = Vec::new();
        for (entry, mut checkpoint) in begun {
            if !checkpoint.done {
                self.copy_collection(entry, &target, &mut checkpoint, &checkpoints).await?;
                checkpoint.done = true;
                checkpoints.note(&checkpoint).await?;
            }
            collections.push(self.compare(entry).await?);
        }
        if !entries.is_empty() {
            checkpoints.finish().await?;
        }
        Ok(CopyReport {
            source: self.source.name().to_owned(),
            target: self.target.name().to_owned(),
            collections,
            elapsed: started.elapsed(),
        })
    }

    /// No two collections have the same UUID, and each has one by whatever name its server is called.
    fn is_another(&self, entries: &[Entry], target: &Target<'_>) -> Result<(), BackupError> {
        let is_there = |entry: &&Entry| {
            entry.uuid.is_some() && target.entries().iter().any(|there| there.uuid == entry.uuid)
        };
        match entries.iter().find(is_there) {
            None => Ok(()),
            Some(entry) => Err(BackupError::SameDatabase {
                source_database: self.source.name().to_owned(),
                database: self.target.name().to_owned(),
                collection: entry.name.clone(),
            }),
        }
    }

    /// Whether anything is in the way.
    async fn look(
        &self,
        entries: &[Entry],
        target: &Target<'_>,
        left: &[Checkpoint],
    ) -> Result<(), BackupError> {
        let mut new = Vec::new();
        for entry in entries {
            match left.iter().find(|left| left.collection == entry.name) {
                None => new.push(entry),
                Some(left) if left.source == Source::new(self.source, entry) => {}
                Some(_) => {
                    return Err(BackupError::UnfinishedCopy {
                        database: self.target.name().to_owned(),
                        collection: entry.name.clone(),
                        source_database: self.source.name().to_owned(),
                    });
                }
            }
        }
        let advice = "no unfinished copy has put that there: name another database, or drop them";
        target.is_free_for(new.iter().copied(), advice).await
    }

    async fn copy_collection(
        &self,
        entry: &Entry,
        target: &Target<'_>,
        checkpoint: &mut Checkpoint,
        checkpoints: &Checkpoints,
    ) -> Result<(), BackupError> {
        match target.named(&entry.name) {
            // What an unfinished copy has put there cannot be gone on with.
            Some(_) if entry.is_capped() => create_anew(self.target, entry).await?,
            Some(_) => {}
            None => create(self.target, entry).await?,
        }
        if !entry.has_documents() {
            return Ok(());
        }
        let source = self.of_source(entry);
        let total = with_retries(|| source.estimated_document_count()).await;
        let total = total.doing("count the documents of", source.namespace())?;
        let mut counter = self.settings.counter(&entry.name, Some(total));
        let inserter = Inserter::new(self.target, entry.stored_in());
        if entry.is_capped() {
            copy_in_order(&source, &inserter, &mut counter).await?;
        } else {
            copy_by_id(source, &inserter, &mut counter, checkpoint, checkpoints).await?;
        }
        counter.done();
        build_indexes(self.target, entry).await
    }

    /// Counts on both sides.
    async fn compare(&self, entry: &Entry) -> Result<CollectionCopied, BackupError> {
        let mut copied = CollectionCopied::of(entry);
        if entry.has_documents() {
            copied.source_documents = counted(&self.of_source(entry)).await?;
            copied.documents = counted(&committed(self.target, entry)).await?;
        }
        Ok(copied)
    }

    fn of_source(&self, entry: &Entry) -> Collection<RawDocumentBuf> {
        committed(self.source, entry)
    }
}

/// Where the documents are, as the primary has them and without what could still be rolled back.
fn committed(database: &Database, entry: &Entry) -> Collection<RawDocumentBuf> {
    let mut options = CollectionOptions::default();
    options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
    options.read_concern = Some(ReadConcern::majority());
    database.collection_with_options(&entry.stored_in(), options)
}

async fn counted(collection: &Collection<RawDocumentBuf>) -> Result<u64, BackupError> {
    let counted = with_retries(|| collection.count_documents(doc! {})).await;
    counted.doing("count the documents of", collection.namespace())
}

impl fmt::Debug for Copy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Copy")
            .field("source", &self.source.name())
            .field("target", &self.target.name())
            .field("scope", &self.scope)
            .field("settings", &self.settings)
            .finish()
    }
}
