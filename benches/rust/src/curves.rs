//! How the cost of an operation grows with the book: the proof that nothing is searched.

use tradecore_core::instrument::InstrumentError;

use crate::figure::{Curve, Figures};
use crate::operations::{self, Costs};

const ORDERS: [usize; 9] = [
    100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000,
];
const LEVELS: [usize; 9] = [10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];
/// A small batch, so that it changes a small book little.
const BATCH: usize = 50;
const ROUNDS: usize = 101;

/// Measures the mean of an add, a cancel and a fill along live orders and along levels.
pub(crate) fn measure(figures: &mut Figures) -> Result<(), InstrumentError> {
    let mut orders = Vec::new();
    for size in ORDERS {
        orders.push(point(size, size, 1_000)?);
    }
    let mut levels = Vec::new();
    for size in LEVELS {
        levels.push(point(size, 100_000, (size / 2) as u32)?);
    }
    let [orders, levels] =
        [(orders, "live orders"), (levels, "price levels")].map(|(points, along)| Curve {
            name: "mean of an add, a cancel and a fill",
            along,
            points,
        });
    figures.curves.extend([orders, levels]);
    Ok(())
}

fn point(at: usize, orders: usize, levels: u32) -> Result<(usize, f64, f64), InstrumentError> {
    let [ours, theirs] = operations::both(orders, levels, BATCH, ROUNDS)?.map(mean);
    Ok((at, ours, theirs))
}

fn mean(costs: Costs) -> f64 {
    (costs.add + costs.cancel + costs.fill) / 3.0
}
