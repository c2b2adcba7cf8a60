//! Check: one stored document against its current type and the service's own rules.

use bson::RawDocumentBuf;
use schema_core::{DecodeOwned, decode, encode, peek};

use super::{finding::Finding, invariant::Invariant, report::Verification};
use crate::error::Error;

pub(super) async fn check<T: DecodeOwned + Send + Sync>(
    stored: &RawDocumentBuf,
    invariants: &[Invariant<'_, T>],
    report: &mut Verification,
) -> Result<(), Error> {
    report.documents += 1;
    let document: T = match decode(stored) {
        Ok(document) => document,
        Err(error) => {
            if let Some(missing) = error.missing_context() {
                return Err(Error::missing_context(&report.collection, &T::CHAIN, missing));
            }
            report.found(Finding::undecoded(stored, &error));
            return Ok(());
        }
    };
    report.decoded += 1;
    let current = T::CHAIN.version;
    if peek(stored.as_bytes(), T::CHAIN.version_field) != Ok(Some(current)) {
        let error = format!("it is not at schema version {current} yet; run a backfill");
        report.found(Finding::new::<T>(stored, "not_current", error));
    }
    if let Some(finding) = written_again(stored, &document) {
        report.found(finding);
    }
    for invariant in invariants {
        if let Err(error) = invariant.check(stored, &document).await {
            let error = format!("{}: {error}", invariant.name);
            report.found(Finding::new::<T>(stored, "invariant", error));
        }
    }
    Ok(())
}

/// What would become of a document that the service reads and writes back.
fn written_again<T: DecodeOwned>(stored: &RawDocumentBuf, document: &T) -> Option<Finding> {
    let encoded = match encode(document) {
        Ok(encoded) => encoded,
        Err(error) => return Some(Finding::new::<T>(stored, "encode", one_line(&error))),
    };
    let error = decode::<T>(&encoded).err()?;
    let path = error.path().map(ToString::to_string).filter(|path| !path.is_empty());
    let error = format!("written back, it could not be read any more: {}", error.one_line());
    Some(Finding { path, ..Finding::new::<T>(stored, "round_trip", error) })
}

fn one_line(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
