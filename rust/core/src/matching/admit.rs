//! The rules a new order must satisfy, in the order in which they are reported.

use crate::book::arena::{NIL, Order};
use crate::book::tags::Place;
use crate::instrument::{COUNT_MAX, ContractKind};
use crate::matching::Engine;
use crate::matching::command::{Link, NewOrder, Phase, PostOnly, Terms};
use crate::matching::taker;
use crate::money::Money;
use crate::order::{OrderType, TimeInForce};
use crate::reject::RejectCode;
use crate::units::{Lots, Side, Ticks};

/// Most slices an iceberg may be shown in: a bound on what one order can cost to match.
pub(super) const SLICES_MAX: i64 = 1_000;

impl Engine {
    /// The first rule that speaks against an order that is not rare; `touches` tells whether it
    /// would trade at once.
    #[inline(always)]
    pub(super) fn objection(&self, order: &NewOrder, id: u64, touches: bool) -> Option<RejectCode> {
        if let Some(code) = objection_to_form(order) {
            return Some(code);
        }
        if order.order_id != 0 && self.index.contains(id) {
            return Some(RejectCode::DuplicateOrderId);
        }
        let limit = order.order_type == OrderType::Limit;
        if limit && self.is_too_small(order.symbol, order.price, order.qty) {
            return Some(RejectCode::MinNotional);
        }
        let refused = touches & (order.post_only == PostOnly::Reject);
        refused.then_some(RejectCode::PostOnlyWouldCross)
    }

    /// The first rule that speaks against any order.
    pub(super) fn objection_to_rare(
        &self,
        order: &NewOrder,
        terms: &Terms,
        id: u64,
        name: Option<&str>,
    ) -> Result<(), RejectCode> {
        let Some(market) = self.markets.get(order.symbol as usize) else {
            return Err(RejectCode::UnknownSymbol);
        };
        if matches!(market.state.phase, Phase::Halted | Phase::Closed) {
            return Err(RejectCode::TradingHalted);
        }
        if let Some(code) = objection_to_form(order) {
            return Err(code);
        }
        self.check_terms(order, terms)?;
        if order.order_id != 0 && self.index.contains(id) {
            return Err(RejectCode::DuplicateOrderId);
        }
        if order.order_type.has_limit() && self.is_too_small(order.symbol, order.price, order.qty) {
            return Err(RejectCode::MinNotional);
        }
        if name.is_some_and(|name| self.clients.find(order.account, name).is_some()) {
            return Err(RejectCode::DuplicateClientOrderId);
        }
        self.check_link(order, terms)?;
        let waits =
            terms.link == Link::Held || order.order_type.is_stop() || self.joins_held(terms);
        let gathers = order.order_type == OrderType::Limit
            && order.time_in_force.rests()
            && order.post_only == PostOnly::No;
        if market.state.phase == Phase::Auction && !waits && !gathers {
            return Err(RejectCode::NotInAuction);
        }
        Ok(())
    }

    fn check_terms(&self, order: &NewOrder, terms: &Terms) -> Result<(), RejectCode> {
        let kind = self.instruments[order.symbol as usize].kind();
        if order.reduce_only && (!self.risk.keeps_accounts() || kind == ContractKind::Spot) {
            return Err(RejectCode::Unsupported);
        }
        let expires = order.time_in_force == TimeInForce::Gtd;
        if expires != (terms.expire_time_ns != 0)
            || (expires && terms.expire_time_ns <= self.now_ns)
        {
            return Err(RejectCode::BadExpireTime);
        }
        let (stop, distance) = (terms.stop_price, terms.trailing_distance);
        let trails = order.order_type == OrderType::TrailingStop;
        let stop_fits = match (order.order_type.is_stop(), trails) {
            (false, _) => stop == 0 && distance == 0,
            (true, false) => 0 < stop && stop < COUNT_MAX && distance == 0,
            (true, true) => (0..COUNT_MAX).contains(&stop) && 0 < distance && distance < COUNT_MAX,
        };
        if !stop_fits {
            return Err(RejectCode::BadStopPrice);
        }
        let shown = terms.display_qty;
        let may_hide = order.order_type == OrderType::Limit && order.time_in_force.rests();
        let fits = may_hide && shown > 0 && order.qty <= shown.saturating_mul(SLICES_MAX);
        if shown != 0 && !fits {
            return Err(RejectCode::BadDisplayQty);
        }
        Ok(())
    }

