//! A folder of the system.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Disk, DiskFile};
use crate::lock;

/// So much room is made for what is read before it is there.
const PIECE: usize = 1 << 20;
/// The file that is locked while somebody writes.
const LOCK: &str = "LOCK";

/// A folder of the system, locked for as long as somebody holds it.
#[derive(Clone, Debug)]
pub struct LocalDisk {
    path: PathBuf,
    /// `None` for a reader.
    lock: Option<Arc<File>>,
}

impl LocalDisk {
    /// The folder, made where it is missing, for a writer; `None` where it has one.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn lock(path: &Path) -> io::Result<Option<Self>> {
        fs::create_dir_all(path)?;
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(false);
        let lock = lock::open(options, &path.join(LOCK))?;
        Ok(lock.map(|lock| Self {
            path: path.to_owned(),
            lock: Some(Arc::new(lock)),
        }))
    }

    /// The folder, to read only; whoever writes is not disturbed.
    pub fn look(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            lock: None,
        }
    }
}

impl Disk for LocalDisk {
    type File = LocalFile;

    fn reader(&self) -> Self {
        Self::look(&self.path)
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            // No file of ours has a name that is no text.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn create(&self, name: &str) -> io::Result<LocalFile> {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(true);
        options.open(self.path.join(name)).map(LocalFile)
    }

    fn open(&self, name: &str) -> io::Result<LocalFile> {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(self.lock.is_some());
        options.open(self.path.join(name)).map(LocalFile)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    fn sync(&self) -> io::Result<()> {
        // Elsewhere a folder cannot be opened, and its entries are journaled by the system.
        if cfg!(unix) {
            File::open(&self.path)?.sync_all()?;
        }
        Ok(())
    }
}

/// A file of the system.
#[derive(Debug)]
pub struct LocalFile(File);

impl DiskFile for LocalFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(offset))?;
        self.0.write_all(bytes)
    }

    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.0.seek(SeekFrom::Start(0))?;
        self.0.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn read_at(&mut self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(length.min(PIECE));
        self.0.seek(SeekFrom::Start(offset))?;
        (&mut self.0).take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}
