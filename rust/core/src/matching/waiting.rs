//! Orders that wait: for a price, or for another order.

use crate::book::arena::{NIL, Order, Slot};
use crate::book::tags::Place;
use crate::matching::Engine;
use crate::matching::command::{Phase, PostOnly};
use crate::matching::place::Entry;
use crate::matching::report::{ExecType, OrderStatus, Report, Sink};
use crate::matching::taker::{self, Taker};
use crate::reject::RejectCode;
use crate::units::Side;

/// An order whose turn comes after those before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    pub(super) id: u64,
    /// Of a released order, the most it may have open; 0 for a triggered one.
    pub(super) most: i64,
}

impl Engine {
    /// Lets the order at `slot` wait for its trigger.
    pub(super) fn await_trigger(&mut self, slot: Slot) {
        let order = self.arena.get(slot);
        let market = &mut self.markets[order.symbol() as usize];
        market
            .triggers
            .add(order.side(), order.priority, order.extra, &mut self.extras);
    }

    /// Looks at the triggers after trades of `symbol`, and gives everybody who is due their turn.
    #[inline(always)]
    pub(super) fn settle<S: Sink>(&mut self, symbol: u32, out: &mut S) {
        if !self.markets[symbol as usize].triggers.is_empty() {
            self.look(symbol);
        }
        self.give_turns(out);
    }

    /// Gives everybody who is due their turn.
    #[inline(always)]
    pub(super) fn give_turns<S: Sink>(&mut self, out: &mut S) {
        while let Some(due) = self.due.pop_front() {
            self.give_turn(due, out);
        }
    }

    /// Moves what trails, and takes out of waiting whose trigger was reached.
    #[cold]
    pub(super) fn look(&mut self, symbol: u32) {
        let state = &self.markets[symbol as usize].state;
        let last = state.last;
        if last == 0 || state.phase != Phase::Open {
            return;
        }
        for side in [Side::Buy, Side::Sell] {
            while let Some(extra) = self.markets[symbol as usize].triggers.behind(side, last) {
                self.trail(extra, last);
            }
        }
        for side in [Side::Buy, Side::Sell] {
            while let Some(extra) = self.markets[symbol as usize].triggers.reached(side, last) {
                let id = self.extras.at(extra).id;
                let Some(slot) = self.index.get(id) else {
                    break;
                };
                self.discount(slot);
                self.unplace(slot);
                let order = self.arena.get_mut(slot);
                order.tags = order.tags.at(Place::Due);
                self.count(slot);
                self.due.push_back(Due { id, most: 0 });
            }
        }
    }

    /// Moves one trigger to its distance behind the last trade.
    fn trail(&mut self, extra: u32, last: i64) {
        let Some(slot) = self.index.get(self.extras.at(extra).id) else {
            return;
        };
        self.discount(slot);
        self.unplace(slot);
        let side = self.arena.get(slot).side();
        let extra = self.extras.at_mut(extra);
        extra.stop_price = last + extra.distance * side.sign();
        self.await_trigger(slot);
        self.count(slot);
    }

    #[cold]
    fn give_turn<S: Sink>(&mut self, due: Due, out: &mut S) {
        let Some(slot) = self.index.get(due.id) else {
            return;
        };
        if self.arena.get(slot).tags.place() != Place::Due {
            return;
        }
        self.discount(slot);
        let order = self.arena.get_mut(slot);
        if due.most != 0 {
            order.qty = order.qty.min(due.most);
        }
        let order = *order;
        let extra = self.extras.at(order.extra);
        let entry = Entry {
            order_type: extra.order_type,
            time_in_force: extra.time_in_force,
        };
        let waits_on = due.most != 0 && entry.order_type.is_stop();
        let post_only = order.tags.post_only();
        let moved = self.price_that_rests(order.symbol(), order.side(), order.price, post_only);
        let price = match (post_only, moved) {
            (PostOnly::Reprice, Some(moved)) => moved,
            (PostOnly::No | PostOnly::Reject | PostOnly::Reprice, _) => order.price,
        };
        self.arena.get_mut(slot).price = price;
        let order = Order { price, ..order };
        self.sequence += 1;
        let status = if waits_on {
            OrderStatus::PendingTrigger
        } else {
            OrderStatus::New
        };
        let report = Report {
            sequence: self.sequence,
            exec_type: ExecType::Triggered as u8,
            status: status as u8,
            ..taker::described(&order, order.qty, order.qty)
        };
        out.push(report, || 0);
        let mut taker = self.take_in(slot);
        if waits_on {
            self.wait_on(&mut taker, out);
        } else if post_only != PostOnly::No && moved.is_none() {
            self.drop_rest(&mut taker, Some(RejectCode::PostOnlyWouldCross), out);
        } else {
            if due.most == 0 {
                self.leave_group(&taker, out);
            }
            self.enter(&mut taker, entry, out);
        }
        if !self.markets[order.symbol() as usize].triggers.is_empty() {
            self.look(order.symbol());
        }
    }

    /// A released stop waits for its trigger now.
    fn wait_on<S: Sink>(&mut self, taker: &mut Taker, out: &mut S) {
        let extra = self.extras.at(taker.extra);
        let (stop, distance) = (extra.stop_price, extra.distance);
        let first = if distance == 0 {
            Ok(stop)
        } else {
            self.first_trigger(taker.symbol(), taker.side(), stop, distance)
        };
        match first {
            Ok(first) => {
                self.extras.at_mut(taker.extra).stop_price = first;
                self.wait(taker, Place::Pending, out);
            }
            Err(code) => self.drop_rest(taker, Some(code), out),
        }
    }

    /// A live order, out of its queue and out of the hash, on its way in again.
    pub(super) fn take_in(&self, slot: Slot) -> Taker {
        let order = self.arena.get(slot);
        let extra = self.extras.get(order.extra);
        let beyond = extra.map_or(0, |extra| extra.beyond);
        let reserve = extra.map_or(0, |extra| extra.reserve);
        Taker {
            id: order.id,
            price: order.price,
            qty: order.qty + reserve,
            filled: order.filled,
            cost: i128::from(order.price) * i128::from(order.filled) + beyond,
            account: order.account,
            tags: order.tags.at(Place::Book),
            extra: order.extra,
            slot,
            holding: order.holding,
            held: Some(order.price).filter(|_| order.tags.place() == Place::Book),
            last: 0,
            cut: None,
        }
    }

    /// Ends the group of an order on its way in: it traded, or its trigger was reached.
    pub(super) fn leave_group<S: Sink>(&mut self, taker: &Taker, out: &mut S) {
        if taker.extra == NIL {
            return;
        }
        let group = std::mem::replace(&mut self.extras.at_mut(taker.extra).group, NIL);
        if group != NIL {
            self.groups.leave(group, taker.id);
            self.dissolve(group, 0, out);
        }
    }

    /// An order on its way in whose own group takes it out: one of the group traded before it.
    pub(super) fn part_ways(&mut self, taker: &mut Taker, other: u32) {
        if taker.extra == NIL || other == NIL {
            return;
        }
        let group = self.extras.at(taker.extra).group;
        if group != NIL && group == self.extras.at(other).group {
            self.extras.at_mut(taker.extra).group = NIL;
            self.groups.leave(group, taker.id);
            taker.cut = Some(RejectCode::LinkedOrderDone);
        }
    }
}
