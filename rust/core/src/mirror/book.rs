//! Price levels of one instrument on one venue.

use super::ladder::{Iter, Ladder};
use crate::market::Level;
use crate::units::{Lots, Side, Ticks};

/// What rests at a venue, by price.
///
/// Quantities are absolute: a level says what rests there now, zero that nothing does. A book is
/// stale until its first snapshot, and again from a known loss of messages to the next snapshot.
pub struct Book {
    /// By side: bids by their prices, asks by the complements of theirs, so that more is better.
    sides: [Ladder; 2],
    stale: bool,
}

impl Default for Book {
    fn default() -> Self {
        Self::new()
    }
}

impl Book {
    /// An empty book, stale until a snapshot arrives.
    pub fn new() -> Self {
        Self {
            sides: [Ladder::new(), Ladder::new()],
            stale: true,
        }
    }

    /// Replaces every level; the book is no longer stale. Of a price given twice the last counts.
    pub fn apply_snapshot(&mut self, levels: &[Level]) {
        self.sides.iter_mut().for_each(Ladder::clear);
        self.apply_delta(levels);
        self.stale = false;
    }

    /// Sets each of `levels`, in order.
    #[inline]
    pub fn apply_delta(&mut self, levels: &[Level]) {
        for level in levels {
            self.set(level.side, level.price, level.qty);
        }
    }

    /// Sets what rests at one price; zero removes the level.
    ///
    /// # Panics
    ///
    /// When `qty` is negative.
    #[inline]
    pub fn set(&mut self, side: Side, price: Ticks, qty: Lots) {
        self.sides[side as usize].set(key(side, price.0), qty.0);
    }

    /// Forgets every level; the book is stale.
    pub fn clear(&mut self) {
        self.sides.iter_mut().for_each(Ladder::clear);
        self.stale = true;
    }

    /// The highest bid and what rests there.
    #[inline]
    pub fn best_bid(&self) -> Option<(Ticks, Lots)> {
        self.best(Side::Buy)
    }

    /// The lowest ask and what rests there.
    #[inline]
    pub fn best_ask(&self) -> Option<(Ticks, Lots)> {
        self.best(Side::Sell)
    }

    /// The best price of one side and what rests there.
    #[inline]
    pub fn best(&self, side: Side) -> Option<(Ticks, Lots)> {
        let best = self.sides[side as usize].best();
        best.map(|(at, qty)| (Ticks(key(side, at)), Lots(qty)))
    }

    /// What rests at `price`; zero where nothing does.
    #[inline]
    pub fn qty_at(&self, side: Side, price: Ticks) -> Lots {
        Lots(self.sides[side as usize].get(key(side, price.0)))
    }

    /// The best `count` levels of one side, best first.
    pub fn depth(&self, side: Side, count: usize) -> Depth<'_> {
        Depth {
            levels: self.sides[side as usize].iter(),
            side,
            left: count,
        }
    }

    /// The best `count` levels of both sides as bytes: equal when they are, different when one is.
    pub fn depth_key(&self, count: usize) -> Vec<u8> {
        let mut key = Vec::with_capacity(count.min(64) * 32 + 8);
        for side in [Side::Buy, Side::Sell] {
            let mut shown = 0_u64;
            for (price, qty) in self.depth(side, count) {
                key.extend_from_slice(&price.0.to_le_bytes());
                key.extend_from_slice(&qty.0.to_le_bytes());
                shown += 1;
            }
            key.extend_from_slice(&shown.to_le_bytes());
        }
        key
    }

    /// How many levels one side has.
    pub const fn levels(&self, side: Side) -> usize {
        self.sides[side as usize].len()
    }

    /// Whether neither side has a level.
    pub const fn is_empty(&self) -> bool {
        self.sides[0].len() == 0 && self.sides[1].len() == 0
    }

    /// Whether the best bid is at or above the best ask: a book no continuous market shows.
    pub fn is_crossed(&self) -> bool {
        match (self.best_bid(), self.best_ask()) {
            (Some((bid, _)), Some((ask, _))) => bid >= ask,
            _ => false,
        }
    }

    /// Whether the levels are not known to be the venue's: no snapshot yet, or messages were lost.
    pub const fn is_stale(&self) -> bool {
        self.stale
    }

    /// Says that messages were lost; the next snapshot heals it.
    pub const fn mark_stale(&mut self) {
        self.stale = true;
    }
}

/// Levels of one side, best first; see [`Book::depth`].
pub struct Depth<'a> {
    levels: Iter<'a>,
    side: Side,
    left: usize,
}

impl Iterator for Depth<'_> {
    type Item = (Ticks, Lots);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (at, qty) = self.levels.next()?;
        Some((Ticks(key(self.side, at)), Lots(qty)))
    }
}

/// The key of a price, and the price of a key.
#[inline]
const fn key(side: Side, price: i64) -> i64 {
    price ^ -(side as i64)
}
