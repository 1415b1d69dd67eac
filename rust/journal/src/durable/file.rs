//! A file of a journal, whole.

use super::JournalError;
use crate::disk::{Disk, DiskFile as _};

/// Its bytes.
pub(super) fn read<D: Disk>(disk: &D, name: &str) -> Result<Vec<u8>, JournalError> {
    let opened = disk.open(name).and_then(|mut file| file.read());
    opened.map_err(JournalError::of("read a file of a journal"))
}
