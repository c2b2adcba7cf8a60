//! Restores a backup: a folder, or some of it, into a database.

mod report;

use std::{
    fmt, io,
    path::{Path, PathBuf},
    time::Instant,
};

use mongodb::Database;

pub use self::report::{CollectionRestored, RestoreReport};
use super::{
    catalog::Entry,
    error::BackupError,
    folder::{Folder, Kept},
    insert::Inserter,
    progress::{Progress, Work},
    read_file,
    recreate::{build_indexes, create, create_anew},
    scope::Scope,
    settings::{Settings, unless_stopped},
    target::Target,
};
use crate::{batch, numbers::count};

/// What a restore is to read. Made by [`Restore::from`].
#[derive(Debug)]
#[must_use = "a restore needs a database"]
pub struct RestoreFrom {
    folder: PathBuf,
}

/// A restore to be configured and run. Made by [`Restore::from`].
///
/// ```no_run
/// # async fn example(database: schema_runtime::mongodb::Database) -> Result<(), schema_runtime::backup::BackupError> {
/// use schema_runtime::backup::Restore;
///
/// let report = Restore::from("backups/orders").into(&database).collections(["orders"]).drop_first().run().await?;
/// print!("{report}");
/// # Ok(()) }
/// ```
#[must_use = "a restore does nothing until it is run"]
pub struct Restore<'a> {
    folder: PathBuf,
    target: &'a Database,
    database: Option<String>,
    scope: Scope,
    present: Present,
    settings: Settings<'a>,
}

/// What is to be done about what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Present {
    Refuse,
    DropFirst,
    Merge,
}

/// A collection that is to be restored.
struct Wanted {
    entry: Entry,
    kept: Kept,
}

impl RestoreFrom {
    /// Into this database, whatever the name of the one was that the backup is of.
    pub fn into(self, target: &Database) -> Restore<'_> {
        Restore {
            folder: self.folder,
            target,
            database: None,
            scope: Scope::All,
            present: Present::Refuse,
            settings: Settings::new(Work::Restore),
        }
    }
}

impl<'a> Restore<'a> {
    /// From this folder: one that [`Backup`](super::Backup) has written, or `mongodump` (its archives apart), with `--gzip` or without, the
    /// whole of it or the folder of one database in it.
    pub fn from(folder: impl Into<PathBuf>) -> RestoreFrom {
        RestoreFrom { folder: folder.into() }
    }

    /// Of a folder with several databases, as `mongodump` makes them: this one.
    pub fn database(mut self, name: impl Into<String>) -> Self {
        self.database = Some(name.into());
        self
    }

    /// Only these collections and views. Default: all that the folder has.
    pub fn collections(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scope = Scope::collections(names);
        self
    }

    /// Drops each collection and view that is to be restored, if it is there. Others stay. Default: a collection that has documents is
    /// [refused](BackupError::NotEmpty), and nothing is written.
    ///
    /// Between the drop and the end of the restore the documents are in the folder alone: keep it.
    pub fn drop_first(mut self) -> Self {
        self.present = Present::DropFirst;
        self
    }

    /// Inserts documents whose `_id` is not there, builds indexes whose name is not there, and leaves all else as it is. Default: a
    /// collection that has documents is [refused](BackupError::NotEmpty), and nothing is written.
    ///
    /// A document that the server refuses for another reason, as a unique index on another field is one, is counted and reported.
    pub fn merge(mut self) -> Self {
        self.present = Present::Merge;
        self
    }

    /// Who is told how it goes. Default: nobody.
    pub fn progress(mut self, progress: impl Progress + 'a) -> Self {
        self.settings.progress(progress);
        self
    }

    /// Stops the restore when this future is ready, with its output as the reason. What was inserted before stays. Usually
    /// [`termination`](crate::backfill::termination).
    pub fn stop_when(mut self, stop: impl Future<Output = String> + Send + 'a) -> Self {
        self.settings.stop_when(stop);
        self
    }

    /// Checks the files, looks at what is there, and only then writes: options, documents, indexes, one collection after the other, and the
    /// views last.
    ///
    /// A restore that has ended before its time can be run again with [`drop_first`](Self::drop_first), or with [`merge`](Self::merge).
    /// Validators are not asked: what was stored is stored again.
    ///
    /// # Errors
    ///
    /// Before anything is written: [`BackupError::NotABackup`], [`BackupError::SeveralDatabases`], [`BackupError::NewerFormat`];
    /// [`BackupError::Damaged`] when a file is not what it was; [`BackupError::NoSuchCollections`]; [`BackupError::NotEmpty`],
    /// [`BackupError::Different`] and [`BackupError::PartOfCollection`] when what is there is in the way. Later: [`BackupError::Database`]
    /// when the database stays unavailable or refuses a command, as the one for a unique index that the documents do not keep;
    /// [`BackupError::Refused`] with a document; [`BackupError::Stopped`].
    pub async fn run(mut self) -> Result<RestoreReport, BackupError> {
        let stop = self.settings.take_stop();
        unless_stopped(stop, self.restore()).await
    }

