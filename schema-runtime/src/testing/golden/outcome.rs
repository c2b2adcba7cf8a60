//! What the code makes of a golden document now.

use bson::{Bson, Document, RawDocumentBuf};
use schema_core::{DecodeOwned, decode, encode, encode_at, replay};

use super::{VARIABLE, file::File, whose::Whose};
use crate::testing::{changes::changes, finding::Findings};

/// The document at its own version and at each one after.
pub(super) fn replayed<T: DecodeOwned>(
    whose: &Whose,
    stored: &RawDocumentBuf,
) -> Result<Vec<(u32, Document)>, String> {
    let documents = replay::<T>(stored).map_err(|error| format!("{whose}: {}", error.one_line()))?;
    documents
        .into_iter()
        .map(|(at, document)| Ok((at, Document::try_from(document)?)))
        .collect::<Result<_, bson::error::Error>>()
        .map_err(|error| format!("{whose}: {error}"))
}

pub(super) fn compare<T: DecodeOwned>(
    whose: &Whose,
    stored: &RawDocumentBuf,
    file: &File,
    findings: &mut Findings,
) {
    let now = match replayed::<T>(whose, stored) {
        Ok(now) => now,
        Err(finding) => return findings.add(finding),
    };
    for (at, document) in now {
        match file.at(whose, at) {
            None => findings
                .add(format!("{whose} has no outcome at version {at} yet; run `{VARIABLE}=add cargo test`")),
            Some(before) => {
                let changed = changes(before, &Bson::Document(document));
                if !changed.is_empty() {
                    findings.add(format!(
                        "{whose} is another one at version {at} than it was: {changed}; undo the change, or give it a \
                         version of its own"
                    ));
                }
            }
        }
    }
    if T::CHAIN.reversible_to <= whose.version {
        compare_way_back::<T>(whose, stored, findings);
    }
}

/// Down to the version and up again is the same current document.
fn compare_way_back<T: DecodeOwned>(whose: &Whose, stored: &RawDocumentBuf, findings: &mut Findings) {
    let there_and_back = || -> Result<_, Box<dyn std::error::Error>> {
        let current: T = decode(stored)?;
        let before = Document::try_from(encode(&current)?)?;
        let down = encode_at(current, whose.version)?;
        let after = Document::try_from(encode(&decode::<T>(&down)?)?)?;
        Ok((Bson::Document(before), Bson::Document(after)))
    };
    match there_and_back() {
        Err(error) => {
            findings.add(format!("{whose} does not go back and up again: {}", line(&*error)));
        }
        Ok((before, after)) => {
            let changed = changes(&before, &after);
            if !changed.is_empty() {
                findings.add(format!(
                    "what {whose} has become is another one when it goes back there and up again: {changed}"
                ));
            }
        }
    }
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
