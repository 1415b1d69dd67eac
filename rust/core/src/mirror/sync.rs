//! Which messages may change a book: the venue's sequence rules.

use std::collections::VecDeque;

use super::Book;
use crate::market::{Level, MarketEvent};

/// Most deltas kept while waiting for a snapshot; beyond it the oldest is dropped, and a snapshot
/// that would have needed it is answered with a gap.
pub const BUFFERED_DELTAS_MAX: usize = 4096;

/// Most levels in all deltas kept, likewise.
pub const BUFFERED_LEVELS_MAX: usize = 1 << 20;

/// The update ids of a delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdateIds {
    /// First update contained (`U`).
    pub first: u64,
    /// Last update contained (`u`).
    pub last: u64,
    /// The `last` of the delta before (`pu`), where the venue says so.
    pub prev: Option<u64>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It changed the book.
    Applied,
    /// It is kept until a snapshot arrives.
    Buffered,
    /// The book already has it.
    Ignored,
    /// Updates between the book and it never arrived. The book is stale and waits for a snapshot.
    Gap {
        /// The update id that had to follow (`U`), or to be named as the one before (`pu`).
        expected: u64,
        /// What came instead.
        got: u64,
    },
}

/// Applies snapshots and deltas to a book in the venue's order, and notices what is missing.
///
/// Two rules, told apart by what the venue sends with each delta:
///
/// * With a previous id (Binance USDⓈ-M and COIN-M, Deribit) deltas form a chain: each names the
///   last id of the one before. A snapshot joins at the first delta with `last ≥ id`, which must
///   also have `first ≤ id` or `prev ≤ id`; a delta with `last == id` is kept.
/// * Without one (Binance spot) ids are consecutive: `first ≤ book + 1 ≤ last` joins or follows;
///   a delta with `last ≤ book` is old.
///
/// Sources: Binance, *How to manage a local order book correctly*, spot and USDⓈ-M editions.
#[derive(Debug, Default)]
pub struct DepthSync {
    state: State,
    buffer: VecDeque<(UpdateIds, Vec<Level>)>,
    /// Levels in the buffer.
    levels: usize,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    /// No snapshot, or a gap since.
    #[default]
    Waiting,
    /// A snapshot with this id, no delta since.
    Joining(u64),
    /// Deltas up to this id.
    Following(u64),
}

impl DepthSync {
    /// Waits for a snapshot.
    pub fn new() -> Self {
        Self::default()
    }

    /// The last update the book contains; `None` while it waits for a snapshot.
    pub const fn last_id(&self) -> Option<u64> {
        match self.state {
            State::Waiting => None,
            State::Joining(id) | State::Following(id) => Some(id),
        }
    }

    /// Deltas kept for the next snapshot.
    pub fn buffered(&self) -> usize {
        self.buffer.len()
    }

    /// Forgets the sequence and the buffer: a new connection.
    pub fn reset(&mut self) {
        self.state = State::Waiting;
        self.buffer.clear();
        self.levels = 0;
    }

    /// Takes a message; `None` where it says nothing about depth.
    #[inline]
    pub fn apply(&mut self, book: &mut Book, event: &MarketEvent<'_>) -> Option<Outcome> {
        match *event {
            MarketEvent::Snapshot { last_id, levels } => Some(self.snapshot(book, last_id, levels)),
            MarketEvent::Depth {
                first_id,
                last_id,
                prev_id,
                levels,
            } => {
                let ids = UpdateIds {
                    first: first_id,
                    last: last_id,
                    prev: prev_id,
                };
                Some(self.delta(book, ids, levels))
            }
            MarketEvent::Trade { .. } | MarketEvent::Quote { .. } => None,
        }
    }

    /// Replaces the book, then applies the buffered deltas that extend it.
    ///
    /// A snapshot older than a book that is not stale is ignored.
    pub fn snapshot(&mut self, book: &mut Book, id: u64, levels: &[Level]) -> Outcome {
        if self.last_id().is_some_and(|last| id < last) {
            return Outcome::Ignored;
        }
        book.apply_snapshot(levels);
        self.state = State::Joining(id);
        while let Some((ids, levels)) = self.buffer.pop_front() {
            if let Outcome::Gap { expected, got } = self.follow(book, ids, &levels) {
                self.buffer.push_front((ids, levels));
                return Outcome::Gap { expected, got };
            }
            self.levels -= levels.len();
        }
        Outcome::Applied
    }

