//! How much is held at a time.

use bson::RawDocumentBuf;
use futures_util::TryStreamExt;
use mongodb::{Cursor, error::Result};

pub(super) const BATCH: u32 = 1000;
/// A batch ends at this size even when it has few documents, so that memory is bounded whatever their size.
const MAX_BATCH_BYTES: usize = 8 * 1024 * 1024;

/// What the cursor has, up to a size.
pub(super) async fn bounded(mut cursor: Cursor<RawDocumentBuf>) -> Result<Vec<RawDocumentBuf>> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while bytes < MAX_BATCH_BYTES
        && let Some(document) = cursor.try_next().await?
    {
        bytes += document.as_bytes().len();
        batch.push(document);
    }
    Ok(batch)
}
