//! Where an order stays: in the book, outside it waiting, or nowhere.

use crate::book::arena::{NIL, Slot};
use crate::book::queue;
use crate::book::tags::Place;
use crate::matching::Engine;
use crate::matching::book_event::BookEvent;
use crate::matching::cross::identity;
use crate::matching::extra::Extra;
use crate::matching::hash;
use crate::matching::leave::Parting;
use crate::matching::report::{ExecType, OrderStatus, Report, Sink};
use crate::matching::taker::Taker;
use crate::order::{OrderType, TimeInForce};
use crate::reject::RejectCode;

impl Engine {
    /// Puts what is left of `taker` into the book.
    #[inline(always)]
    pub(super) fn rest<S: Sink>(&mut self, taker: &mut Taker, out: &mut S) {
        // Most orders rest as they came: no fill, so nothing paid beyond their own price.
        let beyond = match taker.filled {
            0 => 0,
            filled => taker.cost - i128::from(taker.price) * i128::from(filled),
        };
        let mut shown = taker.qty;
        if beyond != 0 || taker.extra != NIL {
            shown = self.settle_aside(taker, beyond);
        }
        let Some(slot) = self.house(taker) else {
            return self.drop_rest(taker, Some(RejectCode::EngineFull), out);
        };
        let order = self.arena.get_mut(slot);
        order.id = taker.id;
        order.price = taker.price;
        order.qty = shown;
        order.filled = taker.filled;
        order.priority = self.sequence;
        order.account = taker.account;
        order.extra = taker.extra;
        order.tags = taker.tags;
        order.holding = taker.holding;
        let market = &mut self.markets[taker.symbol() as usize];
        if !queue::append(&mut market.ladder, &mut self.arena, slot) {
            return self.drop_rest(taker, Some(RejectCode::QtyTooLarge), out);
        }
        let order = self.arena.get(slot);
        out.book(|| BookEvent::added(order));
        let term = hash::order(identity(order), shown, taker.filled);
        self.hash = self.hash.wrapping_add(term);
        if taker.extra != NIL {
            self.settle_in(taker);
        }
    }

    /// What is kept aside of an order that goes into the book, and how much of it is shown.
    #[cold]
    fn settle_aside(&mut self, taker: &mut Taker, beyond: i128) -> i64 {
        if taker.extra == NIL {
            taker.extra = self.extras.keep(Extra {
                id: taker.id,
                ..Extra::default()
            });
        }
        let extra = self.extras.at_mut(taker.extra);
        extra.beyond = beyond;
        extra.order_type = OrderType::Limit;
        extra.time_in_force = TimeInForce::Gtc;
        extra.stop_price = 0;
        extra.distance = 0;
        let shown = match extra.display {
            0 => taker.qty,
            display => display.min(taker.qty),
        };
        extra.reserve = taker.qty - shown;
        let care = extra.needs_care() || taker.tags.reduce_only();
        taker.tags = taker.tags.at(Place::Book).care(care);
        shown
    }

    /// Counts what is kept aside of an order that is in the book now.
    #[cold]
    fn settle_in(&mut self, taker: &Taker) {
        let extra = self.extras.at(taker.extra);
        self.hash = self.hash.wrapping_add(extra.term(&self.groups));
        self.markets[taker.symbol() as usize].icebergs += u32::from(extra.display != 0);
    }

    #[inline(always)]
    fn house(&mut self, taker: &mut Taker) -> Option<Slot> {
        if taker.slot == NIL {
            taker.slot = self.arena.claim()?;
            self.index.insert(taker.id, taker.slot);
        }
        Some(taker.slot)
    }

    /// Lets an order wait outside the book.
    pub(super) fn wait<S: Sink>(&mut self, taker: &mut Taker, place: Place, out: &mut S) {
        let Some(slot) = self.house(taker) else {
            return self.drop_rest(taker, Some(RejectCode::EngineFull), out);
        };
        let order = self.arena.get_mut(slot);
        order.id = taker.id;
        order.price = taker.price;
        order.qty = taker.qty;
        order.filled = taker.filled;
        order.priority = self.sequence;
        order.account = taker.account;
        order.extra = taker.extra;
        order.tags = taker.tags.at(place).care(true);
        order.holding = taker.holding;
        self.count(slot);
        if place == Place::Pending {
            self.await_trigger(slot);
        }
    }

    /// Reports what is left of `taker` as canceled, and forgets the order.
    pub(super) fn drop_rest<S: Sink>(
        &mut self,
        taker: &mut Taker,
        code: Option<RejectCode>,
        out: &mut S,
    ) {
        self.sequence += 1;
        let report = Report {
            sequence: self.sequence,
            exec_type: ExecType::Canceled as u8,
            status: OrderStatus::Canceled as u8,
            reject: code.map_or(0, |code| code as u16),
            ..taker.described(taker.qty)
        };
        let cost = taker.cost;
        out.push(report, || cost);
        self.give_back_rest(taker, taker.qty);
        taker.qty = 0;
        self.leave_filled(taker, out);
    }

    /// Forgets an order on its way in that has nothing left.
    #[inline]
    pub(super) fn leave_filled<S: Sink>(&mut self, taker: &Taker, out: &mut S) {
        self.close(taker.holding);
        if taker.slot != NIL {
            self.index.remove(taker.id);
            self.arena.remove(taker.slot);
        }
        let parting = Parting {
            extra: taker.extra,
            account: taker.account,
            filled: taker.filled,
        };
        self.part(parting, out);
    }

    /// Adds the terms of a live order to the hash.
    pub(super) fn count(&mut self, slot: Slot) {
        let term = self.term(slot);
        self.hash = self.hash.wrapping_add(term);
    }

    /// Takes the terms of a live order out of the hash, before it changes.
    pub(super) fn discount(&mut self, slot: Slot) {
        let term = self.term(slot);
        self.hash = self.hash.wrapping_sub(term);
    }

    /// The terms of a live order and of what is kept aside of it.
    pub(super) fn term(&self, slot: Slot) -> u128 {
        let order = self.arena.get(slot);
        let aside = self.extras.get(order.extra);
        hash::order(identity(order), order.qty, order.filled)
            .wrapping_add(aside.map_or(0, |extra| extra.term(&self.groups)))
    }
}
