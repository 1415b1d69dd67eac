//! How far a journal is known to be durable, said in a file beside it.
//!
//! Two slots of 64 bytes, at 0 and at 4096, written in turn and never synced: whatever of it
//! reaches the medium is true, so damage of the very last block is noticed too.
//!
//! | bytes | what |
//! |--:|---|
//! | 8 | `TCMARK\r\n` |
//! | 8 | salt of the journal |
//! | 8 | number of the last block that is durable |
//! | 8 | sequence of its last record |
//! | 8 | first bytes of its digest |
//! | 20 | zeros |
//! | 4 | CRC-32C of the 60 bytes before |

use crate::crc::crc32c;
use crate::disk::{Disk, DiskFile};
use crate::segment::{Chain, u32_at, u64_at};

pub(super) const NAME: &str = "watermark";
const MAGIC: [u8; 8] = *b"TCMARK\r\n";
const SLOT: usize = 64;
const SECOND_AT: usize = 4096;

/// What the file says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Watermark {
    pub(super) salt: u64,
    pub(super) block: u64,
    pub(super) sequence: u64,
    pub(super) digest: u64,
}

impl Watermark {
    /// Where a chain ends.
    pub(super) fn of(salt: u64, chain: &Chain) -> Self {
        Self {
            salt,
            block: chain.block(),
            sequence: chain.last(),
            digest: u64_at(&chain.digest, 0),
        }
    }

    /// The later of the slots that are whole.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let slots = [0, SECOND_AT].map(|at| bytes.get(at..at + SLOT));
        let whole = slots.into_iter().flatten().filter(|slot| {
            slot[..8] == MAGIC && crc32c(&slot[..SLOT - 4]) == u32_at(slot, SLOT - 4)
        });
        let read = whole.map(|slot| Self {
            salt: u64_at(slot, 8),
            block: u64_at(slot, 16),
            sequence: u64_at(slot, 24),
            digest: u64_at(slot, 32),
        });
        read.max_by_key(|mark| mark.block)
    }

    /// Writes it, in the slot whose turn it is; what goes wrong costs only the notice.
    pub(super) fn write<D: Disk>(&self, file: &mut D::File, turn: u64) {
        let mut slot = [0; SLOT];
        slot[..8].copy_from_slice(&MAGIC);
        for (at, number) in [
            (8, self.salt),
            (16, self.block),
            (24, self.sequence),
            (32, self.digest),
        ] {
            slot[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        let checksum = crc32c(&slot[..SLOT - 4]);
        slot[SLOT - 4..].copy_from_slice(&checksum.to_le_bytes());
        let at = if turn.is_multiple_of(2) { 0 } else { SECOND_AT };
        drop(file.write_at(at as u64, &slot));
    }
}
