//! Records of a DBN file, and what stands before them.

use std::collections::{BTreeMap, HashMap};

use crate::decimal::Decimal;
use crate::import::survey::Steps;
use crate::units::Side;

/// Before the metadata: `DBN`, the version, the length.
const FRONT: usize = 8;
/// Most bytes of metadata that are believed.
const METADATA_MAX: usize = 1 << 26;
/// Kind of a market-by-order record, and its bytes.
const MBO: u8 = 0xa0;
const MBO_BYTES: usize = 56;
pub(super) const RECORD_MIN: usize = 16;

pub(super) const LAST: u8 = 1 << 7;
pub(super) const SNAPSHOT: u8 = 1 << 5;

/// What stands before the records.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct Head {
    pub(super) is_read: bool,
    pub(super) is_foreign: bool,
    /// Names of the instruments, by number.
    names: HashMap<u32, String>,
}

impl Head {
    /// Takes it off the front; 0 bytes where it is not whole yet.
    pub(super) fn read(&mut self, bytes: &[u8]) -> usize {
        let Some(front) = bytes.get(..FRONT) else {
            return 0;
        };
        let length = word(front, 4) as usize;
        if !front.starts_with(b"DBN") || length > METADATA_MAX {
            self.is_foreign = true;
            return bytes.len();
        }
        let Some(body) = bytes.get(FRONT..FRONT + length) else {
            return 0;
        };
        // What it says of names is a help; a file without them is read by number.
        self.names = names(front[3], body).unwrap_or_default();
        self.is_read = true;
        FRONT + length
    }

    pub(super) fn name(&self, number: u32) -> String {
        let name = self.names.get(&number).cloned();
        name.unwrap_or_else(|| number.to_string())
    }
}

/// Names of the instruments: mappings whose symbol is a number.
fn names(version: u8, body: &[u8]) -> Option<HashMap<u32, String>> {
    // Data set, schema, start, end, limit; version 1 also counts its records.
    let mut at = 16 + 2 + 8 + 8 + 8;
    let width = if version == 1 {
        at += 8 + 1 + 1 + 1 + 47;
        22
    } else {
        at += 1 + 1 + 1;
        let width = usize::from(u16::from_le_bytes(body.get(at..at + 2)?.try_into().ok()?));
        at += 2 + 53;
        width
    };
    let count = |at: usize| Some(word(body.get(at..at + 4)?, 0) as usize);
    let text = |at: usize| {
        let field = body.get(at..at.checked_add(width)?)?;
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(width);
        std::str::from_utf8(&field[..end]).ok()
    };
    at += 4 + count(at)?;
    for _ in 0..3 {
        // Symbols asked for, those found in part, those not found.
        at = count(at)?.checked_mul(width)?.checked_add(at + 4)?;
    }
    let mut names = HashMap::new();
    let mappings = count(at)?;
    at += 4;
    for _ in 0..mappings {
        let raw = text(at)?;
        at += width;
        let intervals = count(at)?;
        at += 4;
        for _ in 0..intervals {
            if let Some(number) = text(at + 8)?.parse().ok().filter(|_| !raw.is_empty()) {
                names.insert(number, raw.to_owned());
            }
            at += 8 + width;
        }
    }
    Some(names)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .and_then(|four| four.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 8)
        .and_then(|eight| eight.try_into().ok())
        .map_or(0, u64::from_le_bytes)
}

/// What a market-by-order record says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mbo {
    pub(super) instrument: u32,
    pub(super) event_ns: u64,
    pub(super) order: u64,
    pub(super) price: i64,
    pub(super) size: i64,
    pub(super) flags: u8,
    pub(super) action: u8,
    pub(super) side: u8,
    pub(super) recv_ns: u64,
}

impl Mbo {
    pub(super) fn read(record: &[u8]) -> Option<Self> {
        (record.len() >= MBO_BYTES && record[1] == MBO).then(|| Self {
            instrument: word(record, 4),
            event_ns: long(record, 8),
            order: long(record, 16),
            price: long(record, 24).cast_signed(),
            size: i64::from(word(record, 32)),
            flags: record[36],
            action: record[38],
            side: record[39],
            recv_ns: long(record, 40),
        })
    }

    pub(super) const fn side(&self) -> Option<Side> {
        match self.side {
            b'B' => Some(Side::Buy),
            b'A' => Some(Side::Sell),
            _ => None,
        }
    }
}

/// The record at the front, its bytes, or `None` where it is not whole.
pub(super) fn record(bytes: &[u8]) -> Option<&[u8]> {
    let length = usize::from(*bytes.first()?) * 4;
    bytes.get(..length.max(1))
}

/// Notes the decimals of prices; answers the bytes taken.
pub(in crate::import) fn survey(
    bytes: &[u8],
    head: &mut Head,
    found: &mut BTreeMap<String, Steps>,
) -> usize {
    let mut at = 0;
    if !head.is_read {
        at = head.read(bytes);
    }
    while head.is_read
        && let Some(record) = record(&bytes[at..])
    {
        at += record.len();
        if record.len() < RECORD_MIN {
            return bytes.len();
        }
        if let Some(mbo) = Mbo::read(record)
            && mbo.price != i64::MAX
        {
            let steps = found.entry(head.name(mbo.instrument)).or_default();
            let price = Decimal::new(i128::from(mbo.price), 9);
            steps.price = steps.price.max(price.map_or(0, Decimal::scale));
        }
    }
    at
}
