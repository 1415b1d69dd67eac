//! A file that one process at a time has open to write.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file and locks it for as long as it is open; `None` where somebody has it.
#[cfg(unix)]
pub(crate) fn open(options: &OpenOptions, path: &Path) -> io::Result<Option<File>> {
    use rustix::fs::{FlockOperation, flock};
    use rustix::io::Errno;

    let file = options.open(path)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Opens a file and lets nobody else open it; `None` where somebody has it.
#[cfg(windows)]
pub(crate) fn open(options: &OpenOptions, path: &Path) -> io::Result<Option<File>> {
    use std::os::windows::fs::OpenOptionsExt as _;

    /// `FILE_SHARE_READ`: others may read.
    const SHARE_READ: u32 = 1;
    /// `ERROR_SHARING_VIOLATION`.
    const TAKEN: i32 = 32;
    match options.clone().share_mode(SHARE_READ).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.raw_os_error() == Some(TAKEN) => Ok(None),
        Err(error) => Err(error),
    }
}
