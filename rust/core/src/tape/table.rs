//! The front of a tape: whose messages follow.

use super::TapeError;
use super::fields::Fields;
use crate::instrument::{ContractKind, Instrument};

/// The version written; readers refuse every other.
pub const VERSION: u16 = 2;

/// Most instruments of one tape.
pub const INSTRUMENTS_MAX: usize = 4096;

/// Eight bytes that text conversions and seven-bit channels damage.
pub(super) const MAGIC: [u8; 8] = *b"\x89TCT\r\n\x1a\n";

/// Before the body: magic, version, reserved, length of the body.
const FRONT: usize = 16;

/// Most bytes of a header: what a table of the longest names takes.
const BODY_MAX: usize = INSTRUMENTS_MAX * 512 + 512;

/// Where it came from, and its instruments in the order of their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What wrote it, in a few words; at most 255 bytes are kept.
    pub origin: String,
    /// Its instruments.
    pub instruments: Vec<Instrument>,
}

pub(super) fn write(table: &Table) -> Vec<u8> {
    let mut body = Vec::with_capacity(256);
    text(&mut body, &table.origin);
    body.extend_from_slice(&length(table.instruments.len()).to_le_bytes());
    for instrument in &table.instruments {
        write_instrument(&mut body, instrument);
    }
    let mut header = MAGIC.to_vec();
    header.extend_from_slice(&VERSION.to_le_bytes());
    header.extend_from_slice(&[0; 2]);
    header.extend_from_slice(&length(body.len()).to_le_bytes());
    header.extend_from_slice(&body);
    let sum = crc32fast::hash(&header);
    header.extend_from_slice(&sum.to_le_bytes());
    header
}

/// Lengths here are bounded far below 32 bits.
pub(super) fn length(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn text(body: &mut Vec<u8>, value: &str) {
    let mut end = value.len().min(255);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    body.push(u8::try_from(end).unwrap_or(u8::MAX));
    body.extend_from_slice(&value.as_bytes()[..end]);
}

pub(super) fn write_instrument(body: &mut Vec<u8>, instrument: &Instrument) {
    text(body, instrument.symbol());
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
        text(body, &number.to_string());
    }
    for rate in [instrument.maker_fee(), instrument.taker_fee()] {
        body.extend_from_slice(&rate.0.to_le_bytes());
    }
}

pub(super) fn read_instrument(body: &mut Fields<'_>) -> Result<Instrument, TapeError> {
    let spec = body
        .spec()
        .ok_or_else(|| TapeError::Instrument("a field is malformed".into()))?;
    Instrument::new(spec).map_err(|error| TapeError::Instrument(error.to_string()))
}

/// How many bytes the header at the front of `front`, at least 16 bytes of the file, takes.
pub(super) fn size(front: &[u8]) -> Result<usize, TapeError> {
    let magic = &front[..front.len().min(MAGIC.len())];
    if magic != MAGIC {
        return Err(TapeError::NotATape(magic.to_vec()));
    }
    let truncated = TapeError::Truncated {
        needed: FRONT,
        found: front.len(),
    };
    let mut fields = Fields(front.get(8..FRONT).ok_or(truncated)?);
    let found = fields.u16().unwrap_or(0);
    if found != VERSION {
        return Err(TapeError::Version { found });
    }
    let _reserved = fields.u16();
    let body = fields.u32().unwrap_or(0) as usize;
    if body > BODY_MAX {
        let text = format!("its table has at most {BODY_MAX} bytes: length={body}");
        return Err(TapeError::Instrument(text));
    }
    Ok(FRONT + body + 4)
}

/// Reads the header, which is as long as [`size`] said.
pub(super) fn read(bytes: &[u8]) -> Result<Table, TapeError> {
    let needed = size(bytes)?;
    let header = bytes.get(..needed).ok_or(TapeError::Truncated {
        needed,
        found: bytes.len(),
    })?;
    let (said, sum) = header.split_at(needed - 4);
    let stored = Fields(sum).u32().unwrap_or(0);
    let computed = crc32fast::hash(said);
    if stored != computed {
        return Err(TapeError::Corrupt { stored, computed });
    }
    let mut body = Fields(&said[FRONT..]);
    let malformed = || TapeError::Instrument("a field is malformed".into());
    let origin = body.text().ok_or_else(malformed)?.to_owned();
    let count = body.u32().ok_or_else(malformed)? as usize;
    if count == 0 || count > INSTRUMENTS_MAX {
        let text = format!("it names 1 to {INSTRUMENTS_MAX}: count={count}");
        return Err(TapeError::Instrument(text));
    }
    let mut instruments = Vec::new();
    for _ in 0..count {
        instruments.push(read_instrument(&mut body)?);
    }
    Ok(Table {
        origin,
        instruments,
    })
}
