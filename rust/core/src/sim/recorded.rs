//! The venue's book as recorded: depth messages, refreshed at the touch by quotes.
//!
//! Nothing here depends on what we do, so runs over one recording share it; see `group`.
//!
//! A quote names the best levels as of its update id, usually newer than the last depth message. So
//! a newer quote sets both touches and removes what stood better; a depth message that comes later
//! but is older may not undo that.

use crate::market::{Level, MarketEvent};
use crate::mirror::{Book, DepthSync, Outcome, UpdateIds};
use crate::units::{Lots, Side, Ticks};

use super::taker::reaches;

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
    best: [(Ticks, Lots); 2],
    /// Whether nothing but older depth has come since, so that these are the best levels.
    stands: bool,
}

/// The recorded book and its sequence rule.
pub(super) struct Recorded {
    pub(super) book: Book,
    /// Levels the last message told, for [`Change::Levels`]; a depth message that was only followed
    /// leaves some of them out.
    changed: Vec<Level>,
    /// Whether only a part of the last depth message was taken.
    is_part: bool,
    /// By side and the last six bits of a price: whether one of them may be among those.
    touched: [u64; 2],
    sync: DepthSync,
    touch: Option<Touch>,
    /// The best levels after the message that was applied last.
    pub(super) best: [Option<Ticks>; 2],
    /// Best bid plus best ask where the book is not asked: after the end, or while it is lent.
    told_mid: Option<i64>,
}

impl Recorded {
    pub(super) fn new() -> Self {
        Self {
            book: Book::new(),
            changed: Vec::new(),
            is_part: false,
            touched: [0; 2],
            sync: DepthSync::new(),
            touch: None,
            best: [None; 2],
            told_mid: None,
        }
    }

    /// What comes next does not continue what came before: nothing is known until a snapshot.
    pub(super) fn lose(&mut self) {
        self.book.mark_stale();
        self.sync.reset();
    }

    /// The recording is over: from here on nothing is known.
    pub(super) fn end(&mut self) {
        self.told_mid = Some(0);
        self.lose();
    }

    /// Keeps of `other`, which is lent for moments only, the middle: what a result asks for.
    pub(super) fn remember(&mut self, other: &Self) {
        self.told_mid = Some(other.mid());
    }

    /// Best bid plus best ask; zero when a side is empty, or after the end.
    pub(super) fn mid(&self) -> i64 {
        if let Some(mid) = self.told_mid {
            return mid;
        }
        match (self.book.best_bid(), self.book.best_ask()) {
            (Some((bid, _)), Some((ask, _))) => bid.0 + ask.0,
            _ => 0,
        }
    }

    /// Applies a message with its levels, and notes what it told and the best levels then: for
    /// whoever has orders there.
    #[inline]
    pub(super) fn apply(&mut self, event: &MarketEvent<'_>, levels: &[Level]) -> Change {
        let change = self.follow(event, levels);
        if matches!(event, MarketEvent::Depth { .. }) && !self.is_part {
            self.changed.extend_from_slice(levels);
        }
        self.best = [Side::Buy, Side::Sell].map(|side| self.book.best(side).map(|(at, _)| at));
        self.touched = [0; 2];
        for level in &self.changed {
            self.touched[level.side as usize] |= bit(level.price);
        }
        change
    }

