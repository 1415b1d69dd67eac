//! The venue's book as recorded: depth messages, refreshed at the touch by quotes.
//!
//! A quote names the best levels as of its update id, usually newer than the last depth message. So
//! a newer quote sets both touches and removes what stood better; a depth message that comes later
//! but is older may not undo that.

use crate::market::{Level, MarketEvent};
use crate::mirror::{Book, DepthSync, Outcome, UpdateIds};
use crate::units::{Lots, Side, Ticks};

use super::by_order::Orders;
use super::taker::Taken;

/// What a message did to the recorded book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing that matters.
    None,
    /// The levels in [`Recorded::changed`] were told.
    Levels,
    /// A whole book came; `after_loss` when the one before was not known.
    Replaced { after_loss: bool },
    /// Messages are missing, nothing is known until the next snapshot.
    Lost,
}

#[derive(Clone, Copy, Debug)]
struct Touch {
    id: u64,
    bid: Ticks,
    ask: Ticks,
}

/// The recorded book, its sequence rule, and what of it is no longer there for us.
pub(super) struct Recorded {
    pub(super) book: Book,
    pub(super) taken: Taken,
    /// Levels the last message told, for [`Change::Levels`].
    pub(super) changed: Vec<Level>,
    sync: DepthSync,
    touch: Option<Touch>,
    is_over: bool,
    /// The orders behind the book, where the recording knows them.
    pub(super) orders: Option<Orders>,
}

impl Recorded {
    pub(super) fn new() -> Self {
        Self {
            book: Book::new(),
            taken: Taken::default(),
            changed: Vec::new(),
            sync: DepthSync::new(),
            touch: None,
            is_over: false,
            orders: None,
        }
    }

    /// What comes next does not continue what came before: nothing is known until a snapshot.
    pub(super) fn lose(&mut self) {
        self.book.mark_stale();
        self.sync.reset();
    }

    /// The recording is over: from here on nothing is known.
    pub(super) fn end(&mut self) {
        self.is_over = true;
        self.lose();
    }

    /// The best level of one side that still has something for us.
    pub(super) fn best_available(&self, side: Side) -> Option<Ticks> {
        self.book
            .depth(side, usize::MAX)
            .find(|(price, displayed)| self.taken.available(side, *price, *displayed).0 > 0)
            .map(|(price, _)| price)
    }

    /// Best bid plus best ask; zero when a side is empty, or after the end.
    pub(super) fn mid(&self) -> i64 {
        if self.is_over {
            return 0;
        }
        match (self.book.best_bid(), self.book.best_ask()) {
            (Some((bid, _)), Some((ask, _))) => bid.0 + ask.0,
            _ => 0,
        }
    }

    /// Applies a message about depth or the touch.
    pub(super) fn apply(&mut self, event: &MarketEvent<'_>) -> Change {
        match *event {
            MarketEvent::Snapshot { last_id, levels } => self.snapshot(last_id, levels),
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
                self.delta(ids, levels)
            }
            MarketEvent::Quote {
                id,
                bid,
                bid_qty,
                ask,
                ask_qty,
            } => self.quote(id, (bid, bid_qty), (ask, ask_qty)),
            MarketEvent::Trade {
                price,
                qty,
                aggressor,
                ..
            } => {
                // What is not displayed cannot be taken anyway, so it need not be remembered.
                let side = aggressor.opposite();
                if self.book.qty_at(side, price).0 > 0 {
                    self.taken.trade(side, price, qty);
                }
                Change::None
            }
        }
    }

    fn snapshot(&mut self, id: u64, levels: &[Level]) -> Change {
        let after_loss = self.book.is_stale();
        match self.sync.snapshot(&mut self.book, id, levels) {
            Outcome::Applied => {
                self.taken.clear();
                self.touch = None;
                Change::Replaced { after_loss }
            }
            Outcome::Gap { .. } => Change::Lost,
            Outcome::Buffered | Outcome::Ignored => Change::None,
        }
    }

    fn delta(&mut self, ids: UpdateIds, levels: &[Level]) -> Change {
        self.changed.clear();
        let newer = self.touch.filter(|touch| touch.id > ids.last);
        match newer {
            Some(touch) if !self.book.is_stale() => {
                let older = levels.iter().filter(|level| match level.side {
                    Side::Buy => level.price < touch.bid,
                    Side::Sell => level.price > touch.ask,
                });
                self.changed.extend(older);
            }
            _ => self.changed.extend_from_slice(levels),
        }
        match self.sync.delta(&mut self.book, ids, &self.changed) {
            Outcome::Applied => {
                self.refresh();
                Change::Levels
            }
            Outcome::Gap { .. } => Change::Lost,
            Outcome::Buffered | Outcome::Ignored => Change::None,
        }
    }

    fn quote(&mut self, id: u64, bid: (Ticks, Lots), ask: (Ticks, Lots)) -> Change {
        let newer = self.sync.last_id().is_some_and(|last| id > last)
            && self.touch.is_none_or(|touch| id >= touch.id);
        if !newer || bid.1.0 == 0 || ask.1.0 == 0 {
            return Change::None;
        }
        self.touch = Some(Touch {
            id,
            bid: bid.0,
            ask: ask.0,
        });
        self.changed.clear();
        self.set_touch(Side::Buy, bid);
        self.set_touch(Side::Sell, ask);
        if self.changed.is_empty() {
            return Change::None;
        }
        self.book.apply_delta(&self.changed);
        self.refresh();
        Change::Levels
    }

    fn set_touch(&mut self, side: Side, (price, qty): (Ticks, Lots)) {
        if let Some((best, shown)) = self.book.best(side)
            && best == price
        {
            if shown != qty {
                self.changed.push(Level { side, price, qty });
            }
            return;
        }
        let better = self.book.depth(side, usize::MAX).take_while(|(at, _)| {
            *at != price && super::taker::reaches(side.opposite(), price, *at)
        });
        let zero = Lots(0);
        self.changed.extend(better.map(|(price, _)| Level {
            side,
            price,
            qty: zero,
        }));
        if self.book.qty_at(side, price) != qty {
            self.changed.push(Level { side, price, qty });
        }
    }

    fn refresh(&mut self) {
        self.taken.refresh(&self.book);
    }
}
