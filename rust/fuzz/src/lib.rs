//! What must hold for any bytes at all: one function for each decoder, which panics if it does not.

mod connection;
mod feeds;
mod states;
mod tapes;
mod text;
mod trading;

use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::money::Rate;

pub use connection::{live, websocket, wire};
pub use feeds::{binance, lobster};
pub use states::snapshot;
pub use tapes::{import, tape};
pub use text::decimal;
pub use trading::matching;

/// A decoder, and inputs from which to start changing bytes.
pub struct Target {
    /// As on the command line.
    pub name: &'static str,
    /// Panics when a rule does not hold.
    pub run: fn(&[u8]),
    /// Good inputs.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target, in order of name.
pub const TARGETS: &[Target] = &[
    Target {
        name: "binance",
        run: binance,
        seeds: feeds::binance_seeds,
    },
    Target {
        name: "decimal",
        run: decimal,
        seeds: text::seeds,
    },
    Target {
        name: "import",
        run: import,
        seeds: tapes::import_seeds,
    },
    Target {
        name: "live",
        run: live,
        seeds: connection::live_seeds,
    },
    Target {
        name: "lobster",
        run: lobster,
        seeds: feeds::lobster_seeds,
    },
    Target {
        name: "matching",
        run: matching,
        seeds: trading::seeds,
    },
    Target {
        name: "snapshot",
        run: snapshot,
        seeds: states::seeds,
    },
    Target {
        name: "tape",
        run: tape,
        seeds: tapes::tape_seeds,
    },
    Target {
        name: "websocket",
        run: websocket,
        seeds: connection::websocket_seeds,
    },
    Target {
        name: "wire",
        run: wire,
        seeds: connection::wire_seeds,
    },
];

fn decimal_of(text: &str) -> Decimal {
    Decimal::parse(text.as_bytes()).expect("Invariant: written here, and a number")
}

/// The instrument whose messages are decoded.
fn instrument() -> Arc<Instrument> {
    let spec = InstrumentSpec {
        symbol: "BTCUSDT".into(),
        kind: ContractKind::Linear,
        tick_size: decimal_of("0.1"),
        lot_size: decimal_of("0.001"),
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Rate(0),
        taker_fee: Rate(0),
    };
    Arc::new(Instrument::new(spec).expect("Invariant: written here, and sensible"))
}