    /// Applies a message that is of interest to no order: nothing is noted.
    #[inline]
    pub(super) fn follow(&mut self, event: &MarketEvent<'_>, levels: &[Level]) -> Change {
        match *event {
            MarketEvent::Snapshot { last_id, .. } => self.snapshot(last_id, levels),
            MarketEvent::Depth {
                first_id,
                last_id,
                prev_id,
                ..
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
            MarketEvent::Trade { .. } => Change::None,
        }
    }

    fn snapshot(&mut self, id: u64, levels: &[Level]) -> Change {
        let after_loss = self.book.is_stale();
        match self.sync.snapshot(&mut self.book, id, levels) {
            Outcome::Applied => {
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
        let newer = newer.filter(|_| !self.book.is_stale());
        self.is_part = newer.is_some();
        let levels = if let Some(touch) = newer {
            let [(bid, _), (ask, _)] = touch.best;
            let older = levels.iter().filter(|level| match level.side {
                Side::Buy => level.price < bid,
                Side::Sell => level.price > ask,
            });
            self.changed.extend(older);
            &self.changed
        } else {
            if let Some(touch) = &mut self.touch {
                touch.stands = false;
            }
            levels
        };
        match self.sync.delta(&mut self.book, ids, levels) {
            Outcome::Applied => Change::Levels,
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
        let (before, best) = (self.touch.filter(|touch| touch.stands), [bid, ask]);
        self.touch = Some(Touch {
            id,
            best,
            stands: true,
        });
        self.changed.clear();
        for side in [Side::Buy, Side::Sell] {
            let now = best[side as usize];
            match before.map(|touch| touch.best[side as usize]) {
                Some(stood) if stood == now => {}
                Some(stood) if stood.0 == now.0 => self.tell(side, now),
                _ => self.set_touch(side, now),
            }
        }
        if self.changed.is_empty() {
            return Change::None;
        }
        Change::Levels
    }

    /// What the last message told of a price.
    #[inline]
    pub(super) fn told_at(&self, side: Side, price: Ticks) -> impl Iterator<Item = Lots> {
        let is_there = self.touched[side as usize] & bit(price) != 0;
        let levels = if is_there {
            self.changed.as_slice()
        } else {
            &[]
        };
        let here = levels
            .iter()
            .filter(move |level| (level.side, level.price) == (side, price));
        here.map(|level| level.qty)
    }

    /// Removes what stands better than `touch`, and sets that.
    #[inline]
    fn set_touch(&mut self, side: Side, touch: (Ticks, Lots)) {
        let is_better = |at: Ticks| at != touch.0 && reaches(side.opposite(), touch.0, at);
        let mut best = self.book.best(side);
        while let Some((at, _)) = best.filter(|(at, _)| is_better(*at)) {
            self.tell(side, (at, Lots(0)));
            best = self.book.best(side);
        }
        if best != Some(touch) {
            self.tell(side, touch);
        }
    }

    /// Sets a level, and notes it.
    fn tell(&mut self, side: Side, (price, qty): (Ticks, Lots)) {
        self.book.set(side, price, qty);
        self.changed.push(Level { side, price, qty });
    }
}

/// The bit of a price.
const fn bit(price: Ticks) -> u64 {
    1 << (price.0 & 63)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// The rule in plain words: a newer quote removes what stands better and sets both touches; of
    /// depth that is older than the quote only what lies behind the touches counts.
    #[derive(Default)]
    struct Plain {
        sides: [BTreeMap<i64, i64>; 2],
        quote: Option<(u64, [i64; 2])>,
    }

    impl Plain {
        fn set(&mut self, side: Side, price: i64, qty: i64) {
            let levels = &mut self.sides[side as usize];
            if qty == 0 {
                levels.remove(&price);
            } else {
                levels.insert(price, qty);
            }
        }

        fn depth(&mut self, id: u64, levels: &[Level]) {
            for level in levels {
                let (side, price) = (level.side, level.price.0);
                let is_behind = match self.quote {
                    Some((newer, [bid, ask])) if newer > id => match side {
                        Side::Buy => price < bid,
                        Side::Sell => price > ask,
                    },
                    _ => true,
                };
                if is_behind {
                    self.set(side, price, level.qty.0);
                }
            }
        }

        fn quote(&mut self, id: u64, bid: (i64, i64), ask: (i64, i64)) {
            self.quote = Some((id, [bid.0, ask.0]));
            self.sides[0].retain(|price, _| *price <= bid.0);
            self.sides[1].retain(|price, _| *price >= ask.0);
            self.set(Side::Buy, bid.0, bid.1);
            self.set(Side::Sell, ask.0, ask.1);
        }
    }

    fn level((is_bid, price, qty): &(bool, i64, i64)) -> Level {
        Level {
            side: if *is_bid { Side::Buy } else { Side::Sell },
            price: Ticks(*price),
            qty: Lots(*qty),
        }
    }

    /// A quote this many updates ahead of the depth, or depth.
    #[derive(Clone, Debug)]
    enum Told {
        Quote(u64, (i64, i64), (i64, i64)),
        Depth(Vec<(bool, i64, i64)>),
    }

    fn told() -> impl Strategy<Value = Told> {
        let best = || (1..6_i64, 1..3_i64);
        prop_oneof![
            (1..3_u64, best(), best()).prop_map(|(ahead, bid, ask)| Told::Quote(ahead, bid, ask)),
            vec((any::<bool>(), 1..6_i64, 0..3_i64), 0..4).prop_map(Told::Depth),
        ]
    }

    proptest! {
        #[test]
        fn quotes_and_depth_make_the_book_of_the_plain_rule(told in vec(told(), 0..40)) {
            let (mut recorded, mut plain) = (Recorded::new(), Plain::default());
            let mut last_id = 1;
            let start = MarketEvent::Snapshot { last_id, levels: &[] };
            recorded.follow(&start, &[]);
            for told in &told {
                match told {
                    Told::Quote(ahead, bid, ask) => {
                        let id = last_id + ahead;
                        let event = MarketEvent::Quote {
                            id,
                            bid: Ticks(bid.0),
                            bid_qty: Lots(bid.1),
                            ask: Ticks(ask.0),
                            ask_qty: Lots(ask.1),
                        };
                        if plain.quote.is_none_or(|(newest, _)| id >= newest) {
                            plain.quote(id, *bid, *ask);
                        }
                        recorded.follow(&event, &[]);
                    }
                    Told::Depth(levels) => {
                        last_id += 1;
                        let levels: Vec<Level> = levels.iter().map(level).collect();
                        let event = MarketEvent::Depth {
                            first_id: last_id,
                            last_id,
                            prev_id: None,
                            levels: &[],
                        };
                        plain.depth(last_id, &levels);
                        recorded.follow(&event, &levels);
                    }
                }
                for side in [Side::Buy, Side::Sell] {
                    let mut found: Vec<(i64, i64)> = recorded
                        .book
                        .depth(side, usize::MAX)
                        .map(|(price, qty)| (price.0, qty.0))
                        .collect();
                    found.sort_unstable();
                    let expected: Vec<(i64, i64)> =
                        plain.sides[side as usize].clone().into_iter().collect();
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}
