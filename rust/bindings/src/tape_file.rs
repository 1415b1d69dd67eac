//! Where the bytes of a tape are: in memory, or in a file of which one block is read at a time.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use tradecore_core::tape::Store;

use crate::feed::Shared;

/// Where the bytes of a tape are.
#[derive(Clone)]
pub(crate) enum Archive {
    Bytes(Shared),
    File(Arc<TapeFile>),
}

/// A file that is read where it is wanted; many read it at once.
pub(crate) struct TapeFile {
    file: File,
    size: u64,
}

impl Archive {
    pub(crate) fn open(path: &Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        Ok(Self::File(Arc::new(TapeFile { file, size })))
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

impl Store for Archive {
    fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(file) => file.size,
        }
    }

    fn read<'a>(
        &'a self,
        offset: u64,
        length: usize,
        buffer: &'a mut Vec<u8>,
    ) -> Result<&'a [u8], String> {
        let file = match self {
            Self::Bytes(bytes) => return bytes.read(offset, length, buffer),
            Self::File(file) => file,
        };
        let there = usize::try_from(file.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        buffer.resize(length.min(there), 0);
        let mut filled = 0;
        while filled < buffer.len() {
            match read_at(&file.file, &mut buffer[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(&buffer[..filled])
    }
}
