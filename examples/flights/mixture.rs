//! Mixture: what a collection looks like that three releases have written to.

use schema_runtime::{
    DecodeError, EncodeError,
    bson::{RawDocument, RawDocumentBuf},
    decode, encode,
};

use super::{FlightV1, FlightV2, FlightV3};

/// A row that could not be brought into the form that some release stored it in.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
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
pub fn stored_form(index: usize, row: &RawDocument) -> Result<RawDocumentBuf, StoreError> {
    Ok(match index % 6 {
        0 => row.to_owned(),
        3 => encode(&decode::<FlightV1>(row)?)?,
        1 | 4 => encode(&decode::<FlightV2>(row)?)?,
        _ => encode(&decode::<FlightV3>(row)?)?,
    })
}
