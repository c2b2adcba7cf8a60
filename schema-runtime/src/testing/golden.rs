//! Golden documents: one stored example of each version, and what it becomes.

use std::{
    collections::BTreeMap,
    env, fs, io,
    marker::PhantomData,
    path::{Path, PathBuf},
};

use bson::{Bson, Document, RawDocumentBuf};
use schema_core::{Chain, DecodeOwned, EncodeError, VersionedDocument, decode, encode, encode_at, replay};

use super::{changes::changes, extended_json, finding::Findings, folder};

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
    examples: BTreeMap<u32, Result<RawDocumentBuf, EncodeError>>,
    strangers: Vec<&'static str>,
    current: PhantomData<T>,
}

impl<T: DecodeOwned> Golden<T> {
    /// The golden documents in this folder, which is relative to the package.
    #[must_use]
    pub fn new(folder: impl AsRef<Path>) -> Self {
        let folder = folder::in_package(folder.as_ref());
        Self { folder, examples: BTreeMap::new(), strangers: Vec::new(), current: PhantomData }
    }

    /// The document that becomes the example of its version, if there is none yet. Once the file is there, the value here is
    /// not looked at any more.
    #[must_use]
    pub fn example<V: VersionedDocument>(mut self, document: &V) -> Self {
        if T::HISTORY.at(V::CHAIN.version) == Some(V::HISTORY) {
            self.examples.insert(V::CHAIN.version, encode(document));
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
        for version in T::CHAIN.oldest..=T::CHAIN.version {
            if let Err(finding) = self.add_version(version) {
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
        for version in T::CHAIN.oldest..=T::CHAIN.version {
            match self.read(version) {
                Ok(Some(recorded)) => self.check_version(version, &recorded, &mut findings),
                Ok(None) => findings.add(self.missing(version)),
                Err(finding) => findings.add(finding),
            }
        }
        findings.into_result()
    }

    /// [`check`](Self::check), and [`add`](Self::add) before it if the environment says `SCHEMA_GOLDEN=add`.
    ///
    /// # Panics
    ///
    /// With the findings, if there are any: this is an assertion of a test.
    #[track_caller]
    #[expect(clippy::panic, reason = "the assertion of a test")]
    pub fn assert(&self) {
        let result = match env::var(VARIABLE).as_deref() {
            Ok("add") => self.add().and_then(|()| self.check()),
            Ok("") | Err(_) => self.check(),
            Ok(other) => Err(Findings::one(format!(
                "`{VARIABLE}={other}` is not known; write `{VARIABLE}=add`, or unset it"
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

    fn missing(&self, version: u32) -> String {
        let example = match self.examples.contains_key(&version) {
            true => String::new(),
            false => "give it one with `example(..)`, and ".to_owned(),
        };
        format!("version {version} has no golden document; {example}run `{VARIABLE}=add cargo test`")
    }

    fn path(&self, version: u32) -> PathBuf {
        self.folder.join(format!("{version}.json"))
    }

    fn read(&self, version: u32) -> Result<Option<Document>, String> {
        let path = self.path(version);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
        };
        let recorded = extended_json::read(&text);
        recorded
            .map(Some)
            .map_err(|error| format!("{} is not what was written there: {error}", path.display()))
    }

    fn add_version(&self, version: u32) -> Result<(), String> {
        let recorded = self.read(version)?;
        let stored = match (&recorded, self.examples.get(&version)) {
            (Some(recorded), _) => self.stored(version, recorded)?,
            (None, Some(Ok(example))) => example.clone(),
            (None, Some(Err(error))) => return Err(format!("the example of version {version}: {error}")),
            (None, None) => return Err(self.missing(version)),
        };
        let mut recorded = recorded.unwrap_or_default();
        for (at, document) in replayed::<T>(version, &stored)? {
            recorded.entry(at.to_string()).or_insert(Bson::Document(document));
        }
        let path = self.path(version);
        let text = extended_json::write(&recorded).map_err(|error| format!("version {version}: {error}"))?;
        fs::create_dir_all(&self.folder)
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| format!("{} cannot be written: {error}", path.display()))
    }

    /// The document as it was stored.
    fn stored(&self, version: u32, recorded: &Document) -> Result<RawDocumentBuf, String> {
        let stored = recorded.get_document(version.to_string()).ok();
        let stored = stored.and_then(|stored| RawDocumentBuf::try_from(stored).ok());
        stored.ok_or_else(|| {
            format!("{} has no document of version {version}; delete the file", self.path(version).display())
        })
    }

    fn check_version(&self, version: u32, recorded: &Document, findings: &mut Findings) {
        let stored = match self.stored(version, recorded) {
            Ok(stored) => stored,
            Err(finding) => return findings.add(finding),
        };
        let now = match replayed::<T>(version, &stored) {
            Ok(now) => now,
            Err(finding) => return findings.add(finding),
        };
        for (at, document) in &now {
            match recorded.get(at.to_string()) {
                None => findings.add(format!(
                    "the document of version {version} has no outcome at version {at} yet; run `{VARIABLE}=add cargo \
                     test`"
                )),
                Some(before) => {
                    let changed = changes(before, &Bson::Document(document.clone()));
                    if !changed.is_empty() {
                        findings.add(format!(
                            "the document of version {version} is another one at version {at} than it was: {changed}; \
                             undo the change, or give it a version of its own"
                        ));
                    }
                }
            }
        }
        if T::CHAIN.reversible_to <= version {
            self.check_way_back(version, &stored, findings);
        }
    }

    /// Down to the version and up again is the same current document.
    fn check_way_back(&self, version: u32, stored: &RawDocumentBuf, findings: &mut Findings) {
        let there_and_back = || -> Result<_, Box<dyn std::error::Error>> {
            let current: T = decode(stored)?;
            let before = Document::try_from(encode(&current)?)?;
            let down = encode_at(current, version)?;
            let after = Document::try_from(encode(&decode::<T>(&down)?)?)?;
            Ok((Bson::Document(before), Bson::Document(after)))
        };
        match there_and_back() {
            Err(error) => findings.add(format!(
                "the document of version {version} does not go back and up again: {}",
                line(&*error)
            )),
            Ok((before, after)) => {
                let changed = changes(&before, &after);
                if !changed.is_empty() {
                    findings.add(format!(
                        "the current document that goes back to version {version} and up again is another one: {changed}"
                    ));
                }
            }
        }
    }
}

/// The document at its own version and at each one after.
fn replayed<T: DecodeOwned>(version: u32, stored: &RawDocumentBuf) -> Result<Vec<(u32, Document)>, String> {
    let documents = replay::<T>(stored)
        .map_err(|error| format!("the document of version {version}: {}", error.one_line()))?;
    documents
        .into_iter()
        .map(|(at, document)| Ok((at, Document::try_from(document)?)))
        .collect::<Result<_, bson::error::Error>>()
        .map_err(|error| format!("the document of version {version}: {error}"))
}

fn line(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
