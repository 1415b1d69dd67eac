//! Price levels: a window of consecutive ticks around the market, and a sorted map for the rest.
//!
//! Inside the window a level is found by subtraction and the next best by [`Bitmap`]. Outside it
//! (the far-away order at a tenth of the price) levels live in a sorted map, so no price costs
//! memory in proportion to its distance. The window grows and moves with the market; what a move
//! costs is paid for by the messages since the last one, so no sequence of prices makes it crawl.

use std::collections::BTreeMap;

use crate::book::arena::{NIL, Slot};
use crate::book::bitmap::Bitmap;
use crate::prefetch::prefetch;
use crate::units::Side;

const WINDOW_MIN: usize = 1 << 12;
const WINDOW_MAX: usize = 1 << 18;

/// The orders at one price, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Oldest order.
    pub head: Slot,
    /// Youngest order.
    pub tail: Slot,
    /// Open quantity of all of them, in lots.
    pub qty: i64,
}

impl Level {
    const EMPTY: Self = Self {
        head: NIL,
        tail: NIL,
        qty: 0,
    };
}

/// The levels of both sides of one book.
#[derive(Clone, Debug, Default)]
pub struct Ladder {
    /// One window a side, so that both may stand at one price while a book is in auction.
    window: [Vec<Level>; 2],
    /// Price of the first level of both windows.
    base: i64,
    occupied: [Bitmap; 2],
    far: [BTreeMap<i64, Level>; 2],
    best: [Option<i64>; 2],
    /// Touches of far levels since the window last moved.
    strain: usize,
    /// The same since the beginning: what they cost pays for a wider window.
    touches: usize,
}

impl Ladder {
    /// The best price of `side`.
    #[inline]
    pub const fn best(&self, side: Side) -> Option<i64> {
        self.best[side as usize]
    }

    /// The level of `side` at `price`, if any order rests there.
    #[inline]
    pub fn get(&self, side: Side, price: i64) -> Option<&Level> {
        match self.offset(price) {
            Some(at) => Some(&self.window[side as usize][at]).filter(|level| level.head != NIL),
            None => self.far[side as usize].get(&price),
        }
    }

    /// Asks for the memory of the level of `side` at `price`.
    #[inline(always)]
    pub(crate) fn prefetch(&self, side: Side, price: i64) {
        if let Some(at) = self.offset(price) {
            prefetch(&self.window[side as usize], at);
        }
    }

    /// The level of `side` at `price`, which must be occupied.
    #[inline]
    pub fn occupied_mut(&mut self, side: Side, price: i64) -> &mut Level {
        match self.offset(price) {
            Some(at) => &mut self.window[side as usize][at],
            None => self.far_mut(side, price),
        }
    }

    #[cold]
    fn far_mut(&mut self, side: Side, price: i64) -> &mut Level {
        self.far[side as usize].entry(price).or_insert(Level::EMPTY)
    }

    /// The level of `side` at `price`, marked as occupied; the caller puts an order there at once.
    #[inline(always)]
    pub fn occupy(&mut self, side: Side, price: i64) -> &mut Level {
        let best = &mut self.best[side as usize];
        if best.is_none_or(|best| better(side, price, best)) {
            *best = Some(price);
        }
        let Some(at) = self.offset(price) else {
            return self.occupy_far(side, price);
        };
        let level = &mut self.window[side as usize][at];
        if level.head == NIL {
            self.occupied[side as usize].insert(at);
        }
        level
    }

    #[cold]
    fn occupy_far(&mut self, side: Side, price: i64) -> &mut Level {
        self.strain += 1;
        self.touches += 1;
        if self.strain * 64 >= self.window[0].len() {
            self.move_window(price);
        }
        if let Some(at) = self.offset(price) {
            self.occupied[side as usize].insert(at);
            return &mut self.window[side as usize][at];
        }
        self.far_mut(side, price)
    }

    /// Forgets the level of `side` at `price`, whose last order has gone.
    #[inline]
    pub fn vacate(&mut self, side: Side, price: i64) {
        if let Some(at) = self.offset(price) {
            self.window[side as usize][at] = Level::EMPTY;
            self.occupied[side as usize].remove(at);
        } else {
            self.far[side as usize].remove(&price);
        }
        if self.best[side as usize] == Some(price) {
            self.best[side as usize] = self.next(side, price);
        }
    }

    /// The next occupied price of `side` behind `price`.
    #[inline]
    pub fn next(&self, side: Side, price: i64) -> Option<i64> {
        let near = self.next_near(side, price);
        let far = &self.far[side as usize];
        // Behind a price of the window come first the others of the window.
        if far.is_empty() || (near.is_some() && self.offset(price).is_some()) {
            near
        } else {
            self.next_any(side, price, near)
        }
    }

    #[inline]
    fn next_near(&self, side: Side, price: i64) -> Option<i64> {
        let set = &self.occupied[side as usize];
        let last = self.window[0].len().checked_sub(1)?;
        let found = match side {
            Side::Buy => {
                let from = price.checked_sub(self.base)?.checked_sub(1)?;
                let from = usize::try_from(from).ok()?;
                set.at_or_below(from.min(last))
            }
            Side::Sell => {
                let from = price.saturating_sub(self.base).saturating_add(1).max(0);
                let from = usize::try_from(from).ok()?;
                set.at_or_above(from)
            }
        }?;
        Some(self.price_at(found))
    }

    #[cold]
    fn next_any(&self, side: Side, price: i64, near: Option<i64>) -> Option<i64> {
        let far = &self.far[side as usize];
        let far = match side {
            Side::Buy => far.range(..price).next_back(),
            Side::Sell => far.range(price + 1..).next(),
        };
        match (near, far.map(|(price, _)| *price)) {
            (Some(a), Some(b)) => Some(if better(side, a, b) { a } else { b }),
            (a, b) => a.or(b),
        }
    }

