//! An order on its way in: what it takes, what it does where it meets one of ours, what rests.

use crate::oms::message::{Liquidity, VenueReply};
use crate::order::{OrderType, SelfTradePrevention, TimeInForce};
use crate::units::{Lots, Side, Ticks};

use super::exchange::{Exchange, Live};
use super::taker::{reaches, walk};

impl Exchange {
    /// Lets an accepted order trade, and rest where it may.
    pub(super) fn enter(&mut self, now_ns: i64, key: u64) {
        let Some(live) = self.orders.get(&key).copied() else {
            return;
        };
        let goes_on = self.sweep(now_ns, key, live.limit());
        let Some(after) = self.orders.get_mut(&key) else {
            return;
        };
        let rests = match live.order_type {
            OrderType::Limit | OrderType::StopLimit => live.time_in_force.rests(),
            OrderType::MarketToLimit => after.filled > live.filled && live.time_in_force.rests(),
            OrderType::Market | OrderType::Stop | OrderType::TrailingStop => false,
        };
        if rests && live.order_type == OrderType::MarketToLimit {
            (after.price, after.order_type) = (self.last, OrderType::Limit);
            let (price, qty) = (after.price, after.total);
            let stop = Ticks(0);
            self.reply(now_ns, key, VenueReply::Replaced { price, qty, stop });
        }
        self.settle_remainder(now_ns, key, rests && goes_on);
    }

    /// Takes what is there up to `limit`; whether what is left may go on.
    fn sweep(&mut self, now_ns: i64, key: u64, limit: Option<Ticks>) -> bool {
        loop {
            let Some(live) = self.orders.get(&key).copied() else {
                return false;
            };
            let wanted = self.wanted(&live);
            let own = self.own_within(live.side, limit);
            let (left, _) = self.look_up(live.side, before(own, live.side, limit), wanted);
            self.book_takes(now_ns, key);
            let Some((at, other, leaves)) = own.filter(|_| left.0 > 0) else {
                return true;
            };
            match self.rules.self_trade {
                SelfTradePrevention::CancelNewest => return false,
                SelfTradePrevention::CancelOldest => self.cancel(now_ns, other),
                SelfTradePrevention::CancelBoth => {
                    self.cancel(now_ns, other);
                    return false;
                }
                SelfTradePrevention::Decrement => {
                    let both = left.min(leaves);
                    self.shrink(now_ns, other, both, at);
                    self.shrink(now_ns, key, both, at);
                }
                SelfTradePrevention::None => self.trade_within(now_ns, key, other, left),
            }
        }
    }

    /// Our best order that an order of `side` would meet up to `limit`.
    fn own_within(&self, side: Side, limit: Option<Ticks>) -> Option<(Ticks, u64, Lots)> {
        let own = self.resting.first(side.opposite());
        own.filter(|own| limit.is_none_or(|limit| reaches(side, limit, own.0)))
    }

    /// What an order that comes in now would not find.
    pub(super) fn not_found(&mut self, live: &Live, wanted: Lots) -> Lots {
        let limit = live.limit();
        let own = match self.rules.self_trade {
            SelfTradePrevention::CancelNewest | SelfTradePrevention::CancelBoth => {
                self.own_within(live.side, limit)
            }
            SelfTradePrevention::CancelOldest
            | SelfTradePrevention::Decrement
            | SelfTradePrevention::None => None,
        };
        let (left, _) = self.look_up(live.side, before(own, live.side, limit), wanted);
        if self.rules.self_trade == SelfTradePrevention::None {
            let ours = self.resting.within(live.side.opposite(), limit);
            return Lots((left.0 - ours.0).max(0));
        }
        left
    }

    /// Fills `hits` with what an order would take; returns what is left, and what was found.
    fn look_up(&mut self, side: Side, limit: Option<Ticks>, qty: Lots) -> (Lots, Lots) {
        self.hits.clear();
        let levels = self.recorded.book.depth(side.opposite(), usize::MAX);
        let left = walk(levels, &self.taken, side, limit, qty, &mut self.hits);
        (left, Lots(qty.0 - left.0))
    }

