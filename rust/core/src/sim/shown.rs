//! What of a book somebody was shown last, and whether it looks different now.

use crate::market::Level;
use crate::mirror::Book;
use crate::units::{Lots, Side, Ticks};

/// The best levels as they were shown last.
///
/// Of a book that is shown whole, nothing is written down: what a message tells is compared with
/// the levels it changes. Of a part of a book, the part is kept and compared.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// The levels, bids first, where `whole` is none.
    top: Vec<(Ticks, Lots)>,
    /// So many levels of each side, no fewer than there are, were shown; the book is as it was.
    whole: Option<usize>,
    /// What rested, before a message, at the levels it tells.
    before: Vec<(Side, Ticks, Lots)>,
}

impl Shown {
    /// Before `levels` are told to `book`: notes what rests there.
    #[inline]
    pub(super) fn expect(&mut self, book: &Book, levels: &[Level]) {
        if self.whole.is_some() {
            self.before.clear();
            let each = levels.iter();
            self.before.extend(each.map(|level| {
                (
                    level.side,
                    level.price,
                    book.qty_at(level.side, level.price),
                )
            }));
        }
    }

    /// Before `book` becomes another one: writes down what was shown.
    #[inline]
    pub(super) fn settle(&mut self, book: &Book) {
        if self.whole.is_some() {
            self.before.clear();
            self.write_down(book);
        }
    }

    /// Whether the best `depth` levels differ from what was shown; they are shown now.
    ///
    /// Since they were, nothing was told to `book` but what was expected last, or settled before.
    pub(super) fn differs(&mut self, book: &Book, depth: usize) -> bool {
        let is_whole = [Side::Buy, Side::Sell]
            .iter()
            .all(|side| book.levels(*side) <= depth);
        if is_whole && self.whole == Some(depth) {
            let mut each = self.before.iter();
            let differs = each.any(|(side, price, qty)| book.qty_at(*side, *price) != *qty);
            self.before.clear();
            return differs;
        }
        self.write_down(book);
        if depth == 1
            && let (Some(bid), Some(ask)) = (book.best_bid(), book.best_ask())
            && self.top == [bid, BETWEEN, ask]
        {
            return false;
        }
        let differs = self.compare(book, depth);
        self.whole = is_whole.then_some(depth);
        differs
    }

    /// Writes down what was shown: the levels of `book` but for what it was told since.
    #[cold]
    pub(super) fn write_down(&mut self, book: &Book) {
        if self.whole.take().is_none() {
            return;
        }
        let told = |side, price| {
            let mut each = self.before.iter();
            each.find(|told| (told.0, told.1) == (side, price))
                .map(|told| told.2)
        };
        self.top.clear();
        for side in [Side::Buy, Side::Sell] {
            let kept = book.depth(side, usize::MAX);
            let mut levels: Vec<(Ticks, Lots)> = kept
                .filter(|(price, _)| told(side, *price).is_none())
                .collect();
            let told = self.before.iter().filter(|told| told.0 == side);
            levels.extend(told.map(|(_, price, qty)| (*price, *qty)));
            levels.retain(|(_, qty)| qty.0 > 0);
            levels.sort_unstable_by_key(|(price, _)| -side.sign() * price.0);
            levels.dedup();
            self.top.extend(levels);
            if side == Side::Buy {
                self.top.push(BETWEEN);
            }
        }
        self.before.clear();
    }

    /// Compares what was written down with the best `depth` levels, and writes those down.
    fn compare(&mut self, book: &Book, depth: usize) -> bool {
        let bids = book.depth(Side::Buy, depth);
        let asks = book.depth(Side::Sell, depth);
        let levels = bids.chain(std::iter::once(BETWEEN)).chain(asks);
        let mut same = 0;
        let mut differs = false;
        for level in levels {
            match self.top.get_mut(same) {
                Some(before) if *before == level => {}
                Some(before) => {
                    *before = level;
                    differs = true;
                }
                None => {
                    self.top.push(level);
                    differs = true;
                }
            }
            same += 1;
        }
        differs |= same < self.top.len();
        self.top.truncate(same);
        differs
    }
}

/// A level of no quantity stands between the sides, so that they cannot be taken for each other.
const BETWEEN: (Ticks, Lots) = (Ticks(0), Lots(0));

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::market::{MarketEvent, Message, Stamped};
    use crate::sim::records::Counts;
    use crate::sim::view::{Subscriptions, View, Wake};

    type Told = (bool, usize, Vec<(bool, i64, i64)>);

    /// What the best levels are, bids and asks apart.
    fn top(book: &Book, depth: usize) -> [Vec<(Ticks, Lots)>; 2] {
        [Side::Buy, Side::Sell].map(|side| book.depth(side, depth).collect())
    }

    fn levels(told: &[(bool, i64, i64)]) -> Vec<Level> {
        let level = |(is_bid, price, qty): &(bool, i64, i64)| Level {
            side: if *is_bid { Side::Buy } else { Side::Sell },
            price: Ticks(if *is_bid { *price } else { *price + 6 }),
            qty: Lots(*qty),
        };
        told.iter().map(level).collect()
    }

    proptest! {
        /// A strategy is told of a book exactly when its best levels differ from those it saw.
        #[test]
        fn a_book_is_shown_when_it_looks_different(
            told in vec(
                (
                    proptest::bool::weighted(0.1),
                    proptest::sample::select(vec![0_usize, 1, 3, 9, 50]),
                    vec((any::<bool>(), 1..9_i64, 0..3_i64), 0..5),
                ),
                0..60,
            ),
        ) {
            check(&told)?;
        }
    }

    fn check(told: &[Told]) -> Result<(), TestCaseError> {
        let (mut view, mut book, mut counts) = (View::default(), Book::new(), Counts::default());
        let mut seen: Option<[Vec<(Ticks, Lots)>; 2]> = None;
        for (id, (is_whole, depth, told)) in (1..).zip(told) {
            let levels = levels(told);
            let event = if *is_whole || id == 1 {
                MarketEvent::Snapshot {
                    last_id: id,
                    levels: &levels,
                }
            } else {
                MarketEvent::Depth {
                    first_id: id,
                    last_id: id,
                    prev_id: None,
                    levels: &levels,
                }
            };
            view.subscriptions = Subscriptions {
                book_depth: *depth,
                ..Subscriptions::default()
            };
            let mut message = Message::default();
            message.take(&Stamped {
                ts_event_ns: 0,
                ts_recv_ns: 0,
                event,
            });
            let wake = view.receive(&message, &mut book, &mut counts);
            let now = top(&book, *depth);
            let is_shown = *depth > 0 && !book.is_crossed();
            let differs = is_shown && seen.as_ref() != Some(&now);
            prop_assert_eq!(wake == Some(Wake::Book), differs, "message {}", id);
            if is_shown {
                seen = Some(now);
            }
        }
        Ok(())
    }
}
