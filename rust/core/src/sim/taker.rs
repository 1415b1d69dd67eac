//! Taking what the recording displays, and remembering what was taken.
//!
//! The recording never notices our trades, so it goes on displaying what we took. [`Taken`] keeps
//! the sum per level: what was taken stays taken until the level shows more than before, or
//! vanishes and comes back. What strangers took is remembered too, until the recording shows a
//! newer book: between a trade and the update that follows, the level still displays what is gone.

use crate::market::MarketEvent;
use crate::mirror::Book;
use crate::units::{Lots, Side, Ticks};

use super::recorded::Change;

/// What of the displayed book is no longer there for us.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) ours: Vec<(Side, Ticks, Lots)>,
    strangers: Vec<(Side, Ticks, Lots)>,
}

impl Taken {
    /// Nothing is gone.
    pub(super) const fn new() -> Self {
        Self {
            ours: Vec::new(),
            strangers: Vec::new(),
        }
    }

    /// What of `displayed` is still there for us.
    pub(super) fn available(&self, side: Side, price: Ticks, displayed: Lots) -> Lots {
        let gone = [&self.ours, &self.strangers].map(|entries| sum(entries, side, price));
        Lots(
            gone.into_iter()
                .fold(displayed.0, i64::saturating_sub)
                .max(0),
        )
    }

    /// Remembers that we took `qty` of the level.
    pub(super) fn take(&mut self, side: Side, price: Ticks, qty: Lots) {
        add(&mut self.ours, side, price, qty);
    }

    /// Takes a message before the book has it.
    #[inline]
    pub(super) fn hear(&mut self, event: &MarketEvent<'_>, book: &Book) {
        if let MarketEvent::Trade {
            price,
            qty,
            aggressor,
            ..
        } = *event
        {
            // What is not displayed cannot be taken anyway, so it need not be remembered.
            let side = aggressor.opposite();
            if book.qty_at(side, price).0 > 0 {
                self.trade(side, price, qty);
            }
        }
    }

    /// Takes what a message did to the book.
    #[inline]
    pub(super) fn see(&mut self, change: Change, book: &Book) {
        match change {
            Change::None | Change::Lost => {}
            Change::Levels | Change::Replaced { .. } if self.is_empty() => {}
            Change::Levels => self.refresh(book),
            Change::Replaced { .. } => self.clear(),
        }
    }

    #[inline]
    const fn is_empty(&self) -> bool {
        self.ours.is_empty() && self.strangers.is_empty()
    }

    /// Remembers that a recorded trade took `qty` of the level.
    fn trade(&mut self, side: Side, price: Ticks, qty: Lots) {
        add(&mut self.strangers, side, price, qty);
    }

    /// A newer book is displayed: it has the recorded trades in it, and what it no longer shows of
    /// what we took cannot be taken any more.
    fn refresh(&mut self, book: &Book) {
        self.strangers.clear();
        for (side, price, taken) in &mut self.ours {
            *taken = (*taken).min(book.qty_at(*side, *price));
        }
        self.ours.retain(|entry| entry.2.0 > 0);
    }

    /// Forgets everything: the book was replaced.
    fn clear(&mut self) {
        self.ours.clear();
        self.strangers.clear();
    }
}

fn sum(entries: &[(Side, Ticks, Lots)], side: Side, price: Ticks) -> i64 {
    let same = entries.iter().find(|e| (e.0, e.1) == (side, price));
    same.map_or(0, |e| e.2.0)
}

fn add(entries: &mut Vec<(Side, Ticks, Lots)>, side: Side, price: Ticks, qty: Lots) {
    match entries.iter_mut().find(|e| (e.0, e.1) == (side, price)) {
        Some(entry) => entry.2.0 = entry.2.0.saturating_add(qty.0),
        None => entries.push((side, price, qty)),
    }
}

/// The levels an order of `side` up to `limit` would trade at, best first, until `qty` is reached.
///
/// `levels` are those of the other side, best first. Appends to `hits`; returns what is not found.
pub(super) fn walk(
    levels: impl Iterator<Item = (Ticks, Lots)>,
    taken: &Taken,
    side: Side,
    limit: Option<Ticks>,
    qty: Lots,
    hits: &mut Vec<(Ticks, Lots)>,
) -> Lots {
    let mut left = qty;
    for (price, displayed) in levels {
        if left.0 == 0 || limit.is_some_and(|limit| !reaches(side, limit, price)) {
            break;
        }
        let found = taken.available(side.opposite(), price, displayed).min(left);
        if found.0 > 0 {
            hits.push((price, found));
            left.0 -= found.0;
        }
    }
    left
}

/// Whether an order of `side` at `limit` may trade at `price`.
pub(super) const fn reaches(side: Side, limit: Ticks, price: Ticks) -> bool {
    match side {
        Side::Buy => price.0 <= limit.0,
        Side::Sell => price.0 >= limit.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKS: [(Ticks, Lots); 3] = [
        (Ticks(101), Lots(5)),
        (Ticks(102), Lots(5)),
        (Ticks(104), Lots(9)),
    ];

    fn found(taken: &Taken, limit: Option<Ticks>, qty: i64) -> (Vec<(i64, i64)>, i64) {
        let mut found = Vec::new();
        let left = walk(
            ASKS.into_iter(),
            taken,
            Side::Buy,
            limit,
            Lots(qty),
            &mut found,
        );
        (found.iter().map(|(p, q)| (p.0, q.0)).collect(), left.0)
    }

    #[test]
    fn walks_from_the_best_level_to_the_limit() {
        let none = Taken::new();
        assert_eq!(found(&none, None, 7), (vec![(101, 5), (102, 2)], 0));
        assert_eq!(
            found(&none, Some(Ticks(103)), 12),
            (vec![(101, 5), (102, 5)], 2)
        );
        assert_eq!(found(&none, Some(Ticks(100)), 1), (vec![], 1));
    }

    #[test]
    fn the_same_displayed_quantity_is_not_taken_twice() {
        let mut taken = Taken::new();
        taken.take(Side::Sell, Ticks(101), Lots(5));
        taken.take(Side::Sell, Ticks(102), Lots(1));
        assert_eq!(found(&taken, Some(Ticks(102)), 9), (vec![(102, 4)], 5));
    }

    #[test]
    fn what_was_taken_comes_back_only_when_the_level_is_refreshed() {
        let (side, price) = (Side::Sell, Ticks(101));
        let mut taken = Taken::new();
        let mut book = Book::new();
        taken.take(side, price, Lots(5));
        let mut there = |shown| {
            book.set(side, price, Lots(shown));
            taken.refresh(&book);
            taken.available(side, price, Lots(shown)).0
        };

        assert_eq!(there(8), 3, "three more are displayed");
        assert_eq!(there(2), 0, "a smaller level holds nothing new");
        assert_eq!(there(6), 4, "four came after the two that were taken");
        assert_eq!(there(0), 0);
        assert_eq!(there(6), 6, "the level vanished and came back");
    }

    #[test]
    fn what_a_recorded_trade_took_is_gone_until_the_book_is_newer() {
        let mut taken = Taken::new();
        taken.trade(Side::Sell, Ticks(101), Lots(4));
        assert_eq!(found(&taken, Some(Ticks(101)), 9), (vec![(101, 1)], 8));
        taken.refresh(&Book::new());
        assert_eq!(found(&taken, Some(Ticks(101)), 9), (vec![(101, 5)], 4));
    }
}
