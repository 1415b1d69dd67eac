//! Orders that wait for a trigger, and the turns of those that no longer wait.

use crate::book::tags::Place;
use crate::matching::command::Phase;
use crate::matching::naive::{NaiveEngine, Order};
use crate::matching::report::{ExecType, OrderStatus};
use crate::order::OrderType;
use crate::reject::RejectCode;
use crate::units::Side;

/// Why an order that waited has its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The last trade reached its trigger.
    Triggered,
    /// The order that held it is gone, having traded so much.
    Released(i64),
}

impl NaiveEngine {
    /// Looks at the triggers and gives the first of those due its turn, until none is due.
    pub(super) fn take_turns(&mut self) {
        loop {
            self.look_at_triggers();
            if self.due.is_empty() {
                return;
            }
            match self.due.remove(0) {
                (id, Turn::Triggered) => self.trigger(id),
                (id, Turn::Released(qty)) => self.release(id, qty),
            }
        }
    }

    /// Moves the triggers that follow the market, then takes what is reached out of waiting.
    fn look_at_triggers(&mut self) {
        for (symbol, state) in (0..).zip(self.symbols.clone()) {
            if state.phase != Phase::Open || state.last == 0 {
                continue;
            }
            let mut reached = Vec::new();
            let waits = |o: &&mut Order| o.symbol == symbol && o.place == Place::Pending;
            for order in self.orders.iter_mut().filter(waits) {
                follow(order, state.last);
                if order.is_reached(state.last) {
                    order.place = Place::Due;
                    reached.push(order.clone());
                }
            }
            reached.sort_by_key(|o| (o.side as u8, o.trigger * o.side.sign(), o.priority));
            self.due
                .extend(reached.iter().map(|order| (order.id, Turn::Triggered)));
        }
    }

    /// Lets a stop go on as what it becomes.
    pub(super) fn trigger(&mut self, id: u64) {
        let Some(at) = self.at(id) else { return };
        let order = &mut self.orders[at];
        order.place = Place::Due;
        order.order_type = match order.order_type {
            OrderType::StopLimit => OrderType::Limit,
            OrderType::Stop | OrderType::TrailingStop => OrderType::Market,
            other => other,
        };
        let order = order.clone();
        self.tell(&order, ExecType::Triggered, OrderStatus::New);
        self.end_group(order.group, id);
        self.come_in(id);
    }

    /// Lets a held order go on as if it had just come, with no more than `qty`.
    fn release(&mut self, id: u64, qty: i64) {
        let Some(at) = self.at(id) else { return };
        self.orders[at].shrink(qty);
        let mut order = self.orders[at].clone();
        let crosses = !self.avoid_crossing(&mut order);
        let status = if order.order_type.is_stop() {
            OrderStatus::PendingTrigger
        } else {
            OrderStatus::New
        };
        self.tell(&order, ExecType::Triggered, status);
        order.priority = self.sequence;
        self.orders[at] = order;
        if crosses {
            return self.cancel(id, Some(RejectCode::PostOnlyWouldCross));
        }
        self.arrive(id);
    }
}

/// Moves the trigger of a trailing stop after the market, never back.
fn follow(order: &mut Order, last: i64) {
    if order.distance == 0 {
        return;
    }
    let behind = order.behind(last);
    order.trigger = match order.side {
        Side::Buy => order.trigger.min(behind),
        Side::Sell => order.trigger.max(behind),
    };
}
