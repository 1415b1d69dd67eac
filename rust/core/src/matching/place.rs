//! Placing an order: every check before anything changes, then matching, then resting.

use crate::book::arena::NIL;
use crate::matching::Engine;
use crate::matching::command::{NewOrder, Phase, PostOnly, Terms};
use crate::matching::report::{ExecType, OrderStatus, Report, Sink};
use crate::matching::taker::Taker;
use crate::order::{OrderType, SelfTradePrevention, TimeInForce};
use crate::reject::RejectCode;

/// Ids the engine gives lie below this.
const OWN_ID_END: u64 = 1 << 63;

/// What an order is once it comes in: how it trades, and what becomes of what is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) order_type: OrderType,
    pub(super) time_in_force: TimeInForce,
}

impl Entry {
    /// Whether what does not trade may rest at the order's own limit.
    #[inline]
    pub(super) const fn rests(self) -> bool {
        matches!(self.order_type, OrderType::Limit | OrderType::StopLimit)
            && self.time_in_force.rests()
    }
}

impl Engine {
    /// Places `order` and answers its id; a refused order has one too.
    #[inline(always)]
    pub(super) fn place<S: Sink>(&mut self, order: &NewOrder, out: &mut S) -> u64 {
        if self.is_rare(order) {
            return self.place_rare(order, &Terms::default(), None, out);
        }
        let id = match self.identify(order) {
            Ok(id) => id,
            Err(id) => return self.refuse_new(order, id, RejectCode::EngineFull, out),
        };
        if let Some(code) = self.objection(order, id) {
            return self.refuse_new(order, id, code, out);
        }
        let mut taker = Taker::new(order, id, NIL);
        if self.risk.is_guarding()
            && let Err(refusal) = self.admit(&mut taker, 0)
        {
            self.refuse_by(taker.described(order.qty), refusal, out);
            return id;
        }
        self.sequence += 1;
        let report = Report {
            sequence: self.sequence,
            leaves: order.qty,
            exec_type: ExecType::New as u8,
            status: OrderStatus::New as u8,
            ..taker.described(order.qty)
        };
        out.push(report, || 0);
        if order.time_in_force == TimeInForce::Fok && !self.fills_whole(&taker) {
            self.drop_rest(&mut taker, Some(RejectCode::FillOrKill), out);
            return id;
        }
        if order.post_only == PostOnly::No {
            self.cross(&mut taker, out);
        }
        let entry = Entry {
            order_type: order.order_type,
            time_in_force: order.time_in_force,
        };
        if taker.qty == 0 {
            self.close(taker.holding);
        } else if entry.rests() && taker.cut.is_none() {
            self.rest(&mut taker, out);
        } else {
            self.drop_unrested(&mut taker, entry, out);
        }
        if taker.last != 0 {
            self.settle(order.symbol, out);
        }
        id
    }

    /// Whether more has to be looked at than a plain order in an open market needs.
    #[inline(always)]
    fn is_rare(&self, order: &NewOrder) -> bool {
        order.order_type as u8 > OrderType::Market as u8
            || order.time_in_force as u8 > TimeInForce::Fok as u8
            || order.post_only as u8 > PostOnly::Reject as u8
            || order.reduce_only
            || order.self_trade_prevention as u8 != SelfTradePrevention::None as u8
            || self
                .markets
                .get(order.symbol as usize)
                .is_some_and(|market| !market.is_plain)
    }

    /// The id of a new order; an error when the engine has none left to give.
    #[inline(always)]
    pub(super) fn identify(&mut self, order: &NewOrder) -> Result<u64, u64> {
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
        // Given twice, an id would lead to two orders.
        if given || id < OWN_ID_END {
            Ok(id)
        } else {
            Err(id)
        }
    }

    /// Lets an order come in that was accepted, triggered or released.
    pub(super) fn enter<S: Sink>(&mut self, taker: &mut Taker, entry: Entry, out: &mut S) {
        let phase = self.markets[taker.symbol() as usize].state.phase;
        if let Err(refusal) = self.call_up(taker) {
            return self.drop_rest(taker, Some(refusal.code), out);
        }
        if phase != Phase::Open {
            if entry.rests() {
                self.rest(taker, out);
            } else {
                self.drop_rest(taker, Some(RejectCode::TradingHalted), out);
            }
            return;
        }
        if entry.time_in_force == TimeInForce::Fok && !self.fills_whole(taker) {
            return self.drop_rest(taker, Some(RejectCode::FillOrKill), out);
        }
        if self.is_plain(taker) {
            self.cross(taker, out);
        } else {
            self.cross_with_care(taker, entry, out);
        }
        if taker.qty == 0 {
            self.leave_filled(taker, out);
        } else if entry.rests() && taker.cut.is_none() {
            self.rest(taker, out);
        } else {
            self.drop_unrested(taker, entry, out);
        }
    }

    /// Whether nothing but price and time decides what an order on its way in trades.
    fn is_plain(&self, taker: &Taker) -> bool {
        self.markets[taker.symbol() as usize].is_plain
            && taker.extra == NIL
            && taker.tags.self_trade_prevention() == SelfTradePrevention::None
            && !taker.tags.reduce_only()
    }

    /// What becomes of the rest of an order that does not rest at its own limit.
    #[cold]
    fn drop_unrested<S: Sink>(&mut self, taker: &mut Taker, entry: Entry, out: &mut S) {
        let market = !entry.order_type.has_limit();
        let traded = taker.last != 0;
        if entry.order_type == OrderType::MarketToLimit && traded && taker.cut.is_none() {
            return self.rest_at_last(taker, out);
        }
        let nobody = (market && !traded).then_some(RejectCode::NoLiquidity);
        self.drop_rest(taker, taker.cut.or(nobody), out);
    }

    /// What is left of a market-to-limit order becomes a limit order at its last price.
    fn rest_at_last<S: Sink>(&mut self, taker: &mut Taker, out: &mut S) {
        taker.price = taker.last;
        if self.risk.is_guarding()
            && let Err(refusal) = self.hold_at_price(taker)
        {
            return self.drop_rest(taker, Some(refusal.code), out);
        }
        self.sequence += 1;
        let report = Report {
            sequence: self.sequence,
            leaves: taker.qty,
            exec_type: ExecType::Replaced as u8,
            status: OrderStatus::PartiallyFilled as u8,
            ..taker.described(taker.qty + taker.filled)
        };
        let cost = taker.cost;
        out.push(report, || cost);
        self.rest(taker, out);
    }

    #[cold]
    pub(super) fn refuse_new<S: Sink>(
        &mut self,
        order: &NewOrder,
        id: u64,
        code: RejectCode,
        out: &mut S,
    ) -> u64 {
        let report = Taker::new(order, id, NIL).described(order.qty);
        self.refuse(report, code, out);
        id
    }
}
