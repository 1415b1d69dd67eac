//! Where an order stays: in the book, outside it waiting, or nowhere.

use crate::book::arena::{NIL, Order, Slot};
use crate::book::queue;
use crate::book::tags::{Place, Tags};
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

/// An order as it stays, in the book or waiting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stays {
    pub(super) id: u64,
    pub(super) price: i64,
    pub(super) shown: i64,
    pub(super) filled: i64,
    pub(super) account: u32,
    pub(super) tags: Tags,
    pub(super) extra: u32,
    pub(super) holding: u32,
}

impl Stays {
    #[inline(always)]
    const fn of(taker: &Taker, shown: i64) -> Self {
        Self {
            id: taker.id,
            price: taker.price,
            shown,
            filled: taker.filled,
            account: taker.account,
            tags: taker.tags,
            extra: taker.extra,
            holding: taker.holding,
        }
    }

    /// Writes it where it lives, field by field: see [`crate::book::arena::Arena::claim`].
    #[inline(always)]
    const fn write(&self, order: &mut Order, priority: u64) {
        order.id = self.id;
        order.price = self.price;
        order.qty = self.shown;
        order.filled = self.filled;
        order.priority = priority;
        order.account = self.account;
        order.extra = self.extra;
        order.tags = self.tags;
        order.holding = self.holding;
    }
}

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
        if taker.slot == NIL {
            taker.slot = self.house(taker.id).unwrap_or(NIL);
        }
        let stays = Stays::of(taker, shown);
        let slot = Some(taker.slot).filter(|slot| *slot != NIL);
        if let Err(code) = self.put(slot, &stays, out) {
            return self.drop_rest(taker, Some(code), out);
        }
        if taker.extra != NIL {
            self.settle_in(taker);
        }
    }

    /// Writes an order into its slot and puts it behind the others of its price.
    #[inline(always)]
    pub(super) fn put<S: Sink>(
        &mut self,
        slot: Option<Slot>,
        stays: &Stays,
        out: &mut S,
    ) -> Result<(), RejectCode> {
        let slot = slot.ok_or(RejectCode::EngineFull)?;
        let order = self.arena.get_mut(slot);
        stays.write(order, self.sequence);
        let term = hash::order(identity(order), stays.shown, stays.filled);
        let market = &mut self.markets[stays.tags.symbol() as usize];
        if !queue::append(&mut market.ladder, &mut self.arena, slot) {
            return Err(RejectCode::QtyTooLarge);
        }
        self.hash = self.hash.wrapping_add(term);
        let arena = &self.arena;
        out.book(|| BookEvent::added(arena.get(slot)));
        Ok(())
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

    /// A slot for a new order, where the index will find it; `None` when every one is taken.
    #[inline(always)]
    pub(super) fn house(&mut self, id: u64) -> Option<Slot> {
        let slot = self.arena.claim()?;
        self.index.insert(id, slot);
        Some(slot)
    }

    /// Lets an order wait outside the book.
    pub(super) fn wait<S: Sink>(&mut self, taker: &mut Taker, place: Place, out: &mut S) {
        if taker.slot == NIL {
            let Some(slot) = self.house(taker.id) else {
                return self.drop_rest(taker, Some(RejectCode::EngineFull), out);
            };
            taker.slot = slot;
        }
        let slot = taker.slot;
        taker.tags = taker.tags.at(place).care(true);
        let stays = Stays::of(taker, taker.qty);
        stays.write(self.arena.get_mut(slot), self.sequence);
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
