//! Taking orders out, and what that means for others.

use crate::book::arena::{NIL, Order, Slot};
use crate::book::queue;
use crate::book::tags::Place;
use crate::matching::Engine;
use crate::matching::book_event::BookEvent;
use crate::matching::command::Filter;
use crate::matching::cross::identity;
use crate::matching::extra::Extra;
use crate::matching::hash;
use crate::matching::links::MEMBERS_MAX;
use crate::matching::report::{ExecType, Gone, OrderStatus, Report, Sink};
use crate::matching::taker;
use crate::matching::waiting::Due;
use crate::reject::RejectCode;
use crate::risk::Holding;

/// An order that is gone, and what is still kept aside of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parting {
    pub(super) extra: u32,
    pub(super) account: u32,
    /// What it traded in all.
    pub(super) filled: i64,
}

impl Parting {
    pub(super) const fn of(order: &Order) -> Self {
        Self {
            extra: order.extra,
            account: order.account,
            filled: order.filled,
        }
    }
}

impl Engine {
    /// Takes an order out and reports what was open.
    #[inline(always)]
    pub fn cancel<S: Sink>(&mut self, symbol: u32, order_id: u64, out: &mut S) {
        let arena = &self.arena;
        let found = self.index.remove_if(order_id, |slot| {
            let order = arena.get(slot);
            order.symbol() == symbol && order.extra == NIL
        });
        let Some((slot, true)) = found else {
            return self.cancel_rare(symbol, order_id, out);
        };
        let order = *self.arena.get(slot);
        let term = hash::order(identity(&order), order.qty, order.filled);
        self.hash = self.hash.wrapping_sub(term);
        let ladder = &mut self.markets[symbol as usize].ladder;
        queue::unlink(ladder, &mut self.arena, &order);
        self.arena.remove(slot);
        if order.holding != NIL {
            let holding = Holding(order.holding);
            self.risk
                .release_and_close(holding, order.side(), order.price, order.qty);
        }
        self.sequence += 1;
        let report = Report {
            sequence: self.sequence,
            exec_type: ExecType::Canceled as u8,
            status: OrderStatus::Canceled as u8,
            ..taker::described(&order, order.qty, 0)
        };
        out.push(report, || {
            i128::from(order.price) * i128::from(order.filled)
        });
        out.book(|| BookEvent::removed(&order));
    }

    /// Takes an order out that is not there, or has something kept aside.
    #[cold]
    fn cancel_rare<S: Sink>(&mut self, symbol: u32, order_id: u64, out: &mut S) {
        if let Some(slot) = self.find(symbol, order_id) {
            self.take_out(slot, ExecType::Canceled, None, out);
            return self.settle(symbol, out);
        }
        let report = Report {
            order_id,
            symbol,
            ..Report::default()
        };
        self.refuse(report, RejectCode::UnknownOrder, out);
    }

    /// Takes any live order out, wherever it is, and draws the consequences.
    #[cold]
    pub(super) fn take_out<S: Sink>(
        &mut self,
        slot: Slot,
        why: ExecType,
        code: Option<RejectCode>,
        out: &mut S,
    ) {
        let parting = self.take_away(slot, why, code, out);
        self.part(parting, out);
    }

    /// Takes any live order out and reports it; what hangs on it is still to be looked after.
    pub(super) fn take_away<S: Sink>(
        &mut self,
        slot: Slot,
        why: ExecType,
        code: Option<RejectCode>,
        out: &mut S,
    ) -> Parting {
        self.discount(slot);
        let order = *self.arena.get(slot);
        let reserve = self
            .extras
            .get(order.extra)
            .map_or(0, |extra| extra.reserve);
        let beyond = self.extras.get(order.extra).map_or(0, |extra| extra.beyond);
        self.unplace(slot);
        self.index.remove(order.id);
        self.arena.remove(slot);
        if order.tags.place() == Place::Book {
            self.give_back(&order, order.qty + reserve);
        }
        self.close(order.holding);
        self.sequence += 1;
        let status = if why == ExecType::Expired {
            OrderStatus::Expired
        } else {
            OrderStatus::Canceled
        };
        let report = Report {
            sequence: self.sequence,
            exec_type: why as u8,
            status: status as u8,
            reject: code.map_or(0, |code| code as u16),
            ..taker::described(&order, order.qty + reserve, 0)
        };
        out.push(report, || {
            i128::from(order.price) * i128::from(order.filled) + beyond
        });
        // One whose slice was just used up in an auction has left the public book already.
        if order.tags.place() == Place::Book && order.qty != 0 {
            out.book(|| BookEvent::removed(&order));
        }
        Parting::of(&order)
    }

    /// Takes a live order out of the queue it stands in; it keeps its slot and its id.
    pub(super) fn unplace(&mut self, slot: Slot) {
        let order = *self.arena.get(slot);
        let market = &mut self.markets[order.symbol() as usize];
        match order.tags.place() {
            Place::Book => {
                queue::unlink(&mut market.ladder, &mut self.arena, &order);
                if let Some(extra) = self.extras.get(order.extra) {
                    market.icebergs -= u32::from(extra.display != 0);
                }
            }
            Place::Pending => {
                market
                    .triggers
                    .remove(order.side(), order.extra, &mut self.extras);
            }
            Place::Held | Place::Due => {}
        }
    }

    /// Forgets what was kept aside of an order that traded whole and concerned nobody else.
    #[cold]
    pub(super) fn forget<S: Sink>(&mut self, extra: u32, account: u32, out: &mut S) {
        let term = self.extras.at(extra).term(&self.groups);
        self.hash = self.hash.wrapping_sub(term);
        self.let_go(extra, account, out);
    }