    /// Applies a delta, or says why not.
    #[inline]
    pub fn delta(&mut self, book: &mut Book, ids: UpdateIds, levels: &[Level]) -> Outcome {
        if matches!(self.state, State::Waiting) {
            self.keep(ids, levels);
            return Outcome::Buffered;
        }
        let outcome = self.follow(book, ids, levels);
        if matches!(outcome, Outcome::Gap { .. }) {
            self.keep(ids, levels);
        }
        outcome
    }

    #[inline]
    fn follow(&mut self, book: &mut Book, ids: UpdateIds, levels: &[Level]) -> Outcome {
        match self.judge(ids) {
            Outcome::Applied => {
                book.apply_delta(levels);
                self.state = State::Following(ids.last);
                Outcome::Applied
            }
            Outcome::Gap { expected, got } => {
                book.mark_stale();
                self.state = State::Waiting;
                Outcome::Gap { expected, got }
            }
            other @ (Outcome::Buffered | Outcome::Ignored) => other,
        }
    }

    fn judge(&self, ids: UpdateIds) -> Outcome {
        match (self.state, ids.prev) {
            (State::Waiting, _) => Outcome::Buffered,
            (State::Joining(id), Some(prev)) if ids.last >= id => {
                // Between `prev` and `last` the venue said nothing else, so a snapshot taken
                // anywhere in there is continued by this delta.
                if ids.first <= id || prev <= id {
                    Outcome::Applied
                } else {
                    Outcome::Gap {
                        expected: id,
                        got: prev,
                    }
                }
            }
            (State::Following(last), Some(prev)) if prev == last => Outcome::Applied,
            (State::Following(last), Some(prev)) if ids.last > last => Outcome::Gap {
                expected: last,
                got: prev,
            },
            (State::Joining(_) | State::Following(_), Some(_)) => Outcome::Ignored,
            (State::Joining(last) | State::Following(last), None) => {
                if ids.last <= last {
                    Outcome::Ignored
                } else if ids.first <= last.saturating_add(1) {
                    Outcome::Applied
                } else {
                    Outcome::Gap {
                        expected: last.saturating_add(1),
                        got: ids.first,
                    }
                }
            }
        }
    }

