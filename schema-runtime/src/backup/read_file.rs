//! Reads the documents of a file, on a thread of its own, a batch at a time.

use std::{
    fs::File,
    io::{BufReader, ErrorKind, Read},
    path::{Path, PathBuf},
};

use bson::RawDocumentBuf;
use flate2::read::MultiGzDecoder;
use tokio::sync::mpsc;

use super::{error::BackupError, files::is_compressed};

/// A batch ends at this size.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// A batch ends at this count.
const BATCH_DOCUMENTS: usize = 5_000;
/// How many batches may wait.
const WAITING: usize = 1;

/// More than the server takes: 16 MiB, and what it adds to that within itself.
const LARGEST: usize = 16 * 1024 * 1024 + 16 * 1024;
/// The length and the closing NUL.
const SMALLEST: usize = 5;

/// The documents in the order of the file; the last thing that comes may be an error.
pub(super) fn batches(path: PathBuf) -> mpsc::Receiver<Result<Vec<RawDocumentBuf>, BackupError>> {
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let sent = read(&path, |batch| sender.blocking_send(Ok(batch)).is_ok());
        if let Err(error) = sent {
            // Nobody may be there any more to be told.
            let _ = sender.blocking_send(Err(error));
        }
    });
    receiver
}

/// Whether the file is documents from beginning to end. Blocks.
pub(super) fn check(path: &Path) -> Result<(), BackupError> {
    read(path, |_| true)
}

/// Reads until the end, or until a batch is not taken.
fn read(path: &Path, mut take: impl FnMut(Vec<RawDocumentBuf>) -> bool) -> Result<(), BackupError> {
    let file = File::open(path).map_err(BackupError::file("open", path))?;
    let mut documents = match is_compressed(&path.to_string_lossy()) {
        true => Documents::new(path, BufReader::new(Box::new(MultiGzDecoder::new(BufReader::new(file))))),
        false => Documents::new(path, BufReader::new(Box::new(file))),
    };
    loop {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH_BYTES
            && batch.len() < BATCH_DOCUMENTS
            && let Some(document) = documents.next()?
        {
            bytes += document.as_bytes().len();
            batch.push(document);
        }
        if batch.is_empty() || !take(batch) {
            return Ok(());
        }
    }
}

struct Documents<'a> {
    path: &'a Path,
    reader: BufReader<Box<dyn Read>>,
    /// Where the next one begins.
    offset: usize,
}

impl<'a> Documents<'a> {
    fn new(path: &'a Path, reader: BufReader<Box<dyn Read>>) -> Self {
        Self { path, reader, offset: 0 }
    }

    fn next(&mut self) -> Result<Option<RawDocumentBuf>, BackupError> {
        let mut bytes = Vec::new();
        self.append(4, &mut bytes)?;
        let length = match bytes.first_chunk() {
            Some(length) => i32::from_le_bytes(*length),
            None if bytes.is_empty() => return Ok(None),
            None => return Err(self.damaged("it ends within a document")),
        };
        let length = usize::try_from(length).ok().filter(|length| (SMALLEST..=LARGEST).contains(length));
        let Some(length) = length else { return Err(self.damaged("there is no document")) };
        self.append(length - bytes.len(), &mut bytes)?;
        if bytes.len() < length {
            return Err(self.damaged("it ends within a document"));
        }
        let document = RawDocumentBuf::from_bytes(bytes).map_err(|_| self.damaged("there is no document"))?;
        self.offset += length;
        Ok(Some(document))
    }

    /// So many bytes more, or as many as there are.
    fn append(&mut self, count: usize, bytes: &mut Vec<u8>) -> Result<(), BackupError> {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        match self.reader.by_ref().take(count).read_to_end(bytes) {
            Ok(_) => Ok(()),
            // What gzip says of bytes that are none of its own.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof
                ) =>
            {
                Err(self.damaged(&error.to_string()))
            }
            Err(error) => Err(BackupError::file("read", self.path)(error)),
        }
    }

    fn damaged(&self, why: &str) -> BackupError {
        BackupError::damaged(self.path, format!("{why} at byte {} of its documents", self.offset))
    }
}
