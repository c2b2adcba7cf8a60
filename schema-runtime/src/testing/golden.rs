//! Golden documents: one stored example of each version, and what it becomes.

mod file;
#[cfg(feature = "scaffold")]
mod next;
mod outcome;
mod whose;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    marker::PhantomData,
    path::{Path, PathBuf},
};

use bson::RawDocumentBuf;
use schema_core::{Chain, DecodeOwned, EncodeError, VersionedDocument, encode, history::Version};

#[cfg(feature = "scaffold")]
pub(crate) use self::next::Next;
use self::{
    file::File,
    outcome::{compare, replayed},
    whose::Whose,
};
use super::{finding::Findings, folder};

/// The variable that has the files written: `SCHEMA_GOLDEN=add cargo test`.
const VARIABLE: &str = "SCHEMA_GOLDEN";

/// One stored example of each version of a chain, with what it becomes at every later version.
///
/// The shape of a type and its rules can stay as they are while a function that a step calls changes. So each
/// version has a file, `<folder>/<version>.json`, with a document as it was stored (canonical extended JSON) and as
/// it was at each version after. A check upgrades it again; where a step is `reversible` it also goes back and up again.
/// The files are written by the test itself and never by hand:
///
/// ```sh
/// SCHEMA_GOLDEN=add cargo test
/// ```
///
/// writes what is missing, the file of a new version and the outcome of the older ones at it, and changes
/// nothing that is there. To replace an example, delete its file first.
///
/// While the newest version is not released yet, `SCHEMA_GOLDEN=accept cargo test` takes over what has changed in it: its own document,
/// from the example if there is one, and the outcomes of the older ones at it. Outcomes at released versions stay.
///
/// A version that is an enum has an example of each variant, by its stored name, all in its one file.
///
/// ```
/// # use schema_runtime::VersionedDocument;
/// # #[derive(VersionedDocument)]
/// # #[versioned(version = 1)]
/// # struct UserV1 { name: String }
/// # #[derive(VersionedDocument)]
/// # #[versioned(version = 2, previous = UserV1)]
/// # struct UserV2 { name: String }
/// use schema_runtime::testing::Golden;
///
/// # fn test() {
/// // In a test:
/// Golden::<UserV2>::new("tests/golden/users")
///     .example(&UserV1 { name: "Ada".into() })
///     .example(&UserV2 { name: "Ada".into() })
///     .assert();
/// # }
/// ```
#[derive(Debug)]
pub struct Golden<T> {
    folder: PathBuf,
    examples: BTreeMap<Whose, Result<RawDocumentBuf, EncodeError>>,
    strangers: Vec<&'static str>,
    current: PhantomData<T>,
}

impl<T: DecodeOwned> Golden<T> {
    /// The golden documents in this folder, which is relative to the package.
    #[must_use]
    pub fn new(folder: impl AsRef<Path>) -> Self {
        Self::at(&folder::in_package(folder.as_ref()))
    }

    /// Those in this folder, whatever package that is in.
    pub(crate) fn at(folder: &Path) -> Self {
        let folder = folder.to_owned();
        Self { folder, examples: BTreeMap::new(), strangers: Vec::new(), current: PhantomData }
    }

    /// The document that becomes the example of its version, or of its variant in that version, if there is none yet. Once
    /// it is in the file, the value here is not looked at any more.
    #[must_use]
    pub fn example<V: VersionedDocument>(mut self, document: &V) -> Self {
        if T::HISTORY.at(V::CHAIN.version) == Some(V::HISTORY) {
            let version = V::HISTORY;
            let encoded = encode(document);
            let whose = match &encoded {
                Ok(encoded) => Whose::of(encoded, version),
                Err(_) => Whose { version: version.version, variant: None },
            };
            self.examples.insert(whose, encoded);
        } else {
            self.strangers.push(V::CHAIN.type_name);
        }
        self
    }

    /// Writes what is missing: files for examples that have none, and the outcomes at versions that came later.
    ///
    /// # Errors
    ///
    /// [`Findings`] where an example does not upgrade or a file cannot be read or written. The other files are
    /// written all the same.
    pub fn add(&self) -> Result<(), Findings> {
        let mut findings = self.strangers();
        for version in Self::versions() {
            if let Err(finding) = self.add_version(version, &mut findings) {
                findings.add(finding);
            }
        }
        findings.into_result()
    }

