//! What stands at the front of a tape and of each block.

use crate::decimal::Decimal;
use crate::instrument::{ContractKind, Instrument, InstrumentSpec};
use crate::mirror::checksum::crc32;
use crate::money::Rate;

/// The version written; readers refuse every other.
pub const VERSION: u16 = 1;

/// Eight bytes that text conversions and seven-bit channels damage.
pub(super) const MAGIC: [u8; 8] = *b"\x89TCT\r\n\x1a\n";

/// Before the body: magic, version, reserved, length of the body.
const FRONT: usize = 16;

pub(super) const BLOCK_MARK: [u8; 4] = *b"TCBK";
pub(super) const BLOCK_HEADER: usize = 28;

/// What a tape holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Snapshots.
    pub snapshots: u64,
    /// Depth deltas.
    pub depths: u64,
    /// Trades.
    pub trades: u64,
    /// Quotes.
    pub quotes: u64,
    /// Levels in all snapshots and deltas.
    pub levels: u64,
    /// Receipt of the first message.
    pub first_ts_recv_ns: i64,
    /// Receipt of the last message.
    pub last_ts_recv_ns: i64,
}

impl Contents {
    /// Messages of all kinds.
    pub const fn records(&self) -> u64 {
        self.snapshots
            .wrapping_add(self.depths)
            .wrapping_add(self.trades)
            .wrapping_add(self.quotes)
    }
}

/// Why bytes are no tape that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TapeError {
    /// It does not start like one.
    #[error("a tape starts with its eight magic bytes: found {0:02x?}")]
    NotATape(Vec<u8>),
    /// Written by another version.
    #[error("a tape of version {found} cannot be read: this reader knows version {VERSION}")]
    Version {
        /// The version it names.
        found: u16,
    },
    /// It ends inside its header.
    #[error("a tape's header is complete: it needs {needed} bytes, the data have {found}")]
    Truncated {
        /// Bytes that the header takes.
        needed: usize,
        /// Bytes there are.
        found: usize,
    },
    /// Its header does not add up.
    #[error("a tape's header matches its checksum: stored={stored:08x}, computed={computed:08x}")]
    Corrupt {
        /// The sum in the header.
        stored: u32,
        /// The sum of what it says.
        computed: u32,
    },
    /// Its header says something impossible.
    #[error("a tape's header names an instrument that can exist: {0}")]
    Instrument(String),
}

pub(super) fn write(instrument: &Instrument, contents: &Contents) -> Vec<u8> {
    let mut body = Vec::with_capacity(256);
    text(&mut body, instrument.symbol());
    body.push(match instrument.kind() {
        ContractKind::Spot => 0,
        ContractKind::Linear => 1,
        ContractKind::Inverse => 2,
    });
    for number in [
        instrument.tick_size(),
        instrument.lot_size(),
        instrument.multiplier(),
        instrument.min_notional().to_decimal(),
    ] {
        text(&mut body, &number.to_string());
    }
    for rate in [instrument.maker_fee(), instrument.taker_fee()] {
        body.extend_from_slice(&rate.0.to_le_bytes());
    }
    for count in [
        contents.snapshots,
        contents.depths,
        contents.trades,
        contents.quotes,
        contents.levels,
        contents.first_ts_recv_ns.cast_unsigned(),
        contents.last_ts_recv_ns.cast_unsigned(),
    ] {
        body.extend_from_slice(&count.to_le_bytes());
    }
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let mut header = MAGIC.to_vec();
    header.extend_from_slice(&VERSION.to_le_bytes());
    header.extend_from_slice(&[0; 2]);
    header.extend_from_slice(&length.to_le_bytes());
    header.extend_from_slice(&body);
    let sum = crc32(&header);
    header.extend_from_slice(&sum.to_le_bytes());
    header
}

/// A symbol has at most 64 characters, a decimal 40: both fit the length byte.
fn text(body: &mut Vec<u8>, value: &str) {
    let bytes = &value.as_bytes()[..value.len().min(255)];
    body.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
    body.extend_from_slice(bytes);
}

