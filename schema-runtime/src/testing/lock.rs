//! The lock file: the released versions of a service's documents, as they were released.

mod compare;
mod file;
#[cfg(feature = "scaffold")]
mod next;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use schema_core::{
    DecodeOwned,
    history::{Record, Version},
};

use self::file::{Entry, LockFile};
#[cfg(feature = "scaffold")]
pub(crate) use self::next::with_next;
use super::{finding::Findings, folder};
use crate::population::name_of;

/// The variable that has the file written: `SCHEMA_LOCK=add cargo test`.
const VARIABLE: &str = "SCHEMA_LOCK";

/// Released versions, compared with a file that is checked in: their stored shape with all nested types, serde's
/// attributes and the rules of their steps.
///
/// A document that was stored by a released version has to be read for as long as it is there, so the version must not
/// change. That happens most easily in a type that several versions share. The test is one line:
///
/// ```
/// # use schema_runtime::VersionedDocument;
/// # #[derive(VersionedDocument)]
/// # #[versioned(version = 1, collection = "products")]
/// # struct Product { name: String }
/// # #[derive(VersionedDocument)]
/// # #[versioned(version = 1, collection = "contacts")]
/// # struct Contact { name: String }
/// use schema_runtime::testing::Lock;
///
/// # fn test() {
/// // In a test:
/// Lock::new("schema.lock").document::<Product>().document::<Contact>().assert();
/// # }
/// ```
///
/// It fails when a released version is not what it was, and says which type, version and field, and what to do:
///
/// ```text
/// - version 1 of `products` (`ProductV1`) is released and has changed:
///     `sizes[].width` was double, is text
///   undo the change and make it in a new version 3; where versions share a type, change a copy of it
///   or, if all stored documents fit the version as it is now, run `SCHEMA_LOCK=accept cargo test`
/// ```
///
/// # The file
///
/// The test writes the file itself:
///
/// | when | run |
/// | --- | --- |
/// | a new version is about to be released | `SCHEMA_LOCK=add cargo test`: adds what is not in the file, changes nothing else |
/// | a change is deliberate: the version was never stored, or everything that was stored fits it still | `SCHEMA_LOCK=accept cargo test`: takes over every change |
///
/// It is reviewed like code: what a release changes of its documents is in the difference of this file. A type that has
/// been retired from the code (`oldest` on the one after it) keeps its entry and is not compared any more. One file belongs
/// to one test, which lists all documents in it.
///
/// # What is compared
///
/// [`Record`]: not the names of Rust types, the order of fields, comments or formatting. What a function does that a rule
/// calls, and the rules of an embedded type that derives [`Upgrade`](derive@schema_core::Upgrade), have no lines;
/// [`Golden`](super::Golden) documents catch a change in those.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    documents: Vec<Document>,
}

/// A document type as the code has it.
#[derive(Debug)]
struct Document {
    name: String,
    oldest: u32,
    current: u32,
    versions: Vec<(&'static Version, Record)>,
}

impl Lock {
    /// The lock file at this path, which is relative to the package.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self::at(&folder::in_package(path.as_ref()))
    }

    /// The lock file at this path, whatever package that is in.
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), documents: Vec::new() }
    }

    /// Locks the chain that ends at `T`, under the [name](crate::VersionedCollection::name) of its documents or, if it names no collection,
    /// of the type that starts it.
    #[must_use]
    pub fn document<T: DecodeOwned>(self) -> Self {
        let start = T::HISTORY.at(T::CHAIN.oldest).unwrap_or(T::HISTORY);
        match T::CHAIN.collection {
            Some(collection) => self.document_as::<T>(&name_of(collection, T::CHAIN.kind)),
            None => self.document_as::<T>(start.type_name),
        }
    }

    /// Locks the chain that ends at `T` under a name of your own, where two chains have the same name, or one has
    /// none and its first type may be retired, or one had its collection to itself before there were kinds.
    #[must_use]
    pub fn document_as<T: DecodeOwned>(mut self, name: &str) -> Self {
        let (oldest, current) = (T::CHAIN.oldest, T::CHAIN.version);
        let records =
            T::HISTORY.versions().filter_map(|version| Some((version, Record::of::<T>(version.version)?)));
        let versions = records.collect();
        self.documents.push(Document { name: name.to_owned(), oldest, current, versions });
        self
    }

    /// Compares the file with the code.
    ///
    /// # Errors
    ///
    /// [`Findings`], one for each released version that has changed, each version that is not in the file, and each entry
    /// that the code has nothing for.
    pub fn check(&self) -> Result<(), Findings> {
        let mut findings = Findings::default();
        match self.read() {
            Ok(file) => compare::compare(&self.documents, &file, &mut findings),
            Err(finding) => findings.add(finding),
        }
        findings.into_result()
    }

    /// Writes the versions that are not in the file yet.
    ///
    /// # Errors
    ///
    /// [`Findings`] where the file cannot be read or written.
    pub fn add(&self) -> Result<(), Findings> {
        self.write(|old, new| old.unwrap_or(new)).map_err(Findings::one)
    }

    /// Writes all versions as they are in the code. Entries of retired versions stay.
    ///
    /// # Errors
    ///
    /// [`Findings`] where the file cannot be read or written.
    pub fn accept(&self) -> Result<(), Findings> {
        self.write(|_, new| new).map_err(Findings::one)
    }

    /// [`check`](Self::check), after [`add`](Self::add) or [`accept`](Self::accept) if the environment says
    /// `SCHEMA_LOCK=add` or `SCHEMA_LOCK=accept`.
    ///
    /// # Panics
    ///
    /// With the findings, if there are any: this is an assertion of a test.
    #[track_caller]
    #[expect(clippy::panic, reason = "the assertion of a test")]
    pub fn assert(&self) {
        let result = match env::var(VARIABLE).as_deref() {
            Ok("add") => self.add().and_then(|()| self.check()),
            Ok("accept") => self.accept().and_then(|()| self.check()),
            Ok("") | Err(_) => self.check(),
            Ok(other) => Err(Findings::one(format!(
                "`{VARIABLE}={other}` is not known; write `{VARIABLE}=add` or `{VARIABLE}=accept`, or unset it"
            ))),
        };
        if let Err(findings) = result {
            panic!("{}:\n{findings}", self.path.display());
        }
    }

    fn read(&self) -> Result<LockFile, String> {
        match fs::read_to_string(&self.path) {
            Ok(text) => LockFile::read(&text).map_err(|error| format!("this is no lock file: {error}")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(LockFile::default()),
            Err(error) => Err(format!("the file cannot be read: {error}")),
        }
    }

    /// Writes for each version of the code what `choose` makes of its entry so far and of the one it would have now.
    fn write(&self, choose: impl Fn(Option<Entry>, Entry) -> Entry) -> Result<(), String> {
        let mut file = self.read()?;
        for document in &self.documents {
            for (version, record) in &document.versions {
                let old = file.entry(&document.name, version.version).cloned();
                let mut record = record.clone();
                // Where the version before is retired, the step from it cannot be seen any more.
                if let (true, Some(old)) = (document.is_oldest(version), &old) {
                    record.step = old.record()?.step;
                }
                file.put(choose(old, Entry::new(&document.name, version, &record)));
            }
        }
        let text = file.text().map_err(|error| format!("the file cannot be written: {error}"))?;
        fs::write(&self.path, text).map_err(|error| format!("the file cannot be written: {error}"))
    }
}

impl Document {
    fn is_oldest(&self, version: &Version) -> bool {
        version.version == self.oldest
    }
}
