//! A folder that is to be restored: one of ours, with a manifest, or one that `mongodump` made.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Component, Path, PathBuf},
};

use super::{
    catalog::{Entry, Kind},
    checksum::sum,
    error::BackupError,
    files::{Content, content},
    manifest::{Listed, ListedFile, Manifest},
    metadata, read_file,
};

/// What a folder has of one database.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) database: String,
    /// Whether there is a manifest, and with it the checksums.
    pub(super) has_checksums: bool,
    pub(super) collections: Vec<Kept>,
}

/// What a folder has of one collection or view.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) name: String,
    metadata: Option<PathBuf>,
    pub(super) data: Option<PathBuf>,
    pub(super) listed: Option<Listed>,
}

impl Folder {
    /// `database`: which one, if there may be several.
    pub(super) fn open(folder: &Path, database: Option<&str>) -> Result<Self, BackupError> {
        if !folder.is_dir() {
            return Err(BackupError::not_a_backup(folder, "there is no such folder"));
        }
        match Manifest::read(folder)? {
            Some(manifest) => Self::of_manifest(folder, manifest, database),
            None => Self::bare(folder, database),
        }
    }

    fn of_manifest(folder: &Path, manifest: Manifest, database: Option<&str>) -> Result<Self, BackupError> {
        if database.is_some_and(|database| database != manifest.database) {
            let why = format!("it is one of database `{}`", manifest.database);
            return Err(BackupError::not_a_backup(folder, why));
        }
        let mut collections = Vec::new();
        for listed in manifest.collections {
            let path = |file: &ListedFile| inside(folder, &file.path);
            collections.push(Kept {
                name: listed.name.clone(),
                metadata: Some(path(&listed.metadata)?),
                data: listed.data.as_ref().map(path).transpose()?,
                listed: Some(listed),
            });
        }
        Ok(Self { database: manifest.database, has_checksums: true, collections })
    }

    /// The folder has one folder for each database, or is that of a database itself.
    fn bare(folder: &Path, database: Option<&str>) -> Result<Self, BackupError> {
        let mut databases = BTreeMap::new();
        for path in entries(folder)? {
            if path.is_dir() && is_named(&path, database) {
                let collections = bare_collections(&path)?;
                if !collections.is_empty() {
                    databases.insert(name(&path), collections);
                }
            }
        }
        if databases.is_empty() && is_named(folder, database) {
            databases.insert(name(folder), bare_collections(folder)?);
        }
        let found: Vec<String> = databases.keys().cloned().collect();
        match (databases.pop_first(), databases.is_empty()) {
            (Some((database, collections)), true) if !collections.is_empty() => {
                Ok(Self { database, has_checksums: false, collections })
            }
            (Some(_), false) => {
                Err(BackupError::SeveralDatabases { path: folder.to_owned(), databases: found })
            }
            _ => Err(BackupError::not_a_backup(folder, "it has no `.bson` and no `.metadata.json` files")),
        }
    }
}

impl Kept {
    /// Looks whether the files are what they were, or at least documents, and reads what the collection was. Blocks.
    pub(super) fn check(&self) -> Result<Entry, BackupError> {
        match &self.listed {
            Some(listed) => {
                let data = listed.data.iter().zip(&self.data);
                for (file, path) in [&listed.metadata].into_iter().zip(&self.metadata).chain(data) {
                    compare(file, path)?;
                }
            }
            None => self.data.iter().try_for_each(|path| read_file::check(path))?,
        }
        let name = Some(self.name.clone());
        match &self.metadata {
            Some(path) => metadata::read(path, name),
            None => Ok(Entry {
                name: self.name.clone(),
                kind: Kind::Collection,
                options: bson::Document::new(),
                indexes: Vec::new(),
                uuid: None,
            }),
        }
    }
}

fn compare(file: &ListedFile, path: &Path) -> Result<(), BackupError> {
    let found = match sum(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(BackupError::damaged(path, "it is not there"));
        }
        Err(error) => return Err(BackupError::file("read", path)(error)),
    };
    if file.is(&found) {
        return Ok(());
    }
    let why = format!(
        "it has {} bytes with the SHA-256 {}, and had {} with {}",
        found.bytes, found.sha256, file.bytes, file.sha256
    );
    Err(BackupError::damaged(path, why))
}

/// A file of the manifest. One that is elsewhere is none of the backup's.
fn inside(folder: &Path, path: &str) -> Result<PathBuf, BackupError> {
    let path = Path::new(path);
    if path.components().all(|part| matches!(part, Component::Normal(_))) {
        return Ok(folder.join(path));
    }
    Err(BackupError::not_a_backup(folder, format!("its manifest names `{}`", path.display())))
}

/// The collections by the files in a folder.
fn bare_collections(folder: &Path) -> Result<Vec<Kept>, BackupError> {
    let mut kept: BTreeMap<String, Kept> = BTreeMap::new();
    for path in entries(folder)? {
        let file = name(&path);
        let Some((content, named, stem)) = content(&file) else { continue };
        // The server's own, but for what users have in it.
        if stem.starts_with("system.") && stem != "system.js" {
            continue;
        }
        let collection = kept.entry(stem.to_owned()).or_insert_with(|| Kept {
            name: named.unwrap_or_default(),
            metadata: None,
            data: None,
            listed: None,
        });
        match content {
            Content::Data => collection.data = Some(path),
            Content::Metadata => {
                let named = Some(collection.name.clone()).filter(|name| !name.is_empty());
                collection.name = metadata::read(&path, named)?.name;
                collection.metadata = Some(path);
            }
        }
    }
    match kept.values().find(|kept| kept.name.is_empty()) {
        Some(kept) => {
            let path = kept.data.as_deref().unwrap_or(folder);
            Err(BackupError::not_a_backup(path, "its name is no collection's, and there is no metadata"))
        }
        None => Ok(kept.into_values().collect()),
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    entries.map_err(BackupError::file("look into", folder))
}

fn is_named(folder: &Path, database: Option<&str>) -> bool {
    database.is_none_or(|database| name(folder) == database)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