    #[cold]
    fn keep(&mut self, ids: UpdateIds, levels: &[Level]) {
        self.levels += levels.len();
        while self.buffer.len() == BUFFERED_DELTAS_MAX || self.levels > BUFFERED_LEVELS_MAX {
            match self.buffer.pop_front() {
                Some((_, dropped)) => self.levels -= dropped.len(),
                None => break,
            }
        }
        self.buffer.push_back((ids, levels.to_vec()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Lots, Side, Ticks};

    /// The level a delta sets carries the delta's own id as quantity, so a test can see it.
    fn levels(id: u64) -> [Level; 1] {
        [Level {
            side: Side::Buy,
            price: Ticks(1),
            qty: Lots(id.cast_signed()),
        }]
    }

    struct Feed {
        book: Book,
        sync: DepthSync,
    }

    impl Feed {
        fn new() -> Self {
            Self {
                book: Book::new(),
                sync: DepthSync::new(),
            }
        }

        fn delta(&mut self, first: u64, last: u64, prev: Option<u64>) -> Outcome {
            let ids = UpdateIds { first, last, prev };
            self.sync.delta(&mut self.book, ids, &levels(last))
        }

        fn snapshot(&mut self, id: u64) -> Outcome {
            self.sync.snapshot(&mut self.book, id, &levels(id))
        }

        fn shown(&self) -> u64 {
            self.book.qty_at(Side::Buy, Ticks(1)).0.cast_unsigned()
        }
    }

    #[test]
    fn futures_drop_what_is_older_than_the_snapshot_and_keep_what_ends_on_it() {
        for (first, last, prev, outcome) in [
            (80, 99, 70, Outcome::Ignored),
            (90, 100, 85, Outcome::Applied),
            (95, 105, 94, Outcome::Applied),
            (103, 105, 98, Outcome::Applied),
            (101, 105, 100, Outcome::Applied),
        ] {
            let mut feed = Feed::new();
            feed.snapshot(100);
            assert_eq!(
                feed.delta(first, last, Some(prev)),
                outcome,
                "{first}..{last}"
            );
        }
    }

    #[test]
    fn futures_follow_the_chain_of_previous_ids() {
        let mut feed = Feed::new();
        feed.snapshot(100);
        assert_eq!(feed.delta(95, 105, Some(94)), Outcome::Applied);
        assert_eq!(feed.delta(110, 120, Some(105)), Outcome::Applied);
        assert_eq!(feed.delta(110, 120, Some(105)), Outcome::Ignored);
        let gap = Outcome::Gap {
            expected: 120,
            got: 130,
        };
        assert_eq!(feed.delta(131, 140, Some(130)), gap);
        assert!(feed.book.is_stale());
    }

    #[test]
    fn futures_snapshot_before_the_first_delta_is_a_gap() {
        let mut feed = Feed::new();
        feed.snapshot(100);
        let gap = Outcome::Gap {
            expected: 100,
            got: 103,
        };
        assert_eq!(feed.delta(104, 110, Some(103)), gap);
    }

    #[test]
    fn spot_ids_are_consecutive() {
        let mut feed = Feed::new();
        feed.snapshot(100);
        assert_eq!(feed.delta(90, 100, None), Outcome::Ignored);
        assert_eq!(feed.delta(95, 102, None), Outcome::Applied);
        assert_eq!(feed.delta(103, 103, None), Outcome::Applied);
        let gap = Outcome::Gap {
            expected: 104,
            got: 105,
        };
        assert_eq!(feed.delta(105, 106, None), gap);
        assert_eq!(feed.sync.last_id(), None);
    }

    #[test]
    fn deltas_before_the_snapshot_wait_for_it() {
        let mut feed = Feed::new();
        for (first, last) in [(1, 5), (6, 9), (10, 12)] {
            assert_eq!(feed.delta(first, last, None), Outcome::Buffered);
        }
        assert!(feed.book.is_stale());
        assert_eq!(feed.snapshot(7), Outcome::Applied);
        assert_eq!((feed.shown(), feed.sync.last_id()), (12, Some(12)));
        assert!(!feed.book.is_stale());
    }

    #[test]
    fn a_gap_is_healed_by_the_next_snapshot_and_what_came_meanwhile() {
        let mut feed = Feed::new();
        feed.snapshot(100);
        feed.delta(110, 112, None);
        assert_eq!(feed.delta(113, 115, None), Outcome::Buffered);
        assert_eq!(feed.snapshot(111), Outcome::Applied);
        assert_eq!((feed.shown(), feed.book.is_stale()), (115, false));
    }

    #[test]
    fn a_snapshot_too_old_for_the_buffer_is_a_gap_and_a_newer_one_heals_it() {
        let mut feed = Feed::new();
        feed.delta(110, 112, None);
        let gap = Outcome::Gap {
            expected: 101,
            got: 110,
        };
        assert_eq!(feed.snapshot(100), gap);
        assert!(feed.book.is_stale());
        assert_eq!(feed.snapshot(111), Outcome::Applied);
        assert_eq!(feed.shown(), 112);
    }

    #[test]
    fn the_buffer_is_bounded_and_its_loss_is_noticed() {
        let mut feed = Feed::new();
        for id in 1..=BUFFERED_DELTAS_MAX as u64 + 1 {
            assert_eq!(feed.delta(id, id, None), Outcome::Buffered);
        }
        assert_eq!(feed.sync.buffered(), BUFFERED_DELTAS_MAX);
        let gap = Outcome::Gap {
            expected: 1,
            got: 2,
        };
        assert_eq!(feed.snapshot(0), gap);
    }

    #[test]
    fn the_buffer_is_bounded_in_levels_too() {
        let mut feed = Feed::new();
        let many = vec![levels(1)[0]; BUFFERED_LEVELS_MAX / 4];
        for id in 1..=6 {
            let ids = UpdateIds {
                first: id,
                last: id,
                prev: None,
            };
            feed.sync.delta(&mut feed.book, ids, &many);
        }
        assert_eq!(feed.sync.buffered(), 4);
        assert_eq!(feed.snapshot(2), Outcome::Applied);
        assert_eq!(feed.sync.last_id(), Some(6));
    }

    #[test]
    fn trades_and_quotes_say_nothing_about_depth() {
        let mut feed = Feed::new();
        let trade = MarketEvent::Trade {
            id: 1,
            price: Ticks(1),
            qty: Lots(1),
            aggressor: Side::Buy,
        };
        assert_eq!(feed.sync.apply(&mut feed.book, &trade), None);
    }
}
