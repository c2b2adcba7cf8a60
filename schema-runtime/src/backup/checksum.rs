//! The SHA-256 of a file: while it is written, and when it is read again.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Write},
    path::Path,
};

use sha2::{Digest, Sha256};

/// Writes to a file and remembers what.
pub(super) struct Digesting {
    file: File,
    digest: Sha256,
    bytes: u64,
}

/// What a file is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl Digesting {
    pub(super) fn new(file: File) -> Self {
        Self { file, digest: Sha256::new(), bytes: 0 }
    }

    /// On disk, and not only on its way there.
    pub(super) fn finish(self) -> io::Result<Sum> {
        self.file.sync_all()?;
        Ok(Sum { bytes: self.bytes, sha256: text(self.digest) })
    }
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or(bytes));
        self.bytes += u64::try_from(written).unwrap_or(u64::MAX);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Reads a whole file.
pub(super) fn sum(path: &Path) -> io::Result<Sum> {
    let mut reader = BufReader::with_capacity(1 << 16, File::open(path)?);
    let (mut digest, mut bytes) = (Sha256::new(), 0);
    loop {
        let chunk = reader.fill_buf()?;
        let length = chunk.len();
        if length == 0 {
            return Ok(Sum { bytes, sha256: text(digest) });
        }
        digest.update(chunk);
        bytes += u64::try_from(length).unwrap_or(u64::MAX);
        reader.consume(length);
    }
}

fn text(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
