//! Placing an order: every check before anything changes, then matching, then resting.

use crate::book::arena::{NIL, Slot};
use crate::book::tags::Tags;
use crate::matching::Engine;
use crate::matching::command::{NewOrder, Phase, PostOnly, Terms};
use crate::matching::report::{ExecType, OrderStatus, Report, Sink};
use crate::matching::rest::Stays;
use crate::matching::taker::{self, Taker};
use crate::order::{OrderType, SelfTradePrevention, TimeInForce};
use crate::reject::RejectCode;
use crate::risk::Refusal;

/// Ids the engine gives lie below this.
pub(super) const OWN_ID_END: u64 = 1 << 63;

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
    pub fn place<S: Sink>(&mut self, order: &NewOrder, out: &mut S) -> u64 {
        let market = self.markets.get(order.symbol as usize);
        let Some(market) = market.filter(|market| market.is_plain & !is_rare(order)) else {
            return self.place_rare(order, &Terms::default(), None, out);
        };
        // Where it will most likely rest; what is checked until then takes as long as the memory.
        market.ladder.prefetch(order.side, order.price);
        let best = market.ladder.best(order.side.opposite());
        let touches = best.is_some_and(|best| taker::reaches(order.side, order.price, best));
        let id = match self.identify(order) {
            Ok(id) => id,
            Err(id) => return self.refuse_new(order, id, RejectCode::EngineFull, out),
        };
        if let Some(code) = self.objection(order, id, touches) {
            return self.refuse_new(order, id, code, out);
        }
        let mut holding = NIL;
        if self.risk.is_guarding() {
            match self.admit_new(order, id) {
                Ok(row) => holding = row,
                Err(refusal) => return self.refuse_new_by(order, id, refusal, out),
            }
        }
        self.sequence += 1;
        let report = Report {
            sequence: self.sequence,
            leaves: order.qty,
            ..described(order, id)
        };
        out.push(report, || 0);
        let rests = order.order_type == OrderType::Limit && order.time_in_force == TimeInForce::Gtc;
        if touches || !rests {
            self.take(order, id, holding, out);
            return id;
        }
        let stays = Stays {
            id,
            price: order.price,
            shown: order.qty,
            filled: 0,
            account: order.account,
            tags: Tags::new(order.symbol, order.side).post_only_as(order.post_only),
            extra: NIL,
            holding,
        };
        let slot = self.house(id);
        if let Err(code) = self.put(slot, &stays, out) {
            self.drop_new(order, &stays, slot, code, out);
        }
        id
    }

    /// Lets a plain order trade that reaches somebody, or that does not rest.
    #[inline(always)]
    fn take<S: Sink>(&mut self, order: &NewOrder, id: u64, holding: u32, out: &mut S) {
        let mut taker = Taker::new(order, id, NIL);
        taker.holding = holding;
        taker.held = Some(order.price);
        if order.time_in_force == TimeInForce::Fok && !self.fills_whole(&taker) {
            return self.drop_rest(&mut taker, Some(RejectCode::FillOrKill), out);
        }
        self.cross(&mut taker, out);
        let entry = Entry {
            order_type: order.order_type,
            time_in_force: order.time_in_force,
        };
        if taker.qty == 0 {
            self.close(holding);
        } else if entry.rests() && taker.cut.is_none() {
            self.rest(&mut taker, out);
        } else {
            self.drop_unrested(&mut taker, entry, out);
        }
        if taker.last != 0 {
            self.settle(order.symbol, out);
        }
    }

    /// The rare order that may rest but cannot be held.
    #[cold]
    fn drop_new<S: Sink>(
        &mut self,
        order: &NewOrder,
        stays: &Stays,
        slot: Option<Slot>,
        code: RejectCode,
        out: &mut S,
    ) {
        let mut taker = Taker::new(order, stays.id, NIL);
        taker.slot = slot.unwrap_or(NIL);
        taker.holding = stays.holding;
        taker.held = Some(order.price);
        self.drop_rest(&mut taker, Some(code), out);
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
        self.refuse(described(order, id), code, out);
        id
    }

    #[cold]
    fn refuse_new_by<S: Sink>(
        &mut self,
        order: &NewOrder,
        id: u64,
        refusal: Refusal,
        out: &mut S,
    ) -> u64 {
        self.refuse_by(described(order, id), refusal, out);
        id
    }
}

/// Whether more has to be looked at than a plain order in an open market needs.
#[inline(always)]
#[expect(
    clippy::needless_bitwise_bool,
    reason = "one branch for what is almost never true, not five"
)]
const fn is_rare(order: &NewOrder) -> bool {
    (order.order_type as u8 > OrderType::Market as u8)
        | (order.time_in_force as u8 > TimeInForce::Fok as u8)
        | (order.post_only as u8 > PostOnly::Reject as u8)
        | order.reduce_only
        | (order.self_trade_prevention as u8 != SelfTradePrevention::None as u8)
}

/// A report about an order that just came.
#[inline(always)]
const fn described(order: &NewOrder, id: u64) -> Report {
    Report {
        sequence: 0,
        order_id: id,
        counter_order_id: 0,
        price: order.price,
        qty: order.qty,
        leaves: 0,
        cumulative: 0,
        account: order.account,
        symbol: order.symbol,
        exec_type: ExecType::New as u8,
        status: OrderStatus::New as u8,
        side: order.side as u8,
        liquidity: 0,
        reject: 0,
        scope: 0,
    }
}
