//! Placing an order: every check before anything changes, then matching, then resting.

use crate::book::arena::{NIL, Slot};
use crate::book::queue;
use crate::instrument::COUNT_MAX;
use crate::matching::Engine;
use crate::matching::command::NewOrder;
use crate::matching::cross::{self, Taker};
use crate::matching::extra::Extra;
use crate::matching::report::{ExecType, OrderStatus, Report, Sink};
use crate::money::Money;
use crate::order::{OrderType, TimeInForce};
use crate::reject::RejectCode;
use crate::units::{Lots, Ticks};

/// Ids the engine gives lie below this.
const OWN_ID_END: u64 = 1 << 63;

impl Engine {
    /// Places `order` and answers its id; a refused order has one too.
    #[inline]
    pub(super) fn place<S: Sink>(
        &mut self,
        order: &NewOrder,
        name: Option<&str>,
        out: &mut S,
    ) -> u64 {
        let given = order.order_id != 0;
        let id = if given {
            order.order_id
        } else {
            self.last_id.saturating_add(1)
        };
        // A caller's id from the upper half never pushes our own counter to the end of its range.
        if id < OWN_ID_END {
            self.last_id = self.last_id.max(id);
        }
        if !given && id >= OWN_ID_END {
            // Given twice, an id would lead to two orders.
            self.refuse(described(order, id), RejectCode::EngineFull, out);
            return id;
        }
        if let Some(code) = self.objection(order, id, given, name) {
            self.refuse(described(order, id), code, out);
            return id;
        }
        self.sequence += 1;
        let report = Report {
            sequence: self.sequence,
            leaves: order.qty,
            exec_type: ExecType::New as u8,
            status: OrderStatus::New as u8,
            ..described(order, id)
        };
        out.push(report, || 0);
        let mut taker = Taker::new(order, id, name);
        if order.time_in_force == TimeInForce::Fok && !self.fills_whole(&taker) {
            self.drop_rest(&mut taker, Some(RejectCode::FillOrKill), out);
            return id;
        }
        if !order.post_only {
            self.cross(&mut taker, out);
        }
        if taker.qty == 0 {
            return id;
        }
        if order.order_type == OrderType::Limit && order.time_in_force == TimeInForce::Gtc {
            self.rest(&mut taker, out);
        } else {
            let empty = order.order_type == OrderType::Market && taker.filled == 0;
            self.drop_rest(&mut taker, empty.then_some(RejectCode::NoLiquidity), out);
        }
        id
    }

    /// The first rule that speaks against `order`.
    #[inline(always)]
    fn objection(
        &self,
        order: &NewOrder,
        id: u64,
        given: bool,
        name: Option<&str>,
    ) -> Option<RejectCode> {
        let Some(book) = self.books.get(order.symbol as usize) else {
            return Some(RejectCode::UnknownSymbol);
        };
        if order.qty <= 0 {
            return Some(RejectCode::QtyNotPositive);
        }
        if order.qty >= COUNT_MAX {
            return Some(RejectCode::QtyTooLarge);
        }
        let limit = order.order_type == OrderType::Limit;
        let known = limit || order.order_type == OrderType::Market;
        if !known || matches!(order.time_in_force, TimeInForce::Gtd | TimeInForce::Day) {
            return Some(RejectCode::BadCombination);
        }
        if limit && (order.price <= 0 || order.price >= COUNT_MAX) {
            return Some(RejectCode::BadPrice);
        }
        if order.post_only && !(limit && order.time_in_force == TimeInForce::Gtc) {
            return Some(RejectCode::BadCombination);
        }
        if given && self.index.get(id).is_some() {
            return Some(RejectCode::DuplicateOrderId);
        }
        if limit && self.is_too_small(order) {
            return Some(RejectCode::MinNotional);
        }
        if name.is_some_and(|name| self.clients.find(order.account, name).is_some()) {
            return Some(RejectCode::DuplicateClientOrderId);
        }
        let touches = || {
            let best = book.best(order.side.opposite());
            best.is_some_and(|best| cross::reaches(order.side, order.price, best))
        };
        (order.post_only && touches()).then_some(RejectCode::PostOnlyWouldCross)
    }

