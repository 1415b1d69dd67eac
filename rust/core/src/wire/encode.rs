//! A book update as bytes: fields in order of number, what is zero or empty left out.

use super::{BookUpdate, Head};
use crate::market::Level;
use crate::units::Side;
use crate::varint::{put, size, zigzag};

/// Wire type of one integer.
pub(super) const VARINT: u64 = 0;
/// Wire type of so many bytes.
pub(super) const BYTES: u64 = 2;

impl Head {
    /// The bytes of an update of these `levels`.
    ///
    /// # Panics
    ///
    /// When a quantity is negative.
    pub fn encode(&self, levels: &[Level]) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + levels.len() * 8);
        integer(&mut out, 1, self.first_id);
        integer(&mut out, 2, self.last_id);
        integer(&mut out, 3, u64::from(self.is_snapshot));
        integer(&mut out, 4, zigzag(self.ts_event_ns));
        integer(&mut out, 5, zigzag(self.ts_recv_ns));
        for (side, field) in [(Side::Buy, 6), (Side::Sell, 8)] {
            let levels = || levels.iter().filter(move |level| level.side == side);
            packed(&mut out, field, levels().map(|level| zigzag(level.price.0)));
            packed(&mut out, field + 1, levels().map(lots));
        }
        integer(&mut out, 10, u64::from(self.is_stale));
        out
    }
}

impl BookUpdate {
    /// The bytes of the message.
    ///
    /// # Panics
    ///
    /// When a quantity is negative.
    pub fn encode(&self) -> Vec<u8> {
        self.head.encode(&self.levels)
    }
}

fn lots(level: &Level) -> u64 {
    assert!(
        level.qty.0 >= 0,
        "Invariant: no negative quantity rests in a book"
    );
    level.qty.0.cast_unsigned()
}

fn integer(out: &mut Vec<u8>, field: u64, value: u64) {
    if value != 0 {
        put(out, field << 3 | VARINT);
        put(out, value);
    }
}

fn packed(out: &mut Vec<u8>, field: u64, values: impl Iterator<Item = u64> + Clone) {
    let bytes: usize = values.clone().map(size).sum();
    if bytes != 0 {
        put(out, field << 3 | BYTES);
        put(out, bytes as u64);
        for value in values {
            put(out, value);
        }
    }
}
