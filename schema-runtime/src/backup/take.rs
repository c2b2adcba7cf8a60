//! Takes a backup: a database, or some of it, into a folder.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    time::Instant,
};

use bson::{Bson, DateTime, Document, RawDocumentBuf, doc};
use mongodb::{
    Collection, Database,
    options::{CollectionOptions, ReadConcern},
};

use super::{
    catalog::{Entry, Kind, catalog, place},
    error::{BackupError, Doing},
    files,
    manifest::{Listed, ListedFile, Manifest},
    metadata,
    partial::{Partial, sync},
    progress::{Progress, Work},
    report::{BackupReport, CollectionBackedUp},
    scan::{is_lost, scan},
    scope::Scope,
    settings::{Settings, unless_stopped},
    write_file::write_file,
};
use crate::{
    extended_json::Canonical,
    retry::{Patience, with_retries},
};

/// How often the scan of a collection begins again when the server has lost it.
const RESTARTS: u32 = 5;

/// What a backup is to be of. Made by [`Backup::of`].
#[derive(Debug)]
#[must_use = "a backup needs a folder"]
pub struct BackupOf<'a> {
    database: &'a Database,
}

/// A backup to be configured and run. Made by [`Backup::of`].
///
/// Its module says what is in it, and what it is of while others write.
///
/// ```no_run
/// # async fn example(database: schema_runtime::mongodb::Database) -> Result<(), schema_runtime::backup::BackupError> {
/// use schema_runtime::{backfill::termination, backup::Backup};
///
/// let report = Backup::of(&database)
///     .to("backups/orders")
///     .collections(["orders", "customers"])
///     .stop_when(termination())
///     .run()
///     .await?;
/// print!("{report}");
/// # Ok(()) }
/// ```
#[must_use = "a backup does nothing until it is run"]
pub struct Backup<'a> {
    database: &'a Database,
    folder: PathBuf,
    scope: Scope,
    settings: Settings<'a>,
}

impl<'a> BackupOf<'a> {
    /// Into this folder, which is empty or does not exist. It gets its name when the backup is complete; until then it is `FOLDER.partial`.
    pub fn to(self, folder: impl Into<PathBuf>) -> Backup<'a> {
        Backup {
            database: self.database,
            folder: folder.into(),
            scope: Scope::All,
            settings: Settings::new(Work::Backup),
        }
    }
}

