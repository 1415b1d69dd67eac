//! How an order comes in, and what becomes of what does not trade.

use crate::book::tags::Place;
use crate::matching::command::{Link, NewOrder, Phase, Terms};
use crate::matching::naive::{NaiveEngine, Order};
use crate::matching::report::{ExecType, OrderStatus, Report};
use crate::order::{OrderType, TimeInForce};
use crate::reject::RejectCode;

const DAY_NS: i64 = 86_400_000_000_000;
/// Ids above are the callers' alone: the engine gives none of them.
const GIVEN_MAX: u64 = (1 << 63) - 1;

impl NaiveEngine {
    pub(super) fn place(&mut self, new: &NewOrder, terms: &Terms, name: Option<&str>) {
        let given = new.order_id == 0;
        let id = if given {
            self.last_id + 1
        } else {
            new.order_id
        };
        if id <= GIVEN_MAX {
            self.last_id = self.last_id.max(id);
        }
        let mut order = self.order(id, new, terms, name);
        let exhausted = (given && id > GIVEN_MAX).then_some(RejectCode::EngineFull);
        let objection = exhausted.or_else(|| self.objection(&mut order, new, terms));
        if let Some(code) = objection {
            let asked = Report {
                order_id: id,
                price: new.price,
                qty: new.qty,
                account: new.account,
                symbol: new.symbol,
                side: new.side as u8,
                ..Report::default()
            };
            return self.refuse(asked, code);
        }
        if let Err(refusal) = self.admit(&mut order) {
            // It was judged at the price it would have come in with.
            let asked = Report {
                order_id: id,
                price: order.price,
                qty: new.qty,
                account: new.account,
                symbol: new.symbol,
                side: new.side as u8,
                ..Report::default()
            };
            return self.refuse_by(asked, refusal);
        }
        let status = if order.waits() {
            OrderStatus::PendingTrigger
        } else {
            OrderStatus::New
        };
        self.tell(&order, ExecType::New, status);
        order.priority = self.sequence;
        self.orders.push(order);
        self.link(id, terms);
        self.arrive(id);
    }

    /// The order that is asked for, its numbers unchecked.
    fn order(&self, id: u64, new: &NewOrder, terms: &Terms, name: Option<&str>) -> Order {
        let expire_ns = match new.time_in_force {
            TimeInForce::Day => (self.now_ns / DAY_NS + 1).saturating_mul(DAY_NS),
            TimeInForce::Gtd => terms.expire_time_ns,
            TimeInForce::Gtc | TimeInForce::Ioc | TimeInForce::Fok => 0,
        };
        let is_iceberg = terms.display_qty < new.qty;
        let named = self.get(terms.linked_id);
        let joins_held = named.is_some_and(|order| order.place == Place::Held);
        let held = terms.link == Link::Held || terms.link == Link::Oco && joins_held;
        Order {
            id,
            symbol: new.symbol,
            account: new.account,
            side: new.side,
            order_type: new.order_type,
            time_in_force: new.time_in_force,
            post_only: new.post_only,
            reduce_only: new.reduce_only,
            self_trade_prevention: new.self_trade_prevention,
            price: new.price,
            open: new.qty,
            shown: new.qty,
            filled: 0,
            cost: 0,
            display: if is_iceberg { terms.display_qty } else { 0 },
            trigger: terms.stop_price,
            distance: terms.trailing_distance,
            expire_ns,
            strategy: terms.strategy,
            group: 0,
            releases: 0,
            released_by: 0,
            is_outrun: false,
            number: None,
            name: name.map(str::to_owned),
            place: if held { Place::Held } else { Place::Due },
            priority: 0,
        }
    }

    /// Lets a new or released order do what it came for: wait, trade, rest.
    pub(super) fn arrive(&mut self, id: u64) {
        let Some(at) = self.at(id) else { return };
        if self.orders[at].place == Place::Held {
            return;
        }
        if !self.orders[at].order_type.is_stop() {
            return self.come_in(id);
        }
        let trigger = self.first_trigger(&self.orders[at]);
        let order = &mut self.orders[at];
        order.trigger = trigger;
        // Where its trigger is reached already, it is found when the triggers are looked at.
        order.place = Place::Pending;
    }

    /// Where the trigger of a stop starts.
    pub(super) fn first_trigger(&self, order: &Order) -> i64 {
        if order.distance > 0 && order.trigger == 0 {
            order.behind(self.symbols[order.symbol as usize].last)
        } else {
            order.trigger
        }
    }

    /// Lets an order trade, or gather for an auction.
    pub(super) fn come_in(&mut self, id: u64) {
        if let Err(refusal) = self.call_up(id) {
            return self.cancel(id, Some(refusal.code));
        }
        let Some(order) = self.get(id) else { return };
        let phase = self.symbols[order.symbol as usize].phase;
        match phase {
            Phase::Open if order.time_in_force == TimeInForce::Fok && !self.fills_whole(id) => {
                self.cancel(id, Some(RejectCode::FillOrKill));
            }
            Phase::Open => self.take(id),
            _ if order.may_rest() => self.rest(id),
            Phase::Auction | Phase::Halted | Phase::Closed => {
                self.cancel(id, Some(RejectCode::TradingHalted));
            }
        }
    }

    /// Puts what did not trade where it belongs.
    pub(super) fn leave_rest(&mut self, id: u64) {
        let Some(at) = self.at(id) else { return };
        let order = &mut self.orders[at];
        if order.may_rest() {
            return self.rest(id);
        }
        let traded = order.filled > 0;
        match order.order_type {
            OrderType::MarketToLimit if traded => {
                order.price = self.symbols[order.symbol as usize].last;
                order.order_type = OrderType::Limit;
                let order = order.clone();
                if let Err(refusal) = self.amend(&order, &order) {
                    return self.cancel(id, Some(refusal.code));
                }
                self.tell_replaced(&order, None);
                self.rest(id);
            }
            OrderType::Limit | OrderType::StopLimit => self.cancel(id, None),
            OrderType::Market
            | OrderType::Stop
            | OrderType::TrailingStop
            | OrderType::MarketToLimit => {
                self.cancel(id, (!traded).then_some(RejectCode::NoLiquidity));
            }
        }
    }

    /// Puts an order at the back of the queue of its price.
    pub(super) fn rest(&mut self, id: u64) {
        let Some(order) = self.get(id) else { return };
        let slice = order.slice();
        let level: i128 = self
            .book(order.symbol, order.side)
            .iter()
            .filter(|other| other.price == order.price)
            .map(|other| i128::from(other.shown))
            .sum();
        if level + i128::from(slice) > i128::from(i64::MAX) {
            return self.cancel(id, Some(RejectCode::QtyTooLarge));
        }
        self.move_to_back(id);
        if let Some(order) = self.orders.last_mut() {
            order.order_type = OrderType::Limit;
            order.place = Place::Book;
            order.shown = slice;
            order.priority = self.sequence;
        }
    }
}
