//! The fixed part of a block, and the end of a tape.

use super::fields::Fields;
use super::table::length;

pub(super) const MARK: [u8; 4] = *b"TCB2";
pub(super) const HEADER: usize = 52;

/// Most bytes of a block's payload: beyond it a header is not believed.
pub(super) const PAYLOAD_MAX: usize = 1 << 28;

const END_MARK: [u8; 4] = *b"TCE2";

/// Bytes of the end of a tape.
pub(super) const END: usize = 4 + 8 * (KINDS + 3) + 4;

/// Kinds of records that are counted apart.
pub const KINDS: usize = 8;

/// What stands before the records of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockHeader {
    /// Bytes behind it.
    pub(super) length: usize,
    pub(super) records: u64,
    /// Changes of instruments in this block and all before.
    pub(super) changes: u32,
    /// Number of its first record, from 1.
    pub(super) first_record: u64,
    /// Latest receipt of all blocks before (the first receipt, where there is none), and of this
    /// and all before.
    pub(super) before_ns: i64,
    pub(super) latest_ns: i64,
    pub(super) sum: u32,
}

impl BlockHeader {
    pub(super) fn write(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let records = u32::try_from(self.records).unwrap_or(u32::MAX);
        bytes[..4].copy_from_slice(&MARK);
        bytes[4..8].copy_from_slice(&length(self.length).to_le_bytes());
        bytes[8..12].copy_from_slice(&records.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.changes.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.first_record.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.before_ns.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.latest_ns.to_le_bytes());
        bytes[40..44].copy_from_slice(&self.sum.to_le_bytes());
        let sum = crc32fast::hash(&bytes[..HEADER - 8]);
        bytes[44..48].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// The header at the front of `bytes`, where one stands that matches its own sum.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let said = bytes.get(..HEADER)?;
        let mut fields = Fields(said);
        if fields.take(4)? != MARK {
            return None;
        }
        let header = Self {
            length: fields.u32()? as usize,
            records: u64::from(fields.u32()?),
            changes: fields.u32()?,
            first_record: fields.u64()?,
            before_ns: fields.u64()?.cast_signed(),
            latest_ns: fields.u64()?.cast_signed(),
            sum: fields.u32()?,
        };
        let numbered = header.first_record.checked_add(header.records).is_some();
        let sound = numbered
            && header.first_record > 0
            && header.records > 0
            && header.length <= PAYLOAD_MAX
            && header.latest_ns >= header.before_ns;
        (sound && fields.u32()? == crc32fast::hash(&said[..HEADER - 8]) && fields.u32()? == 0)
            .then_some(header)
    }
}

/// What a tape holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Records of all kinds.
    pub records: u64,
    /// Receipt of the first record, in nanoseconds since 1970.
    pub first_ts_recv_ns: i64,
    /// The latest receipt.
    pub last_ts_recv_ns: i64,
    /// Snapshots, depth changes, trades, quotes, facts about orders, fundings, changes of
    /// instruments, breaks; zeros where [`Self::is_finished`] is false.
    pub kinds: [u64; KINDS],
    /// Whether its end was written. Of a tape whose writer was killed only the blocks are known.
    pub is_finished: bool,
}

impl Contents {
    pub(super) fn write(&self) -> [u8; END] {
        let mut bytes = [0; END];
        bytes[..4].copy_from_slice(&END_MARK);
        let numbers = [
            self.records,
            self.first_ts_recv_ns.cast_unsigned(),
            self.last_ts_recv_ns.cast_unsigned(),
        ];
        let all = numbers.iter().chain(&self.kinds);
        for (place, number) in bytes[4..].chunks_exact_mut(8).zip(all) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        let sum = crc32fast::hash(&bytes[..END - 4]);
        bytes[END - 4..].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// The end that `bytes` are, if they are one.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes.get(..END)?);
        if fields.take(4)? != END_MARK {
            return None;
        }
        let mut contents = Self {
            records: fields.u64()?,
            first_ts_recv_ns: fields.u64()?.cast_signed(),
            last_ts_recv_ns: fields.u64()?.cast_signed(),
            kinds: [0; KINDS],
            is_finished: true,
        };
        for kind in &mut contents.kinds {
            *kind = fields.u64()?;
        }
        (fields.u32()? == crc32fast::hash(&bytes[..END - 4])).then_some(contents)
    }
}