    /// Writes what the documents are at the current version anew, and what is missing.
    ///
    /// # Errors
    ///
    /// As for [`add`](Self::add).
    pub fn accept(&self) -> Result<(), Findings> {
        let mut findings = self.strangers();
        for version in Self::versions() {
            if let Err(finding) = self.accept_version(version, &mut findings) {
                findings.add(finding);
            }
        }
        findings.into_result()
    }

    /// Compares the files with what the code makes of their documents.
    ///
    /// # Errors
    ///
    /// [`Findings`], one for each difference, each missing file and each that cannot be read.
    pub fn check(&self) -> Result<(), Findings> {
        let mut findings = self.strangers();
        for version in Self::versions() {
            if let Err(finding) = self.check_version(version, &mut findings) {
                findings.add(finding);
            }
        }
        findings.into_result()
    }

    /// [`check`](Self::check), after [`add`](Self::add) or [`accept`](Self::accept) if the environment says
    /// `SCHEMA_GOLDEN=add` or `SCHEMA_GOLDEN=accept`.
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
            let Chain { type_name, .. } = T::CHAIN;
            panic!("the golden documents of `{type_name}` in {}:\n{findings}", self.folder.display());
        }
    }

    fn strangers(&self) -> Findings {
        let mut findings = Findings::default();
        for stranger in &self.strangers {
            let current = T::CHAIN.type_name;
            findings.add(format!("`{stranger}` is no version of `{current}`; remove its example"));
        }
        findings
    }

    /// The oldest first.
    fn versions() -> impl Iterator<Item = &'static Version> {
        (T::CHAIN.oldest..=T::CHAIN.version).filter_map(|version| T::HISTORY.at(version))
    }

    fn missing(&self, whose: &Whose) -> String {
        let Whose { version, variant } = whose;
        let of = variant.as_ref().map(|variant| format!(" of its variant `{variant}`")).unwrap_or_default();
        let example = match self.examples.contains_key(whose) {
            true => "",
            false => "give it one with `example(..)`, and ",
        };
        format!("version {version} has no golden document{of}; {example}run `{VARIABLE}=add cargo test`")
    }

    fn add_version(&self, version: &Version, findings: &mut Findings) -> Result<(), String> {
        let mut file = File::read(&self.folder, version.version)?;
        for whose in all(version, &file) {
            if let Err(finding) = self.add_document(&whose, &mut file) {
                findings.add(finding);
            }
        }
        file.write()
    }

    fn accept_version(&self, version: &Version, findings: &mut Findings) -> Result<(), String> {
        let current = T::CHAIN.version;
        let mut file = File::read(&self.folder, version.version)?;
        for whose in all(version, &file) {
            // Without an example, the document that is there may still be one.
            if version.version < current || self.examples.contains_key(&whose) {
                file.forget(&whose, current);
            }
            if let Err(finding) = self.add_document(&whose, &mut file) {
                findings.add(finding);
            }
        }
        file.write()
    }

    fn add_document(&self, whose: &Whose, file: &mut File) -> Result<(), String> {
        // One that cannot be encoded does not say which variant it is.
        let failed = Whose { variant: None, ..*whose };
        let example = self.examples.get(whose).or_else(|| self.examples.get(&failed));
        let stored = match (file.stored(whose)?, example) {
            (Some(stored), _) => stored,
            (None, Some(Ok(example))) => example.clone(),
            (None, Some(Err(error))) => {
                return Err(format!("the example of version {}: {error}", whose.version));
            }
            (None, None) => return Err(self.missing(whose)),
        };
        let outcomes = replayed::<T>(whose, &stored)?;
        file.add(whose, outcomes)
    }

    fn check_version(&self, version: &Version, findings: &mut Findings) -> Result<(), String> {
        let file = File::read(&self.folder, version.version)?;
        for whose in all(version, &file) {
            match file.stored(&whose) {
                Ok(Some(stored)) => compare::<T>(&whose, &stored, &file, findings),
                Ok(None) => findings.add(self.missing(&whose)),
                Err(finding) => findings.add(finding),
            }
        }
        Ok(())
    }
}

/// Those that the version should have, and those that its file has of variants that are gone.
fn all(version: &Version, file: &File) -> BTreeSet<Whose> {
    let mut all = Whose::all(version);
    if version.variants.is_some() {
        all.extend(file.variants());
    }
    all
}