    fn let_go<S: Sink>(&mut self, extra: u32, account: u32, out: &mut S) -> Extra {
        self.expiries.remove(extra, &mut self.extras);
        let extra = self.extras.take(extra);
        if let Some(name) = &extra.name {
            self.clients.forget(account, name);
        }
        if extra.name.is_some() || extra.strategy != 0 {
            out.gone(Gone {
                order_id: extra.id,
                name: extra.name.as_deref(),
                strategy: extra.strategy,
            });
        }
        extra
    }

    /// Draws the consequences of an order being gone: it is neither live nor in the hash any more.
    #[cold]
    pub(super) fn part<S: Sink>(&mut self, parting: Parting, out: &mut S) {
        if parting.extra == NIL {
            return;
        }
        let filled = parting.filled;
        let extra = self.let_go(parting.extra, parting.account, out);
        if extra.released_by != 0 {
            self.change_aside(extra.released_by, |parent| parent.releases = 0);
        }
        if extra.group != NIL {
            self.dissolve(extra.group, extra.id, out);
        }
        if extra.releases != 0 {
            self.release(extra.releases, filled, out);
        }
    }

    /// Cancels everybody in a group but `survivor`, who belongs to none then.
    pub(super) fn dissolve<S: Sink>(&mut self, group: u32, survivor: u64, out: &mut S) {
        let former = *self.groups.get(group);
        for id in former.members() {
            self.change_aside(*id, |extra| extra.group = NIL);
        }
        self.groups.dissolve(group);
        // First everybody in the group goes, then whoever hangs on them.
        let mut partings = [None; MEMBERS_MAX];
        for (id, parting) in former.members().iter().zip(&mut partings) {
            if *id != survivor
                && let Some(slot) = self.index.get(*id)
            {
                let code = RejectCode::LinkedOrderDone;
                *parting = Some(self.take_away(slot, ExecType::Canceled, Some(code), out));
            }
        }
        for parting in partings.into_iter().flatten() {
            self.part(parting, out);
        }
    }

    /// Lets held orders go, at most `filled` of each, because their order is gone.
    fn release<S: Sink>(&mut self, named: u64, filled: i64, out: &mut S) {
        let Some(slot) = self.index.get(named) else {
            return;
        };
        if filled == 0 {
            let code = RejectCode::LinkedOrderDone;
            return self.take_out_orphan(slot, code, out);
        }
        let group = self.extras.at(self.arena.get(slot).extra).group;
        if group == NIL {
            return self.let_come(named, filled);
        }
        let group = *self.groups.get(group);
        for id in group.members() {
            self.let_come(*id, filled);
        }
    }

    /// Gives a held order its turn.
    fn let_come(&mut self, id: u64, most: i64) {
        self.change_aside(id, |extra| extra.released_by = 0);
        if let Some(slot) = self.index.get(id) {
            self.discount(slot);
            let order = self.arena.get_mut(slot);
            order.tags = order.tags.at(Place::Due);
            self.count(slot);
            self.due.push_back(Due { id, most });
        }
    }

    fn take_out_orphan<S: Sink>(&mut self, slot: Slot, code: RejectCode, out: &mut S) {
        let extra = self.arena.get(slot).extra;
        let id = self.arena.get(slot).id;
        self.change_aside(id, |extra| extra.released_by = 0);
        let group = self.extras.at(extra).group;
        if group == NIL {
            self.take_out(slot, ExecType::Canceled, Some(code), out);
        } else {
            self.dissolve(group, 0, out);
        }
    }

    /// Changes what is kept aside of a live order.
    pub(super) fn change_aside(&mut self, order_id: u64, change: impl FnOnce(&mut Extra)) {
        let Some(slot) = self.index.get(order_id) else {
            return;
        };
        self.discount(slot);
        if self.arena.get(slot).extra == NIL {
            let extra = self.extras.keep(Extra {
                id: order_id,
                ..Extra::default()
            });
            self.arena.get_mut(slot).extra = extra;
        }
        let order = self.arena.get_mut(slot);
        let extra = self.extras.at_mut(order.extra);
        change(extra);
        let care = extra.needs_care() || order.tags.reduce_only();
        order.tags = order.tags.care(care || order.tags.place() != Place::Book);
        self.count(slot);
    }

    /// Takes out every order the filter matches, in ascending order of id.
    pub(super) fn cancel_all<S: Sink>(&mut self, filter: &Filter, out: &mut S) {
        let mut found = std::mem::take(&mut self.scratch);
        found.extend(self.arena.slots().filter_map(|slot| {
            let order = self.arena.get(slot);
            let matches = filter
                .account
                .is_none_or(|account| account == order.account)
                && filter.symbol.is_none_or(|symbol| symbol == order.symbol())
                && filter.side.is_none_or(|side| side == order.side())
                && filter
                    .strategy
                    .is_none_or(|one| one == self.strategy(order));
            // A vacant slot still looks like the order that was there.
            (matches && self.index.get(order.id) == Some(slot)).then_some(order.id)
        }));
        found.sort_unstable();
        for id in found.drain(..) {
            if let Some(slot) = self.index.get(id) {
                self.take_out(slot, ExecType::Canceled, Some(RejectCode::MassCancel), out);
            }
        }
        self.scratch = found;
        self.give_turns(out);
    }

    /// The slot of a live order of `symbol`.
    #[inline(always)]
    pub(super) fn find(&self, symbol: u32, order_id: u64) -> Option<Slot> {
        self.index
            .get(order_id)
            .filter(|slot| self.arena.get(*slot).symbol() == symbol)
    }
}
