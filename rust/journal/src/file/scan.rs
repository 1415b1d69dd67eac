//! Where in the bytes of a file its records are.

use super::{FileError, FileRecord, HEADER, MAGIC, PAYLOAD_BYTES_MAX, RECORD, VERSION, checksum};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// Bytes up to the end of the last whole record.
    pub(super) whole: usize,
    /// Sequence of that record; 0 where there is none.
    pub(super) last: u64,
}

/// The salt of a file with a whole header; `None` of one whose header is a torn write.
pub(super) fn salt(bytes: &[u8]) -> Result<Option<u64>, FileError> {
    let Some(header) = bytes.first_chunk::<HEADER>() else {
        let begun = super::header(0);
        let common = bytes.len().min(16);
        if bytes[..common] == begun[..common] {
            return Ok(None);
        }
        let mut magic = [0; 8];
        let shown = bytes.len().min(8);
        magic[..shown].copy_from_slice(&bytes[..shown]);
        return Err(FileError::Magic(magic));
    };
    let (magic, version) = (word(header), half(&header[8..]));
    if magic != MAGIC {
        return Err(FileError::Magic(magic));
    }
    let (stated, found) = (half(&header[28..]), crate::crc32c(&header[..28]));
    if stated != found {
        return Err(FileError::Header { stated, found });
    }
    if version != VERSION {
        return Err(FileError::Version(version));
    }
    Ok(Some(u64::from_le_bytes(word(&header[16..]))))
}

/// The record at the start of `bytes`, and how long it is; `None` where there is no whole one.
pub(super) fn record(salt: u64, bytes: &[u8]) -> Option<(FileRecord<'_>, usize)> {
    let head = bytes.first_chunk::<RECORD>()?;
    let length = usize::try_from(half(head)).ok()?;
    if length > PAYLOAD_BYTES_MAX {
        return None;
    }
    let whole = bytes.get(..RECORD + length)?;
    if half(&head[4..]) != checksum(salt, whole) {
        return None;
    }
    let record = FileRecord {
        sequence: u64::from_le_bytes(word(&head[8..])),
        ts_ns: i64::from_le_bytes(word(&head[16..])),
        kind: head[24],
        payload: &whole[RECORD..],
    };
    Some((record, RECORD + length))
}

/// How far the records of a whole file go; a torn tail is behind that.
///
/// # Errors
///
/// [`FileError::Damaged`] where a record is not whole, or not in order, before one that is whole.
pub(super) fn extent(salt: u64, bytes: &[u8]) -> Result<Extent, FileError> {
    let mut extent = Extent {
        whole: HEADER,
        last: 0,
    };
    while let Some((record, length)) = record(salt, &bytes[extent.whole..]) {
        if record.sequence != extent.last + 1 {
            return Err(damaged(extent, record.sequence));
        }
        extent.last += 1;
        extent.whole += length;
    }
    // A later record may begin anywhere: the length of the broken one may be what is broken.
    let behind = extent.whole + 1..bytes.len();
    let later = behind.filter_map(|at| record(salt, &bytes[at..]));
    match later
        .map(|(record, _)| record)
        .find(|record| record.sequence > extent.last)
    {
        Some(later) => Err(damaged(extent, later.sequence)),
        None => Ok(extent),
    }
}

fn damaged(extent: Extent, later: u64) -> FileError {
    FileError::Damaged {
        sequence: extent.last + 1,
        later,
        offset: extent.whole as u64,
    }
}

fn word(bytes: &[u8]) -> [u8; 8] {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[..8]);
    word
}

fn half(bytes: &[u8]) -> u32 {
    let mut half = [0; 4];
    half.copy_from_slice(&bytes[..4]);
    u32::from_le_bytes(half)
}
