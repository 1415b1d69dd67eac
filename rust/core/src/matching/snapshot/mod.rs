//! The whole state as bytes: equal states give equal bytes, and bytes give their state or an error.
//!
//! Little-endian, in this order: the name of the format, its version, the length of all, the
//! [`Engine::state_hash`], a fingerprint of each instrument, the counters, the state of each
//! symbol, the state of risk (its length first), the orders. Orders in the book come by symbol,
//! side, price and age, then those that wait by place and age. Nothing depends on where in memory
//! anything is, and the hash is compared with that of the engine that was built.

mod error;
mod order;
mod read;
mod restore;
mod write;

pub use error::SnapshotError;

use crate::book::arena::Order;
use crate::book::tags::Place;
use crate::instrument::{ContractKind, Instrument};
use crate::matching::Engine;
use crate::matching::hash;

/// The name of the format.
const MAGIC: [u8; 8] = *b"TCENGINE";
const VERSION: u32 = 1;
/// Where the length of all stands, and then the hash.
const LENGTH_AT: usize = MAGIC.len() + size_of::<u32>();

impl Engine {
    /// Appends the whole state to `out`, which [`Engine::restore`] makes an engine of again.
    ///
    /// Equal states give equal bytes, however they came to be. Between commands only, as always.
    pub fn snapshot(&self, out: &mut Vec<u8>) {
        let start = out.len();
        self.write(out);
        // The length, known at last.
        let length = (out.len() - start) as u64;
        let at = start + LENGTH_AT;
        out[at..at + size_of::<u64>()].copy_from_slice(&length.to_le_bytes());
    }
}

/// What orders are sorted by: those in the book by symbol, side, price and age; those that wait
/// by place and age.
type Rank = (u8, u32, u8, i64, u64, u64);

fn rank(order: &Order) -> Rank {
    let (place, side) = (order.tags.place(), order.side());
    if place == Place::Book {
        let behind = -order.price * side.sign();
        let book = (order.symbol(), side as u8, behind);
        (
            place as u8,
            book.0,
            book.1,
            book.2,
            order.priority,
            order.id,
        )
    } else {
        (place as u8, 0, 0, 0, order.priority, order.id)
    }
}

/// 128 bits that are equal for instruments equal in every field.
fn fingerprint(instrument: &Instrument) -> u128 {
    let kind: u64 = match instrument.kind() {
        ContractKind::Spot => 0,
        ContractKind::Linear => 1,
        ContractKind::Inverse => 2,
    };
    let steps = [
        instrument.tick_size(),
        instrument.lot_size(),
        instrument.multiplier(),
    ];
    let wide = steps.map(|step| [step.mantissa(), i128::from(step.scale())]);
    let rest = [
        instrument.min_notional().0,
        instrument.maker_fee().0.into(),
        instrument.taker_fee().0.into(),
    ];
    let numbers = wide.into_iter().flatten().chain(rest);
    let halves = numbers.flat_map(|number| hash::halves(number.cast_unsigned()));
    let symbol = hash::text(instrument.symbol());
    hash::words(4, std::iter::once(kind).chain(halves).chain(symbol))
}
