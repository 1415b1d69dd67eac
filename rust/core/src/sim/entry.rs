//! Order entry at the simulated venue: what is refused, what trades at once, what rests.

use crate::oms::message::VenueReply;
use crate::oms::message::{Command, Liquidity, NewOrder, OrderKey, OrderType, TimeInForce};
use crate::reject::RejectCode;
use crate::units::{Lots, Side, Ticks};

use super::exchange::{Exchange, Live};
use super::mid::Mid;
use super::taker::{reaches, walk};

impl Exchange {
    /// Receives a command; replies are waiting in [`Exchange::take_replies`].
    pub fn receive(&mut self, now_ns: i64, command: &Command) {
        let recorded = &self.recorded;
        self.journal.advance(now_ns, || Mid(recorded.mid()));
        match *command {
            Command::New(order) => {
                if let Err(code) = self.place(now_ns, &order) {
                    self.reply(now_ns, order.key.0, VenueReply::Rejected(code));
                }
            }
            Command::Modify {
                key, price, qty, ..
            } => {
                if let Err(code) = self.modify(now_ns, key, price, qty) {
                    self.reply(now_ns, key.0, VenueReply::ModifyRejected(code));
                }
            }
            Command::Cancel { key, .. } => {
                let reply = match self.take_out(key.0) {
                    Some(_) => VenueReply::Canceled,
                    None => VenueReply::CancelRejected(RejectCode::UnknownOrder),
                };
                self.reply(now_ns, key.0, reply);
            }
        }
    }

    fn place(&mut self, now_ns: i64, order: &NewOrder) -> Result<(), RejectCode> {
        self.admit(order)?;
        let limit = (order.order_type == OrderType::Limit).then_some(order.price);
        if order.post_only && self.crosses(order.side, order.price) {
            return Err(RejectCode::PostOnlyWouldCross);
        }
        let wanted = if order.reduce_only {
            self.reducible(order.side).min(order.qty)
        } else {
            order.qty
        };
        if wanted.0 == 0 {
            return Err(RejectCode::ReduceOnly);
        }
        let (left, stopped) = self.look(order.side, limit, wanted);
        if order.time_in_force == TimeInForce::Fok && (left.0 > 0 || wanted < order.qty) {
            return Err(RejectCode::FillOrKill);
        }
        if limit.is_none() && left == wanted {
            return Err(RejectCode::NoLiquidity);
        }
        self.orders.insert(
            order.key.0,
            Live {
                side: order.side,
                price: order.price,
                total: order.qty,
                filled: Lots(0),
                post_only: order.post_only,
                reduce_only: order.reduce_only,
            },
        );
        self.reply(now_ns, order.key.0, VenueReply::Accepted);
        self.book_takes(now_ns, order.key.0);
        let rests = limit.is_some() && order.time_in_force == TimeInForce::Gtc && !stopped;
        self.settle_remainder(now_ns, order.key.0, rests);
        Ok(())
    }

    /// What every venue checks first.
    fn admit(&self, order: &NewOrder) -> Result<(), RejectCode> {
        let limit = order.order_type == OrderType::Limit;
        if order.symbol != self.symbol {
            return Err(RejectCode::UnknownSymbol);
        }
        if order.qty.0 <= 0 {
            return Err(RejectCode::QtyNotPositive);
        }
        if limit && order.price.0 <= 0 {
            return Err(RejectCode::BadPrice);
        }
        if order.post_only && !(limit && order.time_in_force == TimeInForce::Gtc) {
            return Err(RejectCode::BadCombination);
        }
        if limit {
            self.check_value(order.price, order.qty, order.reduce_only)?;
        }
        if self.orders.contains_key(&order.key.0) {
            return Err(RejectCode::DuplicateOrderId);
        }
        if self.recorded.book.is_stale() {
            return Err(RejectCode::VenueUnavailable);
        }
        Ok(())
    }