impl<'a> Backup<'a> {
    /// Of this database. It is read with the database's own read preference, and what could still be rolled back is not in it.
    pub fn of(database: &'a Database) -> BackupOf<'a> {
        BackupOf { database }
    }

    /// Only these collections and views. Default: all.
    pub fn collections(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scope = Scope::collections(names);
        self
    }

    /// Only the documents of one collection that this filter finds. [`VersionedCollection::not_current`] is the filter of those that a
    /// job will touch.
    ///
    /// ```no_run
    /// # use schema_runtime::{VersionedCollection, DecodeOwned, backup::BackupError, mongodb::Database};
    /// # async fn example<T: DecodeOwned + Send + Sync>(database: Database, orders: VersionedCollection<T>) -> Result<(), BackupError> {
    /// use schema_runtime::backup::Backup;
    ///
    /// let name = orders.collection().name();
    /// Backup::of(&database).to("backups/before-job").documents(name, orders.not_current()).run().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// [`VersionedCollection::not_current`]: crate::VersionedCollection::not_current
    pub fn documents(mut self, collection: impl Into<String>, filter: Document) -> Self {
        self.scope = Scope::Documents { collection: collection.into(), filter };
        self
    }

    /// Who is told how it goes. Default: nobody.
    pub fn progress(mut self, progress: impl Progress + 'a) -> Self {
        self.settings.progress(progress);
        self
    }

    /// Stops the backup when this future is ready, with its output as the reason. Nothing is left of the backup then. Usually
    /// [`termination`](crate::backfill::termination).
    pub fn stop_when(mut self, stop: impl Future<Output = String> + Send + 'a) -> Self {
        self.settings.stop_when(stop);
        self
    }

    /// Writes the folder.
    ///
    /// It can be stopped at any moment, by dropping the future or killing the process: there is a complete backup or none. Only after a kill
    /// is `FOLDER.partial` left.
    ///
    /// # Errors
    ///
    /// [`BackupError::FolderInUse`] and [`BackupError::PartialThere`], before anything is written; [`BackupError::NoSuchCollections`];
    /// [`BackupError::NotByFilter`]; [`BackupError::NoSpace`] and [`BackupError::File`]; [`BackupError::Metadata`];
    /// [`BackupError::Database`] when the database stays unavailable or refuses to be read; [`BackupError::Stopped`]. After each of them
    /// there is no folder, or else it is [`BackupError::PartialLeft`].
    pub async fn run(mut self) -> Result<BackupReport, BackupError> {
        let started = Instant::now();
        let stop = self.settings.take_stop();
        let partial = Partial::create(&self.folder)?;
        let collections = match unless_stopped(stop, self.write(partial.path())).await {
            Ok(collections) => collections,
            Err(error) => return Err(partial.abandon(error)),
        };
        partial.publish()?;
        Ok(BackupReport {
            folder: self.folder,
            database: self.database.name().to_owned(),
            collections,
            elapsed: started.elapsed(),
        })
    }

    async fn write(&self, folder: &Path) -> Result<Vec<CollectionBackedUp>, BackupError> {
        let name = self.database.name();
        let mut manifest = Manifest::new(self.server().await?, name, now());
        let entries = self.scope.of(name, catalog(self.database).await?, |entry| entry.name.as_str())?;
        let inner = folder.join(name);
        fs::create_dir(&inner).map_err(BackupError::file("create", &inner))?;
        let mut collections = Vec::new();
        for entry in &entries {
            let listed = self.write_collection(entry, folder).await?;
            collections.push(CollectionBackedUp::of(&listed));
            manifest.collections.push(listed);
        }
        manifest.ended_at = now();
        manifest.write(folder)?;
        sync(&inner)?;
        Ok(collections)
    }

    async fn write_collection(&self, entry: &Entry, folder: &Path) -> Result<Listed, BackupError> {
        let filter = self.scope.filter(entry);
        if filter.is_some() && entry.kind != Kind::Collection {
            return Err(BackupError::NotByFilter { collection: entry.name.clone() });
        }
        let path = files::metadata(self.database.name(), entry);
        let sum = metadata::write(entry, &folder.join(&path))?;
        let mut listed = Listed {
            name: entry.name.clone(),
            kind: entry.kind,
            documents: 0,
            bytes: 0,
            filter: filter.map(text),
            metadata: ListedFile::new(path, sum),
            data: None,
        };
        if entry.has_documents() {
            self.write_documents(entry, folder, &mut listed).await?;
        }
        Ok(listed)
    }

    async fn write_documents(
        &self,
        entry: &Entry,
        folder: &Path,
        listed: &mut Listed,
    ) -> Result<(), BackupError> {
        let mut options = CollectionOptions::default();
        options.read_concern = Some(ReadConcern::majority());
        let collection = self.database.collection_with_options::<RawDocumentBuf>(&entry.stored_in(), options);
        let filter = self.scope.filter(entry);
        let total = self.total(&collection, filter).await?;
        let mut counter = self.settings.counter(&entry.name, Some(total));
        let path = files::data(self.database.name(), entry);
        let (mut restarts, mut patience) = (0, Patience::new());
        let sum = loop {
            let (chunks, written) = write_file(folder.join(&path));
            let scanned = scan(&collection, filter.cloned().unwrap_or_default(), chunks, &mut counter);
            // Both to their ends: no other may write the file while this one does.
            let (scanned, written) = tokio::join!(scanned, written);
            let sum = written?;
            match scanned {
                Ok(()) => break sum,
                // Each time there is as much patience as for the first.
                Err(error) if restarts < RESTARTS && is_lost(&error) && patience.wait(&error).await => {
                    (restarts, patience) = (restarts + 1, Patience::new());
                    counter.restart();
                }
                Err(error) => return Err(error).doing("read", place(self.database, &entry.name)),
            }
        };
        (listed.documents, listed.bytes) = (counter.documents(), counter.bytes());
        listed.data = Some(ListedFile::new(path, sum));
        counter.done();
        Ok(())
    }

    async fn total(
        &self,
        collection: &Collection<RawDocumentBuf>,
        filter: Option<&Document>,
    ) -> Result<u64, BackupError> {
        let counted = match filter {
            Some(filter) => with_retries(|| collection.count_documents(filter.clone())).await,
            None => with_retries(|| collection.estimated_document_count()).await,
        };
        counted.doing("count the documents of", collection.namespace())
    }

    async fn server(&self) -> Result<String, BackupError> {
        let answer = with_retries(|| self.database.run_command(doc! { "buildInfo": 1 })).await;
        let answer = answer.doing("ask for the version of the server of", self.database.name())?;
        Ok(answer.get_str("version").unwrap_or("unknown").to_owned())
    }
}

fn now() -> String {
    DateTime::now().try_to_rfc3339_string().unwrap_or_default()
}

fn text(filter: &Document) -> String {
    let filter = Bson::Document(filter.clone());
    serde_json::to_string(&Canonical(&filter)).unwrap_or_else(|_| filter.to_string())
}

impl fmt::Debug for Backup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backup")
            .field("database", &self.database.name())
            .field("folder", &self.folder)
            .field("scope", &self.scope)
            .field("settings", &self.settings)
            .finish()
    }
}
