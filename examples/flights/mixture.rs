//! Mixture: what a collection looks like that three releases have written to.

use schema_runtime::{
    DecodeError, EncodeError,
    bson::{self, Document, RawDocumentBuf},
    decode, encode,
};

use super::{FlightV1, FlightV2, FlightV3};

/// A row that could not be brought into the form that some release stored it in.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The row has no BSON form.
    #[error("the row cannot be written as BSON")]
    Bson(#[from] bson::error::Error),
    /// The row does not convert.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The converted row has no BSON form.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// The stored form of the row at `index`: a third each of versions 1, 2 and 3, and half of the first third as the
/// importer wrote it, before anybody thought of versions.
///
/// # Errors
///
/// [`StoreError`] when the row does not convert to the version that its turn is.
pub fn stored_form(index: usize, row: &Document) -> Result<RawDocumentBuf, StoreError> {
    let imported = RawDocumentBuf::try_from(row)?;
    Ok(match index % 6 {
        0 => imported,
        3 => encode(&decode::<FlightV1>(&imported)?)?,
        1 | 4 => encode(&decode::<FlightV2>(&imported)?)?,
        _ => encode(&decode::<FlightV3>(&imported)?)?,
    })
}
