//! How far our resting orders stood from where trades happened: the numbers behind a diagnosis.

use crate::mirror::Book;
use crate::units::{Lots, Side, Ticks};

use super::resting::Resting;

/// Sums over the orders that came to rest and the trades they saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueStats {
    /// Orders that came to rest; one that was moved counts again.
    pub rested: u64,
    /// Ticks from the touch of their side when they came, summed; negative is better than the
    /// touch.
    pub distance_ticks: i64,
    /// Quantity displayed at their price when they came, summed.
    pub ahead_lots: i128,
    /// Trades against a side on which an order of ours rested.
    pub trades: u64,
    /// Of these, trades at our best price or through it.
    pub trades_reached: u64,
    /// Volume of the trades that reached us.
    pub volume_reached: i128,
    /// Fewest ticks between such a trade and our best price; zero when one reached it.
    pub nearest_ticks: Option<i64>,
}

impl QueueStats {
    /// An order came to rest.
    pub(super) fn joined(&mut self, book: &Book, side: Side, price: Ticks) {
        let touch = book.best(side).map_or(price, |(touch, _)| touch);
        let distance = side.sign() * (touch.0 - price.0);
        self.rested += 1;
        self.distance_ticks = self.distance_ticks.saturating_add(distance);
        self.ahead_lots += i128::from(book.qty_at(side, price).0);
    }

    /// A recorded trade, before it fills anything.
    pub(super) fn trade(&mut self, resting: &Resting, price: Ticks, qty: Lots, aggressor: Side) {
        let side = aggressor.opposite();
        let Some(best) = resting.best(side) else {
            return;
        };
        let missed = (side.sign() * (price.0 - best.0)).max(0);
        self.trades += 1;
        if missed == 0 {
            self.trades_reached += 1;
            self.volume_reached += i128::from(qty.0);
        }
        self.nearest_ticks = Some(self.nearest_ticks.map_or(missed, |least| least.min(missed)));
    }
}