    fn book_takes(&mut self, now_ns: i64, key: u64) {
        let hits = std::mem::take(&mut self.hits);
        for (price, qty) in &hits {
            let Some(live) = self.orders.get(&key) else {
                break;
            };
            self.taken.take(live.side.opposite(), *price, *qty);
            self.last = *price;
            self.fill(now_ns, key, *price, *qty, Liquidity::Taker);
        }
        self.hits = hits;
    }

    fn cancel(&mut self, now_ns: i64, key: u64) {
        if self.take_out(key).is_some() {
            self.reply(now_ns, key, VenueReply::Canceled);
        }
    }

    /// Takes `lots` off what is open of an order; what has nothing open then is out. It is told
    /// with its own limit, without one with the price `at` which it met ours.
    fn shrink(&mut self, now_ns: i64, key: u64, lots: Lots, at: Ticks) {
        let Some(live) = self.orders.get_mut(&key) else {
            return;
        };
        live.total.0 -= lots.0;
        let live = *live;
        if live.leaves().0 == 0 {
            return self.cancel(now_ns, key);
        }
        self.resting
            .reduce(live.side, live.price, key, live.leaves());
        let price = if live.price.0 > 0 { live.price } else { at };
        let qty = live.total;
        let stop = Ticks(0);
        self.reply(now_ns, key, VenueReply::Replaced { price, qty, stop });
    }

    /// Lets two of ours trade with each other at the price of the one that rests.
    fn trade_within(&mut self, now_ns: i64, key: u64, other: u64, wanted: Lots) {
        let Some(rested) = self.orders.get(&other).copied() else {
            return;
        };
        let qty = rested.leaves().min(wanted);
        self.last = rested.price;
        self.fill(now_ns, other, rested.price, qty, Liquidity::Maker);
        match self.orders.get(&other).copied() {
            Some(live) => self
                .resting
                .reduce(live.side, live.price, other, live.leaves()),
            None => self.resting.remove(rested.side, rested.price, other),
        }
        self.fill(now_ns, key, rested.price, qty, Liquidity::Taker);
    }

    /// Lets what did not trade at once rest, or expire.
    fn settle_remainder(&mut self, now_ns: i64, key: u64, rests: bool) {
        let Some(live) = self.orders.get(&key).copied() else {
            return;
        };
        if !rests || self.wanted(&live).0 == 0 {
            self.orders.remove(&key);
            self.reply(now_ns, key, VenueReply::Expired);
            return;
        }
        self.stats
            .joined(&self.recorded.book, live.side, live.price);
        let displayed = self.recorded.book.qty_at(live.side, live.price);
        let shown = (live.leaves(), live.display);
        self.resting
            .join(live.side, live.price, displayed, key, shown);
    }

    /// Lets an order whose trigger was reached come in.
    pub(super) fn trigger(&mut self, now_ns: i64, key: u64) {
        let Some(mut live) = self.orders.get(&key).copied() else {
            return;
        };
        self.reply(now_ns, key, VenueReply::Triggered);
        live.waits = false;
        let price = self.price_that_rests(&live, live.price);
        live.price = price.unwrap_or(live.price);
        self.orders.insert(key, live);
        let wanted = self.wanted(&live);
        let whole = live.time_in_force != TimeInForce::Fok
            || (wanted == live.leaves() && self.not_found(&live, wanted).0 == 0);
        if price.is_err() || !whole || wanted.0 == 0 {
            self.orders.remove(&key);
            self.reply(now_ns, key, VenueReply::Expired);
            return;
        }
        self.enter(now_ns, key);
    }
}

/// How far an order may look before it meets `own`.
fn before(own: Option<(Ticks, u64, Lots)>, side: Side, limit: Option<Ticks>) -> Option<Ticks> {
    own.map(|own| Ticks(own.0.0 - side.sign())).or(limit)
}