    #[inline(always)]
    fn is_too_small(&self, order: &NewOrder) -> bool {
        let instrument = &self.instruments[order.symbol as usize];
        instrument.min_notional() > Money::ZERO
            && instrument
                .notional(Ticks(order.price), Lots(order.qty))
                .is_some_and(|value| value < instrument.min_notional())
    }

    /// Puts what is left of `taker` into the book.
    #[inline(always)]
    pub(super) fn rest<S: Sink>(&mut self, taker: &mut Taker, out: &mut S) {
        // Most orders rest as they came: no fill, so nothing paid beyond their own price.
        let beyond = match taker.filled {
            0 => 0,
            filled => taker.cost - i128::from(taker.price) * i128::from(filled),
        };
        let extra = if beyond == 0 && taker.name.is_none() {
            NIL
        } else {
            self.keep_aside(taker, beyond)
        };
        let Some(slot) = self.house(taker) else {
            return self.unhouse(taker, extra, None, RejectCode::EngineFull, out);
        };
        let order = self.arena.get_mut(slot);
        order.id = taker.id;
        order.price = taker.price;
        order.qty = taker.qty;
        order.filled = taker.filled;
        order.account = taker.account;
        order.symbol = taker.symbol;
        order.extra = extra;
        order.side = taker.side;
        order.post_only = taker.post_only;
        let ladder = &mut self.books[taker.symbol as usize];
        if !queue::append(ladder, &mut self.arena, slot) {
            self.unhouse(taker, extra, Some(slot), RejectCode::QtyTooLarge, out);
        }
    }

    #[inline(always)]
    fn house(&mut self, taker: &Taker) -> Option<Slot> {
        if taker.slot != NIL {
            return Some(taker.slot);
        }
        let slot = self.arena.claim()?;
        self.index.insert(taker.id, slot);
        Some(slot)
    }

    #[cold]
    fn keep_aside(&mut self, taker: &mut Taker, beyond: i128) -> u32 {
        if let Some(name) = &taker.name
            && taker.slot == NIL
        {
            self.clients.remember(taker.account, name.clone(), taker.id);
        }
        self.extras.keep(Extra {
            beyond,
            client_order_id: taker.name.clone(),
        })
    }

    /// The rare order that matched but cannot be held: its rest is taken out, and says why.
    #[cold]
    fn unhouse<S: Sink>(
        &mut self,
        taker: &mut Taker,
        extra: u32,
        slot: Option<Slot>,
        code: RejectCode,
        out: &mut S,
    ) {
        self.extras.take(extra);
        taker.slot = slot.unwrap_or(NIL);
        if let (Some(name), NIL) = (&taker.name, taker.slot) {
            self.clients.forget(taker.account, name);
        }
        self.drop_rest(taker, Some(code), out);
    }

    /// Reports what is left of `taker` as canceled, and forgets it where it was known.
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
        out.push(report, || taker.cost);
        taker.qty = 0;
        self.forget_taker(taker);
    }

    /// Frees the place of a changed order that does not return to the book.
    #[inline]
    pub(super) fn forget_taker(&mut self, taker: &Taker) {
        if taker.slot != NIL {
            self.index.remove(taker.id);
            self.arena.remove(taker.slot);
            if let Some(name) = &taker.name {
                self.clients.forget(taker.account, name);
            }
        }
    }
}

fn described(order: &NewOrder, id: u64) -> Report {
    Report {
        order_id: id,
        price: if order.order_type == OrderType::Market {
            0
        } else {
            order.price
        },
        qty: order.qty,
        account: order.account,
        symbol: order.symbol,
        side: order.side as u8,
        ..Report::default()
    }
}
