//! A disk that says how long its syncs take.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tradecore_journal::disk::{Disk, DiskFile, LocalDisk, LocalFile};

/// Zeros come in pieces of so many bytes and more: they are for later, and nobody waits for them.
const PIECE: usize = 1 << 17;

/// Nanoseconds of each sync behind which somebody waited.
type Spans = Arc<Mutex<Vec<u64>>>;

/// See the module.
#[derive(Clone)]
pub(crate) struct WatchedDisk {
    disk: LocalDisk,
    spans: Spans,
}

/// One of its files.
pub(crate) struct WatchedFile {
    file: LocalFile,
    spans: Spans,
    written: usize,
}

impl WatchedDisk {
    pub(crate) fn new(disk: LocalDisk) -> Self {
        let spans = Spans::default();
        Self { disk, spans }
    }

    /// The syncs since the last call.
    pub(crate) fn take(&self) -> Vec<u64> {
        std::mem::take(&mut self.spans.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn watched(&self, file: LocalFile) -> WatchedFile {
        WatchedFile {
            file,
            spans: Arc::clone(&self.spans),
            written: 0,
        }
    }
}

impl Disk for WatchedDisk {
    type File = WatchedFile;

    fn reader(&self) -> Self {
        Self::new(self.disk.reader())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.list()
    }

    fn create(&self, name: &str) -> io::Result<WatchedFile> {
        self.disk.create(name).map(|file| self.watched(file))
    }

    fn open(&self, name: &str) -> io::Result<WatchedFile> {
        self.disk.open(name).map(|file| self.watched(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.sync()
    }
}

impl DiskFile for WatchedFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.written += bytes.len();
        self.file.write_at(offset, bytes)
    }

    fn read(&mut self) -> io::Result<Vec<u8>> {
        self.file.read()
    }

    fn read_at(&mut self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        self.file.read_at(offset, length)
    }

    fn sync(&mut self) -> io::Result<()> {
        let started = Instant::now();
        let synced = self.file.sync();
        if std::mem::take(&mut self.written) < PIECE {
            let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
            spans.push(started.elapsed().as_nanos() as u64);
        }
        synced
    }
}
