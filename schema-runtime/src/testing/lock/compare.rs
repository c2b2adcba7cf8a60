//! The code beside the lock file: what has changed, in sentences that say what to do.

use std::collections::HashSet;

use schema_core::{
    history::{Record, Version},
    shape::{Line, difference},
};

use super::{
    Document, Findings, VARIABLE,
    file::{Entry, LockFile},
};

pub(super) fn compare(documents: &[Document], file: &LockFile, findings: &mut Findings) {
    let mut names = HashSet::new();
    for document in documents {
        if !names.insert(&document.name) {
            findings.add(format!(
                "two documents are called `{}`; give one of them another name with `document_as`",
                document.name
            ));
        }
    }
    without_code(documents, file, findings);
    for document in documents {
        for (version, record) in document.versions.iter().rev() {
            match file.entry(&document.name, version.version) {
                Some(entry) => changed(document, version, record, entry, findings),
                None => findings.add(format!(
                    "{} is not in the file; when its shape is settled, run `{VARIABLE}=add cargo test` and check the \
                     file in",
                    named(document, version)
                )),
            }
        }
    }
}

/// Entries that nothing in the code is compared with.
fn without_code(documents: &[Document], file: &LockFile, findings: &mut Findings) {
    let mut unknown = HashSet::new();
    for Entry { document: name, version, type_name, .. } in &file.entries {
        match documents.iter().find(|document| document.name == *name) {
            None => {
                if unknown.insert(name) {
                    findings.add(format!(
                        "`{name}` is in the file and not in the test; add `.document::<{type_name}>()`, or remove its \
                         entries if no document of it is left"
                    ));
                }
            }
            Some(document) if *version > document.current => findings.add(format!(
                "version {version} of `{name}` (`{type_name}`) is in the file, and the code ends at version {}; restore \
                 the type, or, if it was never released, remove its entry",
                document.current
            )),
            // A version before the oldest one has been retired.
            Some(_) => {}
        }
    }
}

fn changed(document: &Document, version: &Version, now: &Record, entry: &Entry, findings: &mut Findings) {
    let was = match entry.record() {
        Ok(was) => was,
        Err(finding) => return findings.add(finding),
    };
    let mut changes: Vec<_> = difference(&was.shape, &now.shape).iter().map(ToString::to_string).collect();
    let mut about = |what: &str, was: &[Line], now: &[Line]| {
        changes.extend(difference(was, now).iter().map(|change| format!("{what}: {change}")));
    };
    about("attributes", &was.attributes, &now.attributes);
    if !document.is_oldest(version) {
        about("step", &was.step, &now.step);
    }
    if changes.is_empty() {
        return;
    }
    let next = document.current.saturating_add(1);
    findings.add(format!(
        "{} is released and has changed:\n    {}\n  undo the change and make it in a new version {next}; where versions \
         share a type, change a copy of it\n  or, if all stored documents fit the version as it is now, run \
         `{VARIABLE}=accept cargo test`",
        named(document, version),
        changes.join("\n    "),
    ));
}

fn named(document: &Document, version: &Version) -> String {
    format!("version {} of `{}` (`{}`)", version.version, document.name, version.type_name)
}
