//! What became different since somebody last looked.

use super::Book;
use crate::market::Level;
use crate::units::{Side, Ticks};

/// Most changes remembered; after more of them the whole book is told instead.
pub const CHANGES_MAX: usize = 8192;

/// The levels of a book that changed since they were last taken, each once.
///
/// It remembers where, not what: the quantities are read off the book when they are taken.
#[derive(Debug)]
pub struct Changes {
    touched: Vec<(Side, Ticks)>,
    /// The whole book is to be told.
    whole: bool,
    /// Something happened, even if no level changed.
    any: bool,
}

impl Default for Changes {
    fn default() -> Self {
        Self::new()
    }
}

impl Changes {
    /// Nothing has changed yet.
    pub const fn new() -> Self {
        Self {
            touched: Vec::new(),
            whole: false,
            any: false,
        }
    }

    /// Remembers a delta that was applied.
    #[inline]
    pub fn note(&mut self, levels: &[Level]) {
        self.any = true;
        if self.whole {
            return;
        }
        let places = levels.iter().map(|level| (level.side, level.price));
        self.touched.extend(places);
        if self.touched.len() > CHANGES_MAX {
            self.note_whole();
        }
    }

    /// Remembers that the whole book was replaced.
    pub fn note_whole(&mut self) {
        self.any = true;
        self.whole = true;
        self.touched.clear();
    }

    /// Remembers that the book became stale, or took a delta without levels.
    pub const fn note_state(&mut self) {
        self.any = true;
    }

    /// Whether there is something to take.
    pub const fn is_any(&self) -> bool {
        self.any
    }

    /// Writes what changed to `levels`, bids first and each side from its best price, and forgets
    /// it; answers whether that is the whole book.
    pub fn take(&mut self, book: &Book, levels: &mut Vec<Level>) -> bool {
        let whole = std::mem::take(&mut self.whole);
        self.any = false;
        if whole {
            every_level(book, levels);
        } else {
            self.sort();
            levels.clear();
            levels.extend(self.touched.iter().map(|&(side, price)| Level {
                side,
                price,
                qty: book.qty_at(side, price),
            }));
        }
        self.touched.clear();
        whole
    }

    fn sort(&mut self) {
        self.touched
            .sort_unstable_by_key(|&(side, price)| match side {
                Side::Buy => (side, !price.0),
                Side::Sell => (side, price.0),
            });
        self.touched.dedup();
    }
}

/// Writes every level of `book` to `levels`, bids first and each side from its best price.
pub(crate) fn every_level(book: &Book, levels: &mut Vec<Level>) {
    levels.clear();
    for side in [Side::Buy, Side::Sell] {
        let depth = book.depth(side, usize::MAX);
        levels.extend(depth.map(|(price, qty)| Level { side, price, qty }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Lots;

    const fn level(side: Side, price: i64, qty: i64) -> Level {
        Level {
            side,
            price: Ticks(price),
            qty: Lots(qty),
        }
    }

    #[test]
    fn each_level_is_told_once_as_it_is_now() {
        let (mut book, mut changes, mut told) = (Book::new(), Changes::new(), Vec::new());
        for levels in [
            [level(Side::Sell, 12, 3), level(Side::Buy, 9, 1)],
            [level(Side::Buy, 10, 4), level(Side::Buy, 9, 0)],
            [level(Side::Sell, 11, 5), level(Side::Sell, 12, 6)],
        ] {
            book.apply_delta(&levels);
            changes.note(&levels);
        }
        assert!(!changes.take(&book, &mut told));
        let expected = [
            level(Side::Buy, 10, 4),
            level(Side::Buy, 9, 0),
            level(Side::Sell, 11, 5),
            level(Side::Sell, 12, 6),
        ];
        assert_eq!(told, expected);
        assert!(!changes.is_any());
        assert!(!changes.take(&book, &mut told));
        assert_eq!(told, []);
    }

    #[test]
    fn a_replaced_book_is_told_whole() {
        let (mut book, mut changes, mut told) = (Book::new(), Changes::new(), Vec::new());
        changes.note(&[level(Side::Buy, 1, 1)]);
        let levels = [level(Side::Sell, 12, 3), level(Side::Buy, 9, 1)];
        book.apply_snapshot(&levels);
        changes.note_whole();
        changes.note(&[level(Side::Buy, 9, 1)]);
        assert!(changes.take(&book, &mut told));
        assert_eq!(told, [levels[1], levels[0]]);
    }

    #[test]
    fn what_nobody_takes_is_bounded() {
        let (book, mut changes, mut told) = (Book::new(), Changes::new(), Vec::new());
        for round in 1..=3 {
            for price in (1..).take(CHANGES_MAX) {
                changes.note(&[level(Side::Buy, price, round)]);
                assert!(changes.touched.len() <= CHANGES_MAX);
            }
            if round == 1 {
                assert!(!changes.take(&book, &mut told));
                assert_eq!(told.len(), CHANGES_MAX);
            }
        }
        assert!(changes.take(&book, &mut told));
    }
}