/// The instrument, what follows, and where the first block starts.
pub(super) fn read(bytes: &[u8]) -> Result<(Instrument, Contents, usize), TapeError> {
    let truncated = |needed| TapeError::Truncated {
        needed,
        found: bytes.len(),
    };
    let magic = &bytes[..bytes.len().min(MAGIC.len())];
    if magic != MAGIC {
        return Err(TapeError::NotATape(magic.to_vec()));
    }
    let mut front = Fields(bytes.get(8..FRONT).ok_or_else(|| truncated(FRONT))?);
    let found = front.u16().unwrap_or(0);
    if found != VERSION {
        return Err(TapeError::Version { found });
    }
    let _reserved = front.u16();
    let end = FRONT.saturating_add(front.u32().unwrap_or(0) as usize);
    let needed = end.saturating_add(4);
    let stored = bytes.get(end..needed).ok_or_else(|| truncated(needed))?;
    let stored = Fields(stored).u32().unwrap_or(0);
    let computed = crc32(&bytes[..end]);
    if stored != computed {
        return Err(TapeError::Corrupt { stored, computed });
    }
    let mut body = Fields(&bytes[FRONT..end]);
    let instrument = instrument(&mut body)?;
    let contents = contents(&mut body).ok_or_else(|| truncated(needed))?;
    Ok((instrument, contents, needed))
}

fn instrument(body: &mut Fields<'_>) -> Result<Instrument, TapeError> {
    let spec = body
        .spec()
        .ok_or_else(|| TapeError::Instrument("a field is malformed".into()))?;
    Instrument::new(spec).map_err(|error| TapeError::Instrument(error.to_string()))
}

fn contents(body: &mut Fields<'_>) -> Option<Contents> {
    Some(Contents {
        snapshots: body.u64()?,
        depths: body.u64()?,
        trades: body.u64()?,
        quotes: body.u64()?,
        levels: body.u64()?,
        first_ts_recv_ns: body.u64()?.cast_signed(),
        last_ts_recv_ns: body.u64()?.cast_signed(),
    })
}

/// The fixed part of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockHeader {
    pub(super) length: usize,
    pub(super) records: u64,
    pub(super) first_record: u64,
    pub(super) sum: u32,
}

impl BlockHeader {
    pub(super) fn write(payload: &[u8], records: u32, first_record: u64) -> Vec<u8> {
        // The writer closes a block long before its length needs more than 32 bits.
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        let mut header = BLOCK_MARK.to_vec();
        header.extend_from_slice(&length.to_le_bytes());
        header.extend_from_slice(&records.to_le_bytes());
        header.extend_from_slice(&first_record.to_le_bytes());
        header.extend_from_slice(&crc32(payload).to_le_bytes());
        let sum = crc32(&header);
        header.extend_from_slice(&sum.to_le_bytes());
        header
    }

    /// The header at the front of `bytes`, where one stands that matches its own sum.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        if fields.take(4)? != BLOCK_MARK {
            return None;
        }
        let header = Self {
            length: fields.u32()? as usize,
            records: u64::from(fields.u32()?),
            first_record: fields.u64()?,
            sum: fields.u32()?,
        };
        let numbered = header.first_record.checked_add(header.records).is_some();
        let sound = numbered && header.first_record > 0;
        (sound && fields.u32()? == crc32(&bytes[..BLOCK_HEADER - 4])).then_some(header)
    }
}

/// Fixed-width fields, taken from the front.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    /// An instrument, as either version of a tape has it.
    pub(crate) fn spec(&mut self) -> Option<InstrumentSpec> {
        Some(InstrumentSpec {
            symbol: self.text()?.to_owned(),
            kind: match self.take(1)?[0] {
                0 => ContractKind::Spot,
                1 => ContractKind::Linear,
                2 => ContractKind::Inverse,
                _ => return None,
            },
            tick_size: self.decimal()?,
            lot_size: self.decimal()?,
            multiplier: self.decimal()?,
            min_notional: self.decimal()?,
            maker_fee: Rate(self.u64()?.cast_signed()),
            taker_fee: Rate(self.u64()?.cast_signed()),
        })
    }

    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let length = usize::from(self.take(1)?[0]);
        std::str::from_utf8(self.take(length)?).ok()
    }

    pub(crate) fn decimal(&mut self) -> Option<Decimal> {
        Decimal::parse(self.text()?.as_bytes()).ok()
    }
}
