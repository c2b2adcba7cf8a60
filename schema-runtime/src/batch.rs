//! How much is held in memory at a time.

use bson::RawDocumentBuf;
use futures_util::TryStreamExt;
use mongodb::{Cursor, error::Result};

/// A batch ends at this size even when it has few documents, so that memory is bounded whatever their size.
pub(crate) const MAX_BATCH_BYTES: usize = 8 * 1024 * 1024;

/// What the cursor has, up to a size.
pub(crate) async fn bounded(mut cursor: Cursor<RawDocumentBuf>) -> Result<Vec<RawDocumentBuf>> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while bytes < MAX_BATCH_BYTES
        && let Some(document) = cursor.try_next().await?
    {
        bytes += document.as_bytes().len();
        batch.push(document);
    }
    Ok(batch)
}

/// How large documents are together.
pub(crate) fn bytes(documents: &[RawDocumentBuf]) -> u64 {
    let sizes = documents.iter().map(|document| document.as_bytes().len());
    sizes.map(|size| u64::try_from(size).unwrap_or(u64::MAX)).sum()
}
