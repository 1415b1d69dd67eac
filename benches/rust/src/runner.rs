//! Both engines behind one trait, and the loop that feeds them as a caller would.

use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentError, InstrumentSpec};
use tradecore_core::matching::report::MAKER;
use tradecore_core::matching::{CommandRecord, Engine, Report};
use tradecore_core::money::Rate;

use crate::clock;
use crate::rival::Rival;

/// Commands a call: reports of one batch are read before the next overwrites them.
pub(crate) const BATCH: usize = 4096;
/// Rounds a median is taken of.
pub(crate) const ROUNDS: usize = 5;

/// An engine that takes batches of records.
pub(crate) trait Subject {
    /// Executes `records` in order.
    fn process(&mut self, records: &[CommandRecord], out: &mut Vec<Report>);
}

impl Subject for Engine {
    #[inline]
    fn process(&mut self, records: &[CommandRecord], out: &mut Vec<Report>) {
        Self::process(self, records, out);
    }
}

impl Subject for Rival {
    #[inline]
    fn process(&mut self, records: &[CommandRecord], out: &mut Vec<Report>) {
        for record in records {
            self.apply(record, out);
        }
    }
}

/// An empty engine with one instrument of whole ticks and lots.
///
/// # Errors
///
/// None with these steps; the type says what [`Instrument::new`] says.
pub(crate) fn engine() -> Result<Engine, InstrumentError> {
    let instrument = Instrument::new(InstrumentSpec {
        symbol: "X".to_owned(),
        kind: ContractKind::Spot,
        tick_size: Decimal::ONE,
        lot_size: Decimal::ONE,
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Rate(0),
        taker_fee: Rate(0),
    })?;
    Ok(Engine::new(vec![Arc::new(instrument)]))
}

/// A buffer for the reports of one batch, used again and again.
///
/// A fresh one for a whole stream would cost more in page faults than the matching.
pub(crate) fn buffer() -> Vec<Report> {
    Vec::with_capacity(BATCH * 16)
}

/// Feeds all of `records`, batch after batch.
pub(crate) fn feed(subject: &mut impl Subject, records: &[CommandRecord], out: &mut Vec<Report>) {
    for batch in records.chunks(BATCH) {
        out.clear();
        subject.process(batch, out);
    }
}

/// Messages a second, the median of `ROUNDS` runs of each engine, in turns.
pub(crate) fn rates(records: &[CommandRecord]) -> Result<(f64, f64), InstrumentError> {
    let mut out = buffer();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut subject = engine()?;
        ours.push(clock::time_ns(|| feed(&mut subject, records, &mut out)));
        let mut subject = Rival::default();
        theirs.push(clock::time_ns(|| feed(&mut subject, records, &mut out)));
    }
    let rate = |spans| records.len() as f64 / (clock::median(spans) / 1e9);
    Ok((rate(ours), rate(theirs)))
}

/// A number that differs when any trade does: maker, taker, price and quantity, in order.
pub(crate) fn trade_hash(subject: &mut impl Subject, records: &[CommandRecord]) -> u64 {
    let mut out = buffer();
    let mut hash = 0_u64;
    for batch in records.chunks(BATCH) {
        out.clear();
        subject.process(batch, &mut out);
        for trade in out.iter().filter(|report| report.liquidity == MAKER) {
            let facts = [
                trade.order_id,
                trade.counter_order_id,
                trade.price.cast_unsigned(),
                trade.qty.cast_unsigned(),
            ];
            for fact in facts {
                hash = (hash ^ fact)
                    .wrapping_mul(0x9E37_79B9_7F4A_7C15)
                    .rotate_left(29);
            }
        }
    }
    hash
}
