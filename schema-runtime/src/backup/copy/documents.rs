//! The documents of one collection from one server to another.

use bson::{RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use mongodb::Collection;

use crate::{
    backup::{
        checkpoint::{Checkpoint, Checkpoints},
        error::{BackupError, Doing},
        insert::Inserter,
        progress::Counter,
    },
    batch::{MAX_BATCH_BYTES, bytes},
    id_scan::{Batch, IdScan, Range},
    numbers::count,
    population::Population,
    retry::with_retries,
};

/// How many documents are read and written at a time. Large ones end a batch earlier.
const BATCH: u32 = 1000;
const BATCH_DOCUMENTS: usize = 1000;

/// From the checkpoint on. While a batch is written, the next one is read.
pub(super) async fn copy_by_id(
    source: Collection<RawDocumentBuf>,
    inserter: &Inserter,
    counter: &mut Counter<'_>,
    checkpoint: &mut Checkpoint,
    checkpoints: &Checkpoints,
) -> Result<(), BackupError> {
    counter.add(u64::try_from(checkpoint.documents).unwrap_or(0), 0);
    let population = Population::all_of(source);
    let mut scan = IdScan::new(population, Range::default(), checkpoint.position.clone());
    let mut next = scan.next_batch(BATCH).await?;
    while let Some(Batch { documents, last }) = next {
        let write = inserter.insert_all(&documents);
        let read = async { Ok(scan.next_batch(BATCH).await?) };
        (_, next) = tokio::try_join!(write, read)?;
        checkpoint.advance(documents.len(), last);
        checkpoints.note(checkpoint).await?;
        counter.add(count(&documents), bytes(&documents));
    }
    Ok(())
}

/// In the order in which the documents lie there, which is that of a capped collection.
pub(super) async fn copy_in_order(
    source: &Collection<RawDocumentBuf>,
    inserter: &Inserter,
    counter: &mut Counter<'_>,
) -> Result<(), BackupError> {
    let place = source.namespace();
    let mut cursor = with_retries(|| source.find(doc! {})).await.doing("read", &place)?;
    loop {
        let (mut batch, mut size) = (Vec::new(), 0);
        while size < MAX_BATCH_BYTES
            && batch.len() < BATCH_DOCUMENTS
            && let Some(document) = cursor.try_next().await.doing("read", &place)?
        {
            size += document.as_bytes().len();
            batch.push(document);
        }
        if batch.is_empty() {
            return Ok(());
        }
        inserter.insert_all(&batch).await?;
        counter.add(count(&batch), bytes(&batch));
    }
}
