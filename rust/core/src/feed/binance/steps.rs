//! Which steps a recording is written in, where nobody says.

use super::BinanceFrames;
use crate::decimal::Decimal;
use crate::instrument::{ContractKind, Instrument, InstrumentError, InstrumentSpec};
use crate::market::{EventSource, MarketEvent};
use crate::money::Rate;

/// Decimals that Binance writes at most.
const DECIMALS: u32 = 8;

/// The coarsest power of ten, up to one, of which every number seen is a multiple.
#[derive(Clone, Copy)]
struct Finest {
    decimals: u32,
    unit: i64,
}

impl Finest {
    const fn new() -> Self {
        Self {
            decimals: 0,
            unit: 10_i64.pow(DECIMALS),
        }
    }

    #[inline]
    const fn see(&mut self, count: i64) {
        while count % self.unit != 0 {
            self.unit /= 10;
            self.decimals += 1;
        }
    }

    fn step(self) -> Decimal {
        Decimal::new(1, self.decimals).unwrap_or(Decimal::ONE)
    }
}

/// An instrument in whose steps every price and quantity of a recording is whole.
///
/// Steps are powers of ten, at most 1; lines that cannot be read are passed over. This costs one
/// reading of the recording. It says how the recording is written, not what the venue's rules for
/// new orders are.
///
/// # Errors
///
/// [`InstrumentError`] when `symbol` is no name.
pub fn infer_instrument(
    bytes: &[u8],
    symbol: &str,
    kind: ContractKind,
) -> Result<Instrument, InstrumentError> {
    let finest = Decimal::new(1, DECIMALS).unwrap_or(Decimal::ONE);
    let instrument = |tick_size, lot_size| {
        Instrument::new(InstrumentSpec {
            symbol: symbol.to_owned(),
            kind,
            tick_size,
            lot_size,
            multiplier: Decimal::ONE,
            min_notional: Decimal::ZERO,
            maker_fee: Rate(0),
            taker_fee: Rate(0),
        })
    };
    let mut frames = BinanceFrames::new(bytes, &instrument(finest, finest)?);
    let (mut tick, mut lot) = (Finest::new(), Finest::new());
    loop {
        let event = match frames.next_event() {
            Ok(Some(stamped)) => stamped.event,
            Ok(None) => return instrument(tick.step(), lot.step()),
            Err(_) => continue,
        };
        match event {
            MarketEvent::Snapshot { levels, .. } | MarketEvent::Depth { levels, .. } => {
                for level in levels {
                    tick.see(level.price.0);
                    lot.see(level.qty.0);
                }
            }
            MarketEvent::Trade { price, qty, .. } => {
                tick.see(price.0);
                lot.see(qty.0);
            }
            MarketEvent::Quote {
                bid,
                bid_qty,
                ask,
                ask_qty,
                ..
            } => {
                for price in [bid, ask] {
                    tick.see(price.0);
                }
                for qty in [bid_qty, ask_qty] {
                    lot.see(qty.0);
                }
            }
        }
    }
}
