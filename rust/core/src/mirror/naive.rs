//! The slow obvious twins: a book of two ordered maps, and the laws that hold the fast one to it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Book, DepthSync, Outcome, UpdateIds};
use crate::market::Level;
use crate::units::{Lots, Side, Ticks};

#[derive(Default)]
struct NaiveBook {
    bids: BTreeMap<i64, i64>,
    asks: BTreeMap<i64, i64>,
}

impl NaiveBook {
    fn apply(&mut self, level: Level) {
        let side = match level.side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        };
        if level.qty.0 == 0 {
            side.remove(&level.price.0);
        } else {
            side.insert(level.price.0, level.qty.0);
        }
    }

    fn depth(&self, side: Side) -> Vec<(i64, i64)> {
        let pair = |(price, qty): (&i64, &i64)| (*price, *qty);
        match side {
            Side::Buy => self.bids.iter().rev().map(pair).collect(),
            Side::Sell => self.asks.iter().map(pair).collect(),
        }
    }
}

fn depth(book: &Book, side: Side) -> Vec<(i64, i64)> {
    book.depth(side, usize::MAX)
        .map(|(price, qty)| (price.0, qty.0))
        .collect()
}

fn assert_twins(book: &Book, naive: &NaiveBook) {
    for side in [Side::Buy, Side::Sell] {
        let expected = naive.depth(side);
        assert_eq!(depth(book, side), expected, "{side}");
        assert_eq!(book.levels(side), expected.len(), "{side}");
        let best = book.best(side).map(|(price, qty)| (price.0, qty.0));
        assert_eq!(best, expected.first().copied(), "{side}");
        for (price, qty) in expected {
            assert_eq!(book.qty_at(side, Ticks(price)), Lots(qty));
        }
    }
}

/// Prices that stay near a touch, jump by more than a window, and lie at the ends of the range.
fn price() -> impl Strategy<Value = i64> {
    prop_oneof![
        8 => 618_000..618_200_i64,
        4 => 500_000..900_000_i64,
        2 => -3_000_000..3_000_000_i64,
        1 => prop::sample::select(vec![i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX]),
    ]
}

fn level() -> impl Strategy<Value = Level> {
    (any::<bool>(), price(), prop_oneof![Just(0), 1..9_i64]).prop_map(|(buy, price, qty)| Level {
        side: if buy { Side::Buy } else { Side::Sell },
        price: Ticks(price),
        qty: Lots(qty),
    })
}

proptest! {
    #[test]
    fn fast_and_slow_books_agree(levels in prop::collection::vec(level(), 0..300)) {
        let (mut book, mut naive) = (Book::new(), NaiveBook::default());
        for (at, level) in levels.iter().enumerate() {
            book.apply_delta(std::slice::from_ref(level));
            naive.apply(*level);
            let best = naive.depth(level.side).first().copied();
            prop_assert_eq!(book.best(level.side).map(|(p, q)| (p.0, q.0)), best);
            if at % 50 == 0 {
                assert_twins(&book, &naive);
            }
        }
        assert_twins(&book, &naive);
        // Taking the levels away from the best on walks the window over the whole book.
        for side in [Side::Buy, Side::Sell] {
            while let Some((price, _)) = book.best(side) {
                let gone = Level { side, price, qty: Lots(0) };
                book.apply_delta(&[gone]);
                naive.apply(gone);
                prop_assert_eq!(book.levels(side), naive.depth(side).len());
            }
        }
        prop_assert!(book.is_empty());
    }

    #[test]
    fn a_snapshot_leaves_nothing_of_the_book_before(
        before in prop::collection::vec(level(), 0..50),
        after in prop::collection::vec(level(), 0..50),
    ) {
        let (mut book, mut naive) = (Book::new(), NaiveBook::default());
        book.apply_delta(&before);
        book.apply_snapshot(&after);
        for level in &after {
            naive.apply(*level);
        }
        assert_twins(&book, &naive);
    }

    /// A venue sends deltas, each of them lost with some chance, and snapshots now and then. A book
    /// that does not call itself stale is the venue's book as of the last id it names.
    #[test]
    fn a_book_that_is_not_stale_is_the_venues(
        script in prop::collection::vec((level(), 0..10_u8, 1..4_u64), 1..200),
        chained in any::<bool>(),
    ) {
        let (mut book, mut sync) = (Book::new(), DepthSync::new());
        let mut venue = NaiveBook::default();
        let mut history = BTreeMap::from([(0, Vec::new())]);
        let mut last = 0;
        for (level, fate, step) in script {
            venue.apply(level);
            let ids = UpdateIds {
                first: if chained { last + step } else { last + 1 },
                last: last + step,
                prev: chained.then_some(last),
            };
            last += step;
            history.insert(last, [venue.depth(Side::Buy), venue.depth(Side::Sell)].concat());
            if fate != 0 {
                sync.delta(&mut book, ids, &[level]);
            }
            if fate == 1 {
                let levels: Vec<Level> = [Side::Buy, Side::Sell]
                    .into_iter()
                    .flat_map(|side| venue.depth(side).into_iter().map(move |(price, qty)| Level {
                        side, price: Ticks(price), qty: Lots(qty),
                    }))
                    .collect();
                sync.snapshot(&mut book, last, &levels);
            }
            if !book.is_stale() {
                let id = sync.last_id().expect("a book that is not stale has an id");
                let held = [depth(&book, Side::Buy), depth(&book, Side::Sell)].concat();
                prop_assert_eq!(&held, &history[&id]);
            }
        }
    }
}

#[test]
fn an_old_snapshot_does_not_turn_a_live_book_back() {
    let (mut book, mut sync) = (Book::new(), DepthSync::new());
    assert_eq!(sync.snapshot(&mut book, 10, &[]), Outcome::Applied);
    assert_eq!(sync.snapshot(&mut book, 9, &[]), Outcome::Ignored);
    assert_eq!(sync.last_id(), Some(10));
}
