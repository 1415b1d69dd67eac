//! A segment: a file of fixed length, filled with zeros before it is written.
//!
//! Little-endian. Its header stands at 0 and again at 4096, so that one bad sector does not cost
//! the file; blocks begin at 8192:
//!
//! | bytes | what |
//! |--:|---|
//! | 8 | `TCSEG\r\n` and a zero |
//! | 4 | version |
//! | 4 | shard |
//! | 8 | number of the segment, from 1 without a gap |
//! | 8 | salt: tells this journal's bytes from those of others |
//! | 8 | length of the file |
//! | 20 | zeros |
//! | 4 | CRC-32C of the 60 bytes before |

mod block;
mod scan;

pub(crate) use block::{BlockHead, Digest, block_bytes, encode, expected};
pub(crate) use scan::{Chain, Found, Scanner, extent};

use crate::crc::crc32c;

const MAGIC: [u8; 8] = *b"TCSEG\r\n\0";
/// The version written, and the only one read.
pub(crate) const VERSION: u32 = 1;
/// Bytes of a header.
const HEADER: usize = 64;
/// Where the second copy of the header stands.
const COPY_AT: usize = 4096;
/// Where blocks begin.
pub(crate) const BLOCKS_AT: usize = 8192;

/// What is said of a segment before anything is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHead {
    pub(crate) shard: u32,
    pub(crate) number: u64,
    pub(crate) salt: u64,
    pub(crate) length: u64,
}

/// Why a file is no segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeadError {
    Damaged,
    Version(u32),
}

impl SegmentHead {
    /// The name of the file.
    pub(crate) fn name(number: u64) -> String {
        format!("seg-{number:010}.tcj")
    }

    /// The number in a name of a segment.
    pub(crate) fn number_of(name: &str) -> Option<u64> {
        let digits = name.strip_prefix("seg-")?.strip_suffix(".tcj")?;
        digits.parse().ok()
    }

    /// What stands before the blocks.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut head = [0; HEADER];
        head[..8].copy_from_slice(&MAGIC);
        head[8..12].copy_from_slice(&VERSION.to_le_bytes());
        head[12..16].copy_from_slice(&self.shard.to_le_bytes());
        head[16..24].copy_from_slice(&self.number.to_le_bytes());
        head[24..32].copy_from_slice(&self.salt.to_le_bytes());
        head[32..40].copy_from_slice(&self.length.to_le_bytes());
        let checksum = crc32c(&head[..HEADER - 4]);
        head[HEADER - 4..].copy_from_slice(&checksum.to_le_bytes());
        let mut bytes = vec![0; BLOCKS_AT];
        bytes[..HEADER].copy_from_slice(&head);
        bytes[COPY_AT..COPY_AT + HEADER].copy_from_slice(&head);
        bytes
    }

    /// The header of a file, from whichever copy is whole.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, HeadError> {
        let copies = [0, COPY_AT].map(|at| bytes.get(at..at + HEADER));
        let whole = copies.into_iter().flatten().find(|head| {
            head[..8] == MAGIC && crc32c(&head[..HEADER - 4]) == u32_at(head, HEADER - 4)
        });
        let head = whole.ok_or(HeadError::Damaged)?;
        if u32_at(head, 8) != VERSION {
            return Err(HeadError::Version(u32_at(head, 8)));
        }
        Ok(Self {
            shard: u32_at(head, 12),
            number: u64_at(head, 16),
            salt: u64_at(head, 24),
            length: u64_at(head, 32),
        })
    }
}

/// The number at a place known to be there.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(number)
}

/// The number at a place known to be there.
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(number)
}
