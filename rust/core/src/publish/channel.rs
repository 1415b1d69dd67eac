//! One symbol's part of a publisher.

use crate::market::Level;
use crate::matching::{BookEvent, Phase};
use crate::mirror::Book;
use crate::publish::update::{DepthUpdate, Snapshot, Touch, Trade, Update, check};
use crate::units::{Lots, Side, Ticks};

/// By how much a level shows more, in lots; sorted bids from the best, then asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shift {
    side: Side,
    /// The price, negative for bids, so that better ones are smaller.
    rank: i64,
    more: i64,
}

/// The book of one symbol and what the present batch did to it.
pub(super) struct Channel {
    symbol: u32,
    /// The book before the batch.
    book: Book,
    phase: Phase,
    /// Number of the last event published.
    last: u64,
    touch: Touch,
    checksum: u32,
    /// Whether somebody looked at the book in the middle of the batch: a level that came before he
    /// looked and went after is the same as before the batch, but not to him.
    is_seen: bool,
    events: Vec<BookEvent>,
    trades: Vec<Trade>,
    levels: Vec<Level>,
}

impl Channel {
    /// Nothing published yet, and a book of these levels.
    pub(super) fn new(symbol: u32, phase: Phase, levels: &[Level]) -> Self {
        let mut channel = Self {
            symbol,
            book: Book::new(),
            phase,
            last: 0,
            touch: Touch::default(),
            checksum: 0,
            is_seen: false,
            events: Vec::new(),
            trades: Vec::new(),
            levels: Vec::new(),
        };
        channel.skip(phase, levels);
        channel
    }

    /// Ends the batch untold: the book is of these levels now.
    pub(super) fn skip(&mut self, phase: Phase, levels: &[Level]) {
        self.last += self.events.len() as u64;
        self.phase = phase;
        self.book.apply_snapshot(levels);
        self.touch = Touch::of(&self.book);
        self.checksum = check(&self.book);
        self.forget();
    }

    fn forget(&mut self) {
        self.is_seen = false;
        self.events.clear();
        self.trades.clear();
        self.levels.clear();
    }

    /// Takes note of an event; answers whether it is the first of its batch.
    #[inline]
    pub(super) fn note(&mut self, event: BookEvent) -> bool {
        self.events.push(event);
        self.events.len() == 1
    }

    /// Takes note of a trade; the events it causes follow.
    #[inline]
    pub(super) fn note_trade(&mut self, trade: Trade) {
        self.trades.push(trade);
    }

    /// Number of the last event, told or not; the update of the batch will list what it touched.
    pub(super) const fn look(&mut self) -> u64 {
        self.is_seen = true;
        self.last + self.events.len() as u64
    }

    /// The book as of the last update.
    pub(super) const fn snapshot(&self) -> Snapshot<'_> {
        Snapshot {
            last: self.last,
            phase: self.phase,
            checksum: self.checksum,
            book: &self.book,
        }
    }

    /// Ends the batch, tells it, and forgets it; `shifts` is room to count in.
    pub(super) fn publish(&mut self, shifts: &mut Vec<Shift>, tell: &mut impl FnMut(&Update<'_>)) {
        let prev = self.last;
        self.last += self.events.len() as u64;
        self.settle(shifts);
        let mut touch = None;
        if !self.levels.is_empty() {
            let now = Touch::of(&self.book);
            touch = Some(now).filter(|now| *now != self.touch);
            self.touch = now;
            self.checksum = check(&self.book);
        }
        tell(&Update {
            depth: DepthUpdate {
                symbol: self.symbol,
                prev,
                first: prev + 1,
                last: self.last,
                levels: &self.levels,
                touch,
                checksum: self.checksum,
            },
            events: &self.events,
            trades: &self.trades,
        });
        self.forget();
    }

    /// Brings the book up to date and lists the levels that are different from before the batch.
    fn settle(&mut self, shifts: &mut Vec<Shift>) {
        shifts.clear();
        for event in &self.events {
            if let Some((order, more)) = event.shift() {
                shifts.push(Shift {
                    side: order.side,
                    rank: -order.price * order.side.sign(),
                    more,
                });
            } else if let BookEvent::Phase { phase, .. } = *event {
                self.phase = phase;
            }
        }
        shifts.sort_unstable();
        for same in shifts.chunk_by(|a, b| (a.side, a.rank) == (b.side, b.rank)) {
            // What a level shows fits, though sums on the way there may not: wrapping is exact.
            let more = same
                .iter()
                .fold(0_i64, |sum, shift| sum.wrapping_add(shift.more));
            if more == 0 && !self.is_seen {
                continue;
            }
            let Shift { side, rank, .. } = same[0];
            let price = Ticks(-rank * side.sign());
            let qty = Lots(self.book.qty_at(side, price).0.wrapping_add(more));
            self.book.set(side, price, qty);
            self.levels.push(Level { side, price, qty });
        }
    }
}