    /// The occupied prices of `side`, best first.
    pub fn prices(&self, side: Side) -> impl Iterator<Item = i64> + '_ {
        std::iter::successors(self.best(side), move |price| self.next(side, *price))
    }

    /// Bytes held by the window and its bitmaps.
    pub const fn bytes(&self) -> usize {
        2 * self.window[0].capacity() * (size_of::<Level>() + 1)
    }

    #[inline]
    fn offset(&self, price: i64) -> Option<usize> {
        // A price below the base wraps to a huge number, so one comparison tells both ends.
        let at = usize::try_from(price.wrapping_sub(self.base).cast_unsigned()).ok()?;
        (at < self.window[0].len()).then_some(at)
    }

    fn price_at(&self, offset: usize) -> i64 {
        self.base
            .saturating_add(i64::try_from(offset).unwrap_or(i64::MAX))
    }

    /// Puts the window around the market, wide enough to reach `price` if the levels are dense
    /// enough to pay for it, and sorts every level anew.
    fn move_window(&mut self, price: i64) {
        self.strain = 0;
        let levels = [self.levels(Side::Buy), self.levels(Side::Sell)];
        let worth = levels[0].len() + levels[1].len() + self.touches;
        let center = self.center(price);
        let size = size_for(center.abs_diff(price), worth).max(self.window[0].len());
        self.base = center
            .saturating_sub(i64::try_from(size / 2).unwrap_or(0))
            .max(0);
        for side in [Side::Buy, Side::Sell] {
            self.window[side as usize].clear();
            self.window[side as usize].resize(size, Level::EMPTY);
            self.occupied[side as usize] = Bitmap::new(size);
            self.far[side as usize].clear();
            for (price, level) in &levels[side as usize] {
                if let Some(at) = self.offset(*price) {
                    self.window[side as usize][at] = *level;
                    self.occupied[side as usize].insert(at);
                } else {
                    self.far[side as usize].insert(*price, *level);
                }
            }
        }
    }

    fn levels(&self, side: Side) -> Vec<(i64, Level)> {
        self.prices(side)
            .filter_map(|price| Some((price, *self.get(side, price)?)))
            .collect()
    }

    /// The middle of the market, or `price` where there is none.
    fn center(&self, price: i64) -> i64 {
        match self.best {
            [Some(bid), Some(ask)] => bid.midpoint(ask),
            [one, other] => one.or(other).unwrap_or(price),
        }
    }
}

/// A window that reaches `distance` both ways, but spends at most 64 ticks on each level it has to
/// hold and on each time a price was missing in it.
fn size_for(distance: u64, worth: usize) -> usize {
    let reach = usize::try_from(distance.saturating_mul(4)).unwrap_or(WINDOW_MAX);
    reach
        .min(worth.saturating_mul(64))
        .clamp(WINDOW_MIN, WINDOW_MAX)
        .next_power_of_two()
}

/// Whether `price` comes before `other` on `side`.
#[inline(always)]
pub const fn better(side: Side, price: i64, other: i64) -> bool {
    side.toward(price) > side.toward(other)
}

const _: () = assert!(
    size_of::<Level>() == 16,
    "Invariant: four levels share a cache line"
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place() -> impl Strategy<Value = i64> {
        prop_oneof![
            8 => 100_000_i64..100_080,
            2 => 95_000_i64..106_000,
            1 => 1_i64..1 << 40,
            1 => Just((1_i64 << 62) - 1),
            1 => Just(1_i64),
        ]
    }

    proptest! {
        #[test]
        fn agrees_with_a_sorted_map(
            steps in prop::collection::vec((any::<bool>(), any::<bool>(), place()), 1..400)
        ) {
            let mut ladder = Ladder::default();
            let mut twin: [BTreeMap<i64, Level>; 2] = Default::default();
            for (n, (add, buy, price)) in steps.into_iter().enumerate() {
                let side = if buy { Side::Buy } else { Side::Sell };
                let levels = &mut twin[side as usize];
                if add {
                    let level = Level { head: 7, tail: 7, qty: i64::try_from(n).unwrap() + 1 };
                    *ladder.occupy(side, price) = level;
                    levels.insert(price, level);
                } else if let Some((&price, _)) = levels.range(price..).next() {
                    ladder.vacate(side, price);
                    levels.remove(&price);
                }
                let asks: Vec<i64> = twin[1].keys().copied().collect();
                let bids: Vec<i64> = twin[0].keys().rev().copied().collect();
                prop_assert_eq!(ladder.prices(Side::Buy).collect::<Vec<_>>(), bids);
                prop_assert_eq!(ladder.prices(Side::Sell).collect::<Vec<_>>(), asks);
                for side in [Side::Buy, Side::Sell] {
                    for (price, level) in &twin[side as usize] {
                        prop_assert_eq!(ladder.get(side, *price), Some(level));
                    }
                }
                prop_assert_eq!(ladder.get(Side::Buy, 99), None);
            }
        }
    }

    #[test]
    fn far_prices_cost_no_window() {
        let mut ladder = Ladder::default();
        for n in 0..10_000_i64 {
            *ladder.occupy(Side::Sell, (n + 1) << 40) = Level {
                head: 1,
                tail: 1,
                qty: 1,
            };
        }
        assert!(ladder.bytes() <= 34 * WINDOW_MAX, "{}", ladder.bytes());
        assert_eq!(ladder.prices(Side::Sell).count(), 10_000);
    }
}