    fn check_value(&self, price: Ticks, qty: Lots, reduce_only: bool) -> Result<(), RejectCode> {
        let value = self
            .instrument
            .notional(price, qty)
            .ok_or(RejectCode::QtyTooLarge)?;
        if value < self.instrument.min_notional() && !reduce_only {
            return Err(RejectCode::MinNotional);
        }
        Ok(())
    }

    fn modify(
        &mut self,
        now_ns: i64,
        key: OrderKey,
        price: Ticks,
        total: Lots,
    ) -> Result<(), RejectCode> {
        let live = *self.orders.get(&key.0).ok_or(RejectCode::UnknownOrder)?;
        if total <= live.filled {
            return Err(RejectCode::TotalBelowFilled);
        }
        if price.0 <= 0 {
            return Err(RejectCode::BadPrice);
        }
        self.check_value(price, total, live.reduce_only)?;
        let leaves = Lots(total.0 - live.filled.0);
        let replaced = VenueReply::Replaced { price, qty: total };
        let in_place = price == live.price && total <= live.total;
        if !in_place && self.recorded.book.is_stale() {
            return Err(RejectCode::VenueUnavailable);
        }
        if !in_place && live.post_only && self.crosses(live.side, price) {
            return Err(RejectCode::PostOnlyWouldCross);
        }
        let changed = Live {
            price,
            total,
            ..live
        };
        self.orders.insert(key.0, changed);
        self.reply(now_ns, key.0, replaced);
        if in_place {
            self.resting.reduce(live.side, price, key.0, leaves);
            return Ok(());
        }
        self.resting.remove(live.side, live.price, key.0);
        let wanted = if live.reduce_only {
            self.reducible(live.side).min(leaves)
        } else {
            leaves
        };
        let (_, stopped) = self.look(live.side, Some(price), wanted);
        self.book_takes(now_ns, key.0);
        self.settle_remainder(now_ns, key.0, !stopped);
        Ok(())
    }

    /// Whether a limit order would find something at once: recorded, or our own.
    fn crosses(&self, side: Side, price: Ticks) -> bool {
        let other = side.opposite();
        let meets = |at: Option<Ticks>| at.is_some_and(|at| reaches(side, price, at));
        meets(self.recorded.best_available(other)) || meets(self.resting.best(other))
    }

    /// Fills `hits` with what an order would take; returns what is left, and whether it stopped
    /// before an order of our own (which it must not trade with).
    fn look(&mut self, side: Side, limit: Option<Ticks>, qty: Lots) -> (Lots, bool) {
        self.hits.clear();
        let own = self.resting.best(side.opposite());
        let own = own.filter(|own| limit.is_none_or(|limit| reaches(side, limit, *own)));
        let limit = match own {
            Some(own) => Some(Ticks(own.0 - side.sign())),
            None => limit,
        };
        let levels = self.recorded.book.depth(side.opposite(), usize::MAX);
        let taken = &self.recorded.taken;
        let left = walk(levels, taken, side, limit, qty, &mut self.hits);
        (left, own.is_some() && left.0 > 0)
    }

    fn book_takes(&mut self, now_ns: i64, key: u64) {
        let hits = std::mem::take(&mut self.hits);
        for (price, qty) in &hits {
            let Some(live) = self.orders.get(&key) else {
                break;
            };
            self.recorded.taken.take(live.side.opposite(), *price, *qty);
            self.fill(now_ns, key, *price, *qty, Liquidity::Taker);
        }
        self.hits = hits;
    }

    /// Lets what did not trade at once rest, or expire.
    fn settle_remainder(&mut self, now_ns: i64, key: u64, rests: bool) {
        let Some(live) = self.orders.get(&key).copied() else {
            return;
        };
        let reducible = !live.reduce_only || self.reducible(live.side).0 > 0;
        if !(rests && reducible) {
            self.orders.remove(&key);
            self.reply(now_ns, key, VenueReply::Expired);
            return;
        }
        self.stats
            .joined(&self.recorded.book, live.side, live.price);
        let displayed = self.recorded.book.qty_at(live.side, live.price);
        self.resting
            .join(live.side, live.price, displayed, key, live.leaves());
    }
}
