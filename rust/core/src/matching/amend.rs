//! Changing and canceling a resting order.

use crate::book::arena::{NIL, Order, Slot};
use crate::book::queue;
use crate::instrument::COUNT_MAX;
use crate::matching::Engine;
use crate::matching::command::Revision;
use crate::matching::cross::{self, Taker};
use crate::matching::report::{ExecType, OrderStatus, Report, Sink};
use crate::reject::RejectCode;

impl Engine {
    /// Takes an order out and reports what was open.
    #[inline(always)]
    pub(super) fn cancel<S: Sink>(&mut self, symbol: u32, order_id: u64, out: &mut S) {
        let Some(slot) = self.find(symbol, order_id) else {
            let report = Report {
                order_id,
                symbol,
                ..Report::default()
            };
            return self.refuse(report, RejectCode::UnknownOrder, out);
        };
        let order = *self.arena.get(slot);
        queue::unlink(&mut self.books[symbol as usize], &mut self.arena, slot);
        self.index.remove(order_id);
        self.arena.remove(slot);
        self.sequence += 1;
        let report = Report {
            sequence: self.sequence,
            exec_type: ExecType::Canceled as u8,
            status: OrderStatus::Canceled as u8,
            leaves: 0,
            ..described(&order, order.qty)
        };
        let beyond = if order.extra == NIL {
            0
        } else {
            self.forget_extra(&order)
        };
        out.push(report, || {
            i128::from(order.price) * i128::from(order.filled) + beyond
        });
    }

    #[cold]
    fn forget_extra(&mut self, order: &Order) -> i128 {
        let extra = self.extras.take(order.extra);
        if let Some(name) = extra.client_order_id {
            self.clients.forget(order.account, &name);
        }
        extra.beyond
    }

    /// Changes price and quantity of an order, in place where it may keep its priority.
    #[inline]
    pub(super) fn modify<S: Sink>(
        &mut self,
        symbol: u32,
        order_id: u64,
        price: Option<i64>,
        qty: Option<i64>,
        revision: Revision,
        out: &mut S,
    ) {
        let Some(slot) = self.find(symbol, order_id) else {
            let (price, qty) = (price.unwrap_or(0), qty.unwrap_or(0));
            let report = Report {
                order_id,
                price,
                qty,
                symbol,
                ..Report::default()
            };
            return self.refuse(report, RejectCode::UnknownOrder, out);
        };
        let order = *self.arena.get(slot);
        let price = price.unwrap_or(order.price);
        let open = match (revision, qty) {
            (_, None) => order.qty,
            (Revision::Total, Some(total)) => total.saturating_sub(order.filled),
            (Revision::Open | Revision::Reinsert, Some(open)) => open,
        };
        if let Some(code) = self.objection_to_change(&order, price, qty, open) {
            let report = Report {
                price,
                qty: qty.unwrap_or(order.total()),
                ..described(&order, 0)
            };
            return self.refuse(report, code, out);
        }
        let keeps_place =
            price == order.price && open <= order.qty && revision != Revision::Reinsert;
        if keeps_place {
            self.books[symbol as usize]
                .occupied_mut(order.side, price)
                .qty -= order.qty - open;
            self.arena.get_mut(slot).qty = open;
            self.report_replaced(&order, price, open, out);
        } else {
            self.reinsert(slot, &order, price, open, out);
        }
    }

    fn objection_to_change(
        &self,
        order: &Order,
        price: i64,
        qty: Option<i64>,
        open: i64,
    ) -> Option<RejectCode> {
        if qty.is_some_and(|qty| qty <= 0) {
            return Some(RejectCode::QtyNotPositive);
        }
        if open <= 0 {
            return Some(RejectCode::TotalBelowFilled);
        }
        if open
            .checked_add(order.filled)
            .is_none_or(|total| total >= COUNT_MAX)
        {
            return Some(RejectCode::QtyTooLarge);
        }
        if price <= 0 || price >= COUNT_MAX {
            return Some(RejectCode::BadPrice);
        }
        let best = self.books[order.symbol as usize].best(order.side.opposite());
        let touches = best.is_some_and(|best| cross::reaches(order.side, price, best));
        (order.post_only && touches).then_some(RejectCode::PostOnlyWouldCross)
    }

    /// Takes the order out of its queue and sends it in again as a taker of `open` at `price`.
    fn reinsert<S: Sink>(&mut self, slot: Slot, order: &Order, price: i64, open: i64, out: &mut S) {
        queue::unlink(
            &mut self.books[order.symbol as usize],
            &mut self.arena,
            slot,
        );
        let extra = self.extras.take(order.extra);
        self.report_replaced(order, price, open, out);
        let mut taker = Taker {
            id: order.id,
            account: order.account,
            symbol: order.symbol,
            side: order.side,
            price,
            qty: open,
            filled: order.filled,
            cost: i128::from(order.price) * i128::from(order.filled) + extra.beyond,
            post_only: order.post_only,
            slot,
            name: extra.client_order_id,
        };
        self.cross(&mut taker, out);
        if taker.qty > 0 {
            self.rest(&mut taker, out);
        }
    }

    fn report_replaced<S: Sink>(&mut self, order: &Order, price: i64, open: i64, out: &mut S) {
        self.sequence += 1;
        let untouched = order.filled == 0;
        let status = if untouched {
            OrderStatus::Replaced
        } else {
            OrderStatus::PartiallyFilled
        };
        let report = Report {
            sequence: self.sequence,
            price,
            leaves: open,
            exec_type: ExecType::Replaced as u8,
            status: status as u8,
            ..described(order, open + order.filled)
        };
        let beyond = self.extras.get(order.extra).map_or(0, |extra| extra.beyond);
        out.push(report, || {
            i128::from(order.price) * i128::from(order.filled) + beyond
        });
    }

    #[inline(always)]
    fn find(&self, symbol: u32, order_id: u64) -> Option<Slot> {
        self.index
            .get(order_id)
            .filter(|slot| self.arena.get(*slot).symbol == symbol)
    }
}

fn described(order: &Order, qty: i64) -> Report {
    Report {
        order_id: order.id,
        price: order.price,
        qty,
        leaves: order.qty,
        cumulative: order.filled,
        account: order.account,
        symbol: order.symbol,
        side: order.side as u8,
        ..Report::default()
    }
}
