//! Nanoseconds of one operation on a book of a given size, timed in batches.

use tradecore_core::flow::Rng;
use tradecore_core::instrument::InstrumentError;
use tradecore_core::matching::{CommandRecord, Report};

use crate::clock;
use crate::figure::{Figures, Row};
use crate::records::{BUY, SELL, cancel, ioc, limit};
use crate::rival::Rival;
use crate::runner::{self, Subject};

const CALM: usize = 10_000;
const DEEP: usize = 500_000;
const ROUNDS: usize = 31;
/// Ticks on each side of this price hold the book.
const MIDDLE: i64 = 1_000_000;
const QTY: i64 = 10;

/// A book of live orders of equal size, each at a random one of `levels` prices a side.
pub(crate) struct Pool<S> {
    subject: S,
    rng: Rng,
    live: Vec<(u64, u8)>,
    last_id: u64,
    levels: u32,
    out: Vec<Report>,
}

/// Nanoseconds an operation, the median of rounds.
#[derive(Clone, Copy)]
pub(crate) struct Costs {
    pub(crate) add: f64,
    pub(crate) cancel: f64,
    pub(crate) fill: f64,
}

impl<S: Subject> Pool<S> {
    /// `subject` with `orders` live orders.
    pub(crate) fn new(subject: S, orders: usize, levels: u32) -> Self {
        let mut pool = Self {
            subject,
            rng: Rng::new(11),
            live: Vec::new(),
            last_id: 0,
            levels,
            out: runner::buffer(),
        };
        let records = pool.adds(orders);
        runner::feed(&mut pool.subject, &records, &mut pool.out);
        pool
    }

    /// Costs in batches of `batch`; the book has its size again after each.
    pub(crate) fn costs(&mut self, batch: usize, rounds: usize) -> Costs {
        let mut spans = [const { Vec::new() }; 3];
        for _ in 0..rounds {
            let adds = self.adds(batch);
            spans[0].push(self.time(&adds));
            let cancels = self.cancels(batch);
            spans[1].push(self.time(&cancels));
            let fills = self.fills(batch);
            spans[2].push(self.time(&fills));
            self.restore(batch);
        }
        let [add, cancel, fill] = spans.map(clock::median);
        Costs { add, cancel, fill }
    }

    /// Nanoseconds a record.
    fn time(&mut self, records: &[CommandRecord]) -> f64 {
        self.out.clear();
        let (subject, out) = (&mut self.subject, &mut self.out);
        clock::time_ns(|| subject.process(records, out)) / records.len() as f64
    }

    /// Orders that rest.
    fn adds(&mut self, count: usize) -> Vec<CommandRecord> {
        (0..count).map(|_| self.add()).collect()
    }

    fn add(&mut self) -> CommandRecord {
        self.last_id += 1;
        let behind = 1 + i64::from(self.rng.below(self.levels));
        let side = u8::from(self.rng.next() >> 63 == 1);
        self.live.push((self.last_id, side));
        let price = if side == BUY {
            MIDDLE - behind
        } else {
            MIDDLE + behind
        };
        limit(self.last_id, side, QTY, price)
    }

    /// Cancels of live orders, each as likely.
    fn cancels(&mut self, count: usize) -> Vec<CommandRecord> {
        (0..count)
            .filter_map(|_| self.someone().map(cancel))
            .collect()
    }

    fn someone(&mut self) -> Option<u64> {
        let at = self
            .rng
            .below(u32::try_from(self.live.len()).unwrap_or(u32::MAX)) as usize;
        (at < self.live.len()).then(|| self.live.swap_remove(at).0)
    }

    /// Orders that each fill one whole order at the best price.
    fn fills(&mut self, count: usize) -> Vec<CommandRecord> {
        let mut left = [BUY, SELL].map(|side| self.live.iter().filter(|o| o.1 == side).count());
        let mut fills = Vec::with_capacity(count);
        for _ in 0..count {
            self.last_id += 1;
            let side = u8::from(left[usize::from(BUY)] > 0 && self.rng.next() >> 63 == 1);
            let side = if left[usize::from(1 - side)] == 0 {
                1 - side
            } else {
                side
            };
            left[usize::from(1 - side)] = left[usize::from(1 - side)].saturating_sub(1);
            let price = if side == BUY { MIDDLE * 2 } else { 1 };
            fills.push(ioc(self.last_id, side, QTY, price));
        }
        fills
    }

    /// Notes what the fills took, and adds as many.
    fn restore(&mut self, count: usize) {
        let mut gone: Vec<u64> = Vec::new();
        for report in self.out.iter().filter(|report| report.liquidity == 1) {
            gone.push(report.order_id);
        }
        gone.sort_unstable();
        self.live.retain(|(id, _)| gone.binary_search(id).is_err());
        let records = self.adds(count);
        runner::feed(&mut self.subject, &records, &mut self.out);
    }
}

/// Costs of both engines on a book of `orders`.
pub(crate) fn both(
    orders: usize,
    levels: u32,
    batch: usize,
    rounds: usize,
) -> Result<[Costs; 2], InstrumentError> {
    let ours = Pool::new(runner::engine()?, orders, levels).costs(batch, rounds);
    let theirs = Pool::new(Rival::default(), orders, levels).costs(batch, rounds);
    Ok([ours, theirs])
}

/// Measures adds, cancels and fills at ten thousand live orders, the last two at half a million.
pub(crate) fn measure(figures: &mut Figures) -> Result<(), InstrumentError> {
    let [ours, theirs] = both(CALM, 50, 1_000, ROUNDS)?;
    let calm = [
        ("add", ours.add, theirs.add, "<= 15 ns"),
        ("cancel", ours.cancel, theirs.cancel, "<= 12 ns"),
        ("IOC that fills one", ours.fill, theirs.fill, "<= 30 ns"),
    ];
    let [ours, theirs] = both(DEEP, 2_000, runner::BATCH, ROUNDS)?;
    let deep = [
        ("cancel", ours.cancel, theirs.cancel, "<= 40 ns"),
        ("IOC that fills one", ours.fill, theirs.fill, "<= 80 ns"),
    ];
    let named = calm.map(|costs| (costs, "10 k")).into_iter();
    for ((name, value, baseline, asked), size) in named.chain(deep.map(|costs| (costs, "500 k"))) {
        figures.rows.push(Row {
            name: format!("{name}, {size} random live orders"),
            value,
            unit: "ns",
            baseline: Some(baseline),
            asked: Some(asked),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradecore_core::matching::Engine;

    #[test]
    fn a_book_has_its_size_again_after_a_round() {
        let mut pool: Pool<Engine> = Pool::new(runner::engine().unwrap(), 500, 20);
        pool.costs(100, 3);
        assert_eq!(pool.subject.live_orders(), 500);
        assert_eq!(pool.live.len(), 500);
    }

    #[test]
    fn each_fill_takes_one_order_whole() {
        let mut pool: Pool<Engine> = Pool::new(runner::engine().unwrap(), 500, 20);
        let fills = pool.fills(200);
        pool.time(&fills);
        assert_eq!(pool.subject.live_orders(), 300);
    }
}
