//! A block: the records of one group commit, chained to the block before.
//!
//! | bytes | what |
//! |--:|---|
//! | 4 | `TCB1` |
//! | 2 | version |
//! | 2 | flags: 1 where the state hash is said |
//! | 4 | bytes of records |
//! | 4 | records |
//! | 8 | number of the block, from 1 without a gap |
//! | 8 | sequence of the first record |
//! | 8 | sequence of the last record known to be durable when the block was made |
//! | 16 | hash of the state the records lead to; zeros where it is not said |
//! | 32 | SHA-256 of the block before, zeros for the first |
//! | 4 | zeros |
//! | 4 | CRC-32C of salt, number of the segment, and every other byte up to the padding's end |
//! | … | records |
//! | 0–7 | zeros, to a multiple of eight |

use sha2::{Digest as _, Sha256};

use super::{u32_at, u64_at};
use crate::crc::crc32c_of;

/// Bytes before the records.
pub(crate) const BLOCK_HEADER: usize = 96;
pub(super) const BLOCK_MAGIC: [u8; 4] = *b"TCB1";
const BLOCK_VERSION: u16 = 1;
const HAS_HASH: u16 = 1;
const CHECKSUM_AT: usize = BLOCK_HEADER - 4;
/// A block's beginning and length are multiples of it.
pub(super) const ALIGN: usize = 8;

/// SHA-256 of a whole block.
pub(crate) type Digest = [u8; 32];

/// What a block says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlockHead {
    pub(crate) number: u64,
    pub(crate) first: u64,
    pub(crate) count: u32,
    pub(crate) durable: u64,
    pub(crate) state_hash: Option<u128>,
    pub(crate) prev: Digest,
}

impl BlockHead {
    /// Sequence of the last record; of the one before `first` where there is none.
    pub(crate) fn last(&self) -> u64 {
        self.first
            .saturating_add(u64::from(self.count))
            .saturating_sub(1)
    }
}

/// How many bytes a block takes with so many bytes of records.
pub(crate) const fn block_bytes(records: usize) -> usize {
    (BLOCK_HEADER + records).next_multiple_of(ALIGN)
}

/// As many bytes as the block has that `bytes` begin with, by what it says; 0 where none begins.
pub(crate) fn expected(bytes: &[u8]) -> usize {
    match bytes.get(..BLOCK_HEADER) {
        Some(head) if head[..4] == BLOCK_MAGIC => block_bytes(u32_at(head, 8) as usize),
        _ => 0,
    }
}

/// Makes a block in `out`, which is cleared before, and answers its digest.
///
/// # Panics
///
/// Above 4 GiB of records: a group is bounded far below.
pub(crate) fn encode(
    place: (u64, u64),
    head: &BlockHead,
    records: &[u8],
    out: &mut Vec<u8>,
) -> Digest {
    let length = u32::try_from(records.len());
    assert!(length.is_ok(), "Invariant: a group of records is bounded");
    out.clear();
    out.extend_from_slice(&BLOCK_MAGIC);
    out.extend_from_slice(&BLOCK_VERSION.to_le_bytes());
    let flags = if head.state_hash.is_some() {
        HAS_HASH
    } else {
        0
    };
    out.extend_from_slice(&flags.to_le_bytes());
    out.extend_from_slice(&length.unwrap_or(0).to_le_bytes());
    out.extend_from_slice(&head.count.to_le_bytes());
    for number in [head.number, head.first, head.durable] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&head.state_hash.unwrap_or(0).to_le_bytes());
    out.extend_from_slice(&head.prev);
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(records);
    out.resize(block_bytes(records.len()), 0);
    let checksum = checksum(place, out);
    out[CHECKSUM_AT..BLOCK_HEADER].copy_from_slice(&checksum.to_le_bytes());
    digest(out)
}

/// The block at the start of `bytes`, its records, and all of its bytes; `None` where there is no
/// whole one of this place: salt and number of the segment.
pub(crate) fn parse(place: (u64, u64), bytes: &[u8]) -> Option<(BlockHead, &[u8], &[u8])> {
    let head = bytes.get(..BLOCK_HEADER)?;
    if head[..4] != BLOCK_MAGIC {
        return None;
    }
    let records = usize::try_from(u32_at(head, 8)).ok()?;
    let block = bytes.get(..block_bytes(records))?;
    if checksum(place, block) != u32_at(head, CHECKSUM_AT) {
        return None;
    }
    let [version, flags] = [4, 6].map(|at| u16::from_le_bytes([head[at], head[at + 1]]));
    if version != BLOCK_VERSION {
        return None;
    }
    let mut hash = [0; 16];
    hash.copy_from_slice(&head[40..56]);
    let mut prev = [0; 32];
    prev.copy_from_slice(&head[56..88]);
    let head = BlockHead {
        number: u64_at(head, 16),
        first: u64_at(head, 24),
        count: u32_at(head, 12),
        durable: u64_at(head, 32),
        state_hash: (flags & HAS_HASH != 0).then(|| u128::from_le_bytes(hash)),
        prev,
    };
    Some((head, &block[BLOCK_HEADER..BLOCK_HEADER + records], block))
}

/// SHA-256 of a whole block.
pub(super) fn digest(block: &[u8]) -> Digest {
    Sha256::digest(block).into()
}

fn checksum((salt, segment): (u64, u64), block: &[u8]) -> u32 {
    crc32c_of(&[
        &salt.to_le_bytes(),
        &segment.to_le_bytes(),
        &block[..CHECKSUM_AT],
        &block[BLOCK_HEADER..],
    ])
}
