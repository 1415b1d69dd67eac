//! A book update from bytes that anybody may have written.

use super::BookUpdate;
use super::encode::{BYTES, VARINT};
use crate::instrument::COUNT_MAX;
use crate::market::Level;
use crate::units::{Lots, Side, Ticks};
use crate::varint::{take, unzigzag};

/// Wire type of eight bytes.
const EIGHT: u64 = 1;
/// Wire type of four bytes.
const FOUR: u64 = 5;

/// Bytes that are no book update, and where they stop being one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: byte {offset}")]
pub struct WireError {
    /// What rule they break, with the values.
    pub reason: String,
    /// The first byte that breaks it.
    pub offset: usize,
}

impl BookUpdate {
    /// Reads a message. Unknown fields are passed over; of a single field given twice the last
    /// counts; repeated fields may be packed or not.
    ///
    /// # Errors
    ///
    /// [`WireError`] where the bytes are no such message, a side has more prices than quantities
    /// or fewer, or a number is beyond counting.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader {
            all: bytes,
            rest: bytes,
        };
        let mut update = Self::default();
        let (mut bids, mut asks) = (Columns::default(), Columns::default());
        while !reader.rest.is_empty() {
            let at = reader.at();
            let tag = reader.integer()?;
            match (tag >> 3, tag & 7) {
                (1, VARINT) => update.head.first_id = reader.integer()?,
                (2, VARINT) => update.head.last_id = reader.integer()?,
                (3, VARINT) => update.head.is_snapshot = reader.integer()? != 0,
                (4, VARINT) => update.head.ts_event_ns = unzigzag(reader.integer()?),
                (5, VARINT) => update.head.ts_recv_ns = unzigzag(reader.integer()?),
                (6, kind) => reader.column(kind, &mut bids.ticks, ticks)?,
                (7, kind) => reader.column(kind, &mut bids.lots, lots)?,
                (8, kind) => reader.column(kind, &mut asks.ticks, ticks)?,
                (9, kind) => reader.column(kind, &mut asks.lots, lots)?,
                (10, VARINT) => update.head.is_stale = reader.integer()? != 0,
                (0, _) => return Err(wrong("a field has a number above 0", at)),
                (number, _) if number > FIELD_MAX => {
                    return Err(wrong("a field has a number below 2^29", at));
                }
                (_, kind) => reader.skip(kind, at)?,
            }
        }
        let end = bytes.len();
        update
            .levels
            .reserve_exact(bids.ticks.len() + asks.ticks.len());
        bids.join(Side::Buy, end, &mut update.levels)?;
        asks.join(Side::Sell, end, &mut update.levels)?;
        Ok(update)
    }
}

/// The greatest number a field may have.
const FIELD_MAX: u64 = (1 << 29) - 1;

/// One side as the wire has it.
#[derive(Default)]
struct Columns {
    ticks: Vec<i64>,
    lots: Vec<i64>,
}

impl Columns {
    fn join(self, side: Side, end: usize, levels: &mut Vec<Level>) -> Result<(), WireError> {
        if self.ticks.len() != self.lots.len() {
            let reason = format!(
                "a side has as many prices as quantities: side={side}, prices={}, quantities={}",
                self.ticks.len(),
                self.lots.len()
            );
            return Err(WireError {
                reason,
                offset: end,
            });
        }
        let pairs = self.ticks.into_iter().zip(self.lots);
        levels.extend(pairs.map(|(price, qty)| Level {
            side,
            price: Ticks(price),
            qty: Lots(qty),
        }));
        Ok(())
    }
}

/// A price may be negative, as spreads have it; it is one that books can hold.
fn ticks(value: u64) -> Result<i64, String> {
    let ticks = unzigzag(value);
    if ticks.unsigned_abs() < COUNT_MAX.unsigned_abs() {
        return Ok(ticks);
    }
    Err(format!("a price lies within 2^62 ticks: ticks={ticks}"))
}

fn lots(value: u64) -> Result<i64, String> {
    match i64::try_from(value) {
        Ok(lots) if lots < COUNT_MAX => Ok(lots),
        Ok(_) | Err(_) => Err(format!("a quantity is below 2^62 lots: lots={value}")),
    }
}

struct Reader<'a> {
    all: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    const fn at(&self) -> usize {
        self.all.len() - self.rest.len()
    }

    #[inline]
    fn integer(&mut self) -> Result<u64, WireError> {
        let at = self.at();
        take(&mut self.rest).ok_or_else(|| wrong("a number ends within ten bytes and 64 bits", at))
    }

    fn bytes(&mut self, count: u64) -> Result<&'a [u8], WireError> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let Some((bytes, rest)) = self.rest.split_at_checked(count) else {
            let reason = format!(
                "a field ends within the message: {count} bytes announced, {} there",
                self.rest.len()
            );
            return Err(wrong(&reason, self.at()));
        };
        self.rest = rest;
        Ok(bytes)
    }

    /// Appends the values of a repeated field, packed or single.
    fn column(
        &mut self,
        kind: u64,
        values: &mut Vec<i64>,
        read: fn(u64) -> Result<i64, String>,
    ) -> Result<(), WireError> {
        let single = match kind {
            VARINT => true,
            BYTES => false,
            _ => return self.skip(kind, self.at()),
        };
        if single {
            let at = self.at();
            values.push(read(self.integer()?).map_err(|reason| wrong(&reason, at))?);
            return Ok(());
        }
        let count = self.integer()?;
        let start = self.at();
        let bytes = self.bytes(count)?;
        let mut inside = Reader {
            all: bytes,
            rest: bytes,
        };
        values.reserve(bytes.iter().filter(|byte| **byte < 0x80).count());
        while !inside.rest.is_empty() {
            let at = start + inside.at();
            let value = take(&mut inside.rest)
                .ok_or_else(|| wrong("a number ends within ten bytes and 64 bits", at))?;
            values.push(read(value).map_err(|reason| wrong(&reason, at))?);
        }
        Ok(())
    }

    /// Passes over a field nobody here knows, or one of another type than ours.
    fn skip(&mut self, kind: u64, at: usize) -> Result<(), WireError> {
        match kind {
            VARINT => self.integer().map(drop),
            EIGHT => self.bytes(8).map(drop),
            BYTES => {
                let count = self.integer()?;
                self.bytes(count).map(drop)
            }
            FOUR => self.bytes(4).map(drop),
            _ => Err(wrong(
                &format!("a field is of type 0, 1, 2 or 5: type={kind}"),
                at,
            )),
        }
    }
}

#[cold]
fn wrong(reason: &str, offset: usize) -> WireError {
    WireError {
        reason: reason.to_owned(),
        offset,
    }
}
