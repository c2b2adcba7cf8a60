//! Scan: the documents of a collection in the order in which they lie there, which is the fastest, as bytes in chunks.

use bson::{Document, RawBsonRef, RawDocumentBuf};
use futures_util::TryStreamExt;
use mongodb::{
    Collection,
    error::{Error, ErrorKind},
};
use tokio::sync::mpsc;

use super::progress::Counter;
use crate::retry::{passes, with_retries};

/// The server's code for a scan that was overtaken by the writes to a capped collection.
const CAPPED_POSITION_LOST: i32 = 136;

/// Sends what a filter finds, in the order in which it lies there. Ends early when nobody takes it any more.
pub(super) async fn scan(
    collection: &Collection<RawDocumentBuf>,
    filter: Document,
    chunks: mpsc::Sender<Vec<u8>>,
    counter: &mut Counter<'_>,
) -> Result<(), Error> {
    let mut batches = with_retries(|| collection.find(filter.clone()).batch()).await?;
    while let Some(batch) = batches.try_next().await? {
        let (mut chunk, mut documents) = (Vec::new(), 0);
        for document in batch.doc_slices()? {
            if let RawBsonRef::Document(document) = document? {
                chunk.extend_from_slice(document.as_bytes());
                documents += 1;
            }
        }
        let bytes = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if chunks.send(chunk).await.is_err() {
            break;
        }
        counter.add(documents, bytes);
    }
    Ok(())
}

/// Whether another scan may reach the end that this one has not.
pub(super) fn is_lost(error: &Error) -> bool {
    let overtaken = |error: &Error| matches!(error.kind.as_ref(), ErrorKind::Command(error) if error.code == CAPPED_POSITION_LOST);
    passes(error) || overtaken(error)
}