    async fn restore(&self) -> Result<RestoreReport, BackupError> {
        let started = Instant::now();
        let (folder, database) = (self.folder.clone(), self.database.clone());
        let scope = self.scope.clone();
        let (source, has_checksums, wanted) = blocking(&self.folder, move || {
            let folder = Folder::open(&folder, database.as_deref())?;
            let kept = scope.of(&folder.database, folder.collections, |kept| kept.name.as_str())?;
            let wanted = kept.into_iter().map(|kept| Ok(Wanted { entry: kept.check()?, kept }));
            Ok((folder.database, folder.has_checksums, wanted.collect::<Result<Vec<_>, BackupError>>()?))
        })
        .await?;
        let target = Target::look(self.target).await?;
        self.look(&target, &wanted).await?;
        let mut collections = Vec::new();
        // Some views can only be created when what they show is there.
        let (views, others): (Vec<_>, Vec<_>) =
            wanted.iter().partition(|wanted| !wanted.entry.has_documents());
        for wanted in others.into_iter().chain(views) {
            collections.push(self.restore_collection(wanted, &target).await?);
        }
        Ok(RestoreReport {
            folder: self.folder.clone(),
            source,
            database: self.target.name().to_owned(),
            has_checksums,
            collections,
            elapsed: started.elapsed(),
        })
    }

    /// Whether anything is in the way.
    async fn look(&self, target: &Target<'_>, wanted: &[Wanted]) -> Result<(), BackupError> {
        match self.present {
            Present::Refuse => {
                let advice = "restore into another database, or say `drop_first` or `merge`";
                target.is_free_for(wanted.iter().map(|wanted| &wanted.entry), advice).await
            }
            Present::Merge => target.is_alike(wanted.iter().map(|wanted| &wanted.entry)),
            Present::DropFirst => wanted.iter().try_for_each(|wanted| {
                let filter = wanted.kept.listed.as_ref().and_then(|listed| listed.filter.clone());
                match (filter, target.named(&wanted.entry.name)) {
                    (Some(filter), Some(there)) => {
                        Err(BackupError::PartOfCollection { collection: there.name.clone(), filter })
                    }
                    _ => Ok(()),
                }
            }),
        }
    }

    async fn restore_collection(
        &self,
        wanted: &Wanted,
        target: &Target<'_>,
    ) -> Result<CollectionRestored, BackupError> {
        let Wanted { entry, kept } = wanted;
        match target.named(&entry.name) {
            Some(_) if self.present == Present::DropFirst => create_anew(self.target, entry).await?,
            Some(_) => {}
            None => create(self.target, entry).await?,
        }
        let mut restored = CollectionRestored::of(entry);
        if let Some(path) = &kept.data {
            self.insert(
                entry,
                path.clone(),
                kept.listed.as_ref().map(|listed| listed.documents),
                &mut restored,
            )
            .await?;
        }
        if entry.has_documents() {
            build_indexes(self.target, entry).await?;
        }
        Ok(restored)
    }

    async fn insert(
        &self,
        entry: &Entry,
        path: PathBuf,
        total: Option<u64>,
        restored: &mut CollectionRestored,
    ) -> Result<(), BackupError> {
        let inserter = Inserter::new(self.target, entry.stored_in());
        let mut counter = self.settings.counter(&entry.name, total);
        let mut batches = read_file::batches(path);
        while let Some(batch) = batches.recv().await {
            let batch = batch?;
            restored.add(match self.present {
                Present::Merge => inserter.insert(&batch).await?,
                Present::Refuse | Present::DropFirst => inserter.insert_all(&batch).await?,
            });
            counter.add(count(&batch), batch::bytes(&batch));
        }
        counter.done();
        Ok(())
    }
}

/// Does on a thread of its own what waits for a disk.
async fn blocking<T: Send + 'static>(
    folder: &Path,
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    let finished = tokio::task::spawn_blocking(work).await;
    finished.map_err(io::Error::from).map_err(BackupError::file("read", folder))?
}

impl fmt::Debug for Restore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Restore")
            .field("folder", &self.folder)
            .field("target", &self.target.name())
            .field("database", &self.database)
            .field("scope", &self.scope)
            .field("present", &self.present)
            .field("settings", &self.settings)
            .finish()
    }
}