    fn check_link(&self, order: &NewOrder, terms: &Terms) -> Result<(), RejectCode> {
        let bad = Err(RejectCode::BadLink);
        if matches!(terms.link, Link::None | Link::Held) {
            return if terms.linked_id == 0 { Ok(()) } else { bad };
        }
        let Some(other) = self.order(terms.linked_id) else {
            return bad;
        };
        if (other.account, other.symbol()) != (order.account, order.symbol) {
            return bad;
        }
        let extra = self.extras.get(other.extra);
        let fits = if terms.link == Link::Oco {
            extra.is_none_or(|extra| extra.group == NIL || self.groups.has_room(extra.group))
        } else {
            other.tags.place() == Place::Held && !self.is_released_by_one(other)
        };
        if fits { Ok(()) } else { bad }
    }

    /// Whether an order releases this held one already, or another of its group.
    fn is_released_by_one(&self, held: &Order) -> bool {
        let released = |order: &Order| {
            let extra = self.extras.get(order.extra);
            extra.is_some_and(|extra| extra.released_by != 0)
        };
        let group = self.extras.get(held.extra).map_or(NIL, |e| e.group);
        if group == NIL {
            return released(held);
        }
        let mut members = self.groups.get(group).members().iter();
        members.any(|id| self.order(*id).is_some_and(released))
    }

    /// Whether the order waits because the one it is linked with does.
    pub(super) fn joins_held(&self, terms: &Terms) -> bool {
        terms.link == Link::Oco
            && self
                .order(terms.linked_id)
                .is_some_and(|other| other.tags.place() == Place::Held)
    }

    /// Whether an order of this size is below the instrument's smallest value.
    #[inline(always)]
    pub(super) fn is_too_small(&self, symbol: u32, price: i64, qty: i64) -> bool {
        let instrument = &self.instruments[symbol as usize];
        instrument.min_notional() > Money::ZERO
            && instrument
                .notional(Ticks(price), Lots(qty))
                .is_some_and(|value| value < instrument.min_notional())
    }

    /// Where a post-only order of this `price` goes without taking; `None` for nowhere.
    pub(super) fn price_that_rests(
        &self,
        symbol: u32,
        side: Side,
        price: i64,
        post_only: PostOnly,
    ) -> Option<i64> {
        let market = &self.markets[symbol as usize];
        let best = market.ladder.best(side.opposite());
        match best.filter(|best| taker::reaches(side, price, *best)) {
            None => Some(price),
            Some(_) if post_only == PostOnly::Reject => None,
            Some(best) => Some(best - side.sign()).filter(|p| *p > 0 && *p < COUNT_MAX),
        }
    }
}

/// What speaks against an order whatever else there is.
#[inline(always)]
fn objection_to_form(order: &NewOrder) -> Option<RejectCode> {
    if !counts(order.qty, 1) {
        let code = if order.qty <= 0 {
            RejectCode::QtyNotPositive
        } else {
            RejectCode::QtyTooLarge
        };
        return Some(code);
    }
    if !counts(order.price, i64::from(order.order_type.has_limit())) {
        return Some(RejectCode::BadPrice);
    }
    let life = order.time_in_force;
    let fits = match order.order_type {
        OrderType::Limit => order.post_only == PostOnly::No || life.rests(),
        OrderType::Market => {
            order.post_only == PostOnly::No
                && matches!(life, TimeInForce::Gtc | TimeInForce::Ioc | TimeInForce::Fok)
        }
        OrderType::MarketToLimit => order.post_only == PostOnly::No && life.rests(),
        OrderType::Stop | OrderType::StopLimit | OrderType::TrailingStop => {
            order.post_only == PostOnly::No
        }
    };
    (!fits).then_some(RejectCode::BadCombination)
}

/// Whether a count of ticks or lots lies between `lowest` and what the engine counts.
#[inline(always)]
const fn counts(count: i64, lowest: i64) -> bool {
    // What is too small wraps to a huge number, so one comparison tells both ends.
    count.wrapping_sub(lowest).cast_unsigned() < (COUNT_MAX - lowest).cast_unsigned()
}
