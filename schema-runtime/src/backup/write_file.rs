//! Writes the documents of a collection to a file, on a thread of its own: compressing keeps a processor busy, and a disk may block.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use tokio::sync::mpsc;

use super::{
    checksum::{Digesting, Sum},
    error::BackupError,
};

/// How many chunks may wait. One is what the server sends at a time, 16 MB; so this bounds the memory.
const WAITING: usize = 1;

/// A file to be written, and where to send what is to be in it. The file is complete when all senders are gone.
pub(super) fn write_file(
    path: PathBuf,
) -> (mpsc::Sender<Vec<u8>>, impl Future<Output = Result<Sum, BackupError>>) {
    let (sender, chunks) = mpsc::channel(WAITING);
    let task = tokio::task::spawn_blocking({
        let path = path.clone();
        move || write(&path, chunks)
    });
    let written = async move {
        let written = task.await.map_err(io::Error::from).and_then(|written| written);
        written.map_err(BackupError::file("write", &path))
    };
    (sender, written)
}

fn write(path: &Path, mut chunks: mpsc::Receiver<Vec<u8>>) -> io::Result<Sum> {
    // The fastest: at the default level, compressing takes several times as long as the server needs to send, for a few percent.
    let mut gzip = GzEncoder::new(Digesting::new(File::create(path)?), Compression::fast());
    while let Some(chunk) = chunks.blocking_recv() {
        gzip.write_all(&chunk)?;
    }
    gzip.finish()?.finish()
}
