//! Reading a file from its beginning.

use std::fs;
use std::path::Path;

use super::scan::{self, Extent};
use super::{FileError, FileRecord, HEADER};

/// The records of a file as it was when opened; a torn tail is left out, not cut off.
#[derive(Debug)]
pub struct FileReader {
    bytes: Vec<u8>,
    salt: u64,
    extent: Extent,
    at: usize,
}

impl FileReader {
    /// Reads the whole file.
    ///
    /// # Errors
    ///
    /// [`FileError`] when it cannot be read, is no journal, or is damaged before its tail.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let bytes = fs::read(path).map_err(FileError::of("read a journal"))?;
        let empty = Extent {
            whole: bytes.len(),
            last: 0,
        };
        let (salt, extent) = match scan::salt(&bytes)? {
            None => (0, empty),
            Some(salt) => (salt, scan::extent(salt, &bytes)?),
        };
        let at = HEADER.min(bytes.len());
        Ok(Self {
            bytes,
            salt,
            extent,
            at,
        })
    }

    /// The next record.
    pub fn next_record(&mut self) -> Option<FileRecord<'_>> {
        let whole = &self.bytes[..self.extent.whole];
        let (record, length) = scan::record(self.salt, &whole[self.at..])?;
        self.at += length;
        Some(record)
    }

    /// Bytes of a last record that is not whole.
    pub const fn torn_bytes(&self) -> u64 {
        (self.bytes.len() - self.extent.whole) as u64
    }
}
