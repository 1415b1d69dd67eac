//! What is wrong with an order, the first objection first.

use crate::book::tags::Place;
use crate::instrument::COUNT_MAX;
use crate::matching::command::{Change, Link, NewOrder, Phase, PostOnly, Terms};
use crate::matching::naive::{NaiveEngine, Order};
use crate::money::Money;
use crate::order::{OrderType, TimeInForce};
use crate::reject::RejectCode;
use crate::units::{Lots, Ticks};

/// Most orders in a group.
const GROUP_MAX: usize = 16;
/// Most slices an iceberg is shown in.
const SLICES_MAX: i128 = 1000;

fn first(rules: &[(bool, RejectCode)]) -> Option<RejectCode> {
    rules.iter().find(|rule| rule.0).map(|rule| rule.1)
}

/// Whether a price is none at all.
fn is_no_price(price: i64) -> bool {
    price <= 0 || price >= COUNT_MAX
}

impl NaiveEngine {
    /// What is wrong with a new order; one that is re-priced gets its other price on the way.
    pub(super) fn objection(
        &self,
        order: &mut Order,
        new: &NewOrder,
        terms: &Terms,
    ) -> Option<RejectCode> {
        let Some(state) = self.symbols.get(order.symbol as usize) else {
            return Some(RejectCode::UnknownSymbol);
        };
        if matches!(state.phase, Phase::Halted | Phase::Closed) {
            return Some(RejectCode::TradingHalted);
        }
        self.objection_of_form(order, new, terms)
            .or_else(|| self.objection_of_place(order, terms, state.phase))
    }

    /// What is wrong with the order by itself.
    fn objection_of_form(
        &self,
        order: &Order,
        new: &NewOrder,
        terms: &Terms,
    ) -> Option<RejectCode> {
        let life = order.time_in_force;
        let rests = order.order_type == OrderType::Limit && life.rests();
        let bad_combination = match order.order_type {
            OrderType::Market => matches!(life, TimeInForce::Gtd | TimeInForce::Day),
            OrderType::MarketToLimit => !life.rests(),
            OrderType::Limit | OrderType::Stop | OrderType::StopLimit | OrderType::TrailingStop => {
                false
            }
        };
        let bad_expiry = if life == TimeInForce::Gtd {
            terms.expire_time_ns <= self.now_ns
        } else {
            terms.expire_time_ns != 0
        };
        let too_thin = i128::from(terms.display_qty) * SLICES_MAX < i128::from(new.qty);
        first(&[
            (new.qty <= 0, RejectCode::QtyNotPositive),
            (new.qty >= COUNT_MAX, RejectCode::QtyTooLarge),
            (has_bad_price(order), RejectCode::BadPrice),
            (
                bad_combination || order.post_only != PostOnly::No && !rests,
                RejectCode::BadCombination,
            ),
        ])
        .or_else(|| self.unsupported(order))
        .or_else(|| {
            first(&[
                (bad_expiry, RejectCode::BadExpireTime),
                (has_bad_trigger(order), RejectCode::BadStopPrice),
                (
                    terms.display_qty != 0 && (terms.display_qty < 0 || !rests || too_thin),
                    RejectCode::BadDisplayQty,
                ),
            ])
        })
    }

    /// What is wrong with the order here and now.
    fn objection_of_place(
        &self,
        order: &mut Order,
        terms: &Terms,
        phase: Phase,
    ) -> Option<RejectCode> {
        let waits = order.place == Place::Held || order.order_type.is_stop();
        let gathers = order.may_rest() && order.post_only == PostOnly::No;
        let same_name = |other: &Order| {
            order.name.is_some() && (other.account, &other.name) == (order.account, &order.name)
        };
        let known = first(&[
            (self.get(order.id).is_some(), RejectCode::DuplicateOrderId),
            (self.is_worth_too_little(order), RejectCode::MinNotional),
            (
                self.orders.iter().any(same_name),
                RejectCode::DuplicateClientOrderId,
            ),
            (self.is_bad_link(order, terms), RejectCode::BadLink),
            (
                phase == Phase::Auction && !waits && !gathers,
                RejectCode::NotInAuction,
            ),
        ]);
        if known.is_some() {
            return known;
        }
        if order.place != Place::Held && !self.avoid_crossing(order) {
            return Some(RejectCode::PostOnlyWouldCross);
        }
        let no_start = order.order_type == OrderType::TrailingStop
            && order.trigger == 0
            && order.place != Place::Held
            && self.symbols[order.symbol as usize].last == 0;
        first(&[
            (self.is_outside_band(order), RejectCode::PriceBand),
            (no_start, RejectCode::NoReferencePrice),
        ])
    }

    /// What is wrong with a change that would make `old` into `changed`; as with a new order, one
    /// that is re-priced gets its other price on the way.
    pub(super) fn objection_to_change(
        &self,
        old: &Order,
        changed: &mut Order,
        change: &Change,
    ) -> Option<RejectCode> {
        let phase = self.symbols[old.symbol as usize].phase;
        let total = i128::from(changed.open) + i128::from(old.filled);
        let waits_for_trigger = old.order_type.is_stop() && old.place != Place::Book;
        let bad_trigger = change
            .stop_price
            .is_some_and(|price| !waits_for_trigger || is_no_price(price));
        let too_thin = changed.display > 0
            && i128::from(changed.display) * SLICES_MAX < i128::from(changed.open);
        let form = first(&[
            (
                matches!(phase, Phase::Halted | Phase::Closed),
                RejectCode::TradingHalted,
            ),
            (
                change.qty.is_some_and(|qty| qty <= 0),
                RejectCode::QtyNotPositive,
            ),
            (changed.open <= 0, RejectCode::TotalBelowFilled),
            (total >= i128::from(COUNT_MAX), RejectCode::QtyTooLarge),
            (has_bad_price(changed), RejectCode::BadPrice),
            (bad_trigger, RejectCode::BadStopPrice),
            (too_thin, RejectCode::BadDisplayQty),
        ]);
        if form.is_some() {
            return form;
        }
        if self.is_worth_too_little(changed) {
            return Some(RejectCode::MinNotional);
        }
        if changed.price == old.price {
            return None;
        }
        if old.place == Place::Book && !self.avoid_crossing(changed) {
            return Some(RejectCode::PostOnlyWouldCross);
        }
        let moves = changed.price != old.price;
        (moves && self.is_outside_band(changed)).then_some(RejectCode::PriceBand)
    }

    /// Moves a post-only order to where it does not take; answers whether there is such a place.
    pub(super) fn avoid_crossing(&self, order: &mut Order) -> bool {
        let Some(best) = self.best(order.symbol, order.side.opposite()) else {
            return true;
        };
        match order.post_only {
            PostOnly::No => true,
            _ if !order.accepts(best.price) => true,
            PostOnly::Reject => false,
            PostOnly::Reprice => {
                let behind = best.price - order.side.sign();
                if is_no_price(behind) {
                    return false;
                }
                order.price = behind;
                true
            }
        }
    }

    fn is_worth_too_little(&self, order: &Order) -> bool {
        let instrument = &self.instruments[order.symbol as usize];
        let value = instrument.notional(Ticks(order.price), Lots(order.total()));
        order.order_type.has_limit()
            && instrument.min_notional() > Money::ZERO
            && value.is_some_and(|value| value < instrument.min_notional())
    }

    fn is_outside_band(&self, order: &Order) -> bool {
        let bands = self.symbols[order.symbol as usize].bands;
        order.order_type.has_limit()
            && (bands.low > 0 && order.price < bands.low
                || bands.high > 0 && order.price > bands.high)
    }

    fn is_bad_link(&self, order: &Order, terms: &Terms) -> bool {
        let named = self.get(terms.linked_id);
        let named =
            named.filter(|other| (other.account, other.symbol) == (order.account, order.symbol));
        match (terms.link, named) {
            (Link::None | Link::Held, _) => terms.linked_id != 0,
            (Link::Oco | Link::Releases, None) => true,
            (Link::Oco, Some(named)) => self.group_of(named).len() >= GROUP_MAX,
            (Link::Releases, Some(named)) => {
                let group = self.group_of(named);
                named.place != Place::Held || group.iter().any(|other| other.released_by != 0)
            }
        }
    }
}

/// A limit must be a price; a protection price may be missing.
fn has_bad_price(order: &Order) -> bool {
    is_no_price(order.price) && (order.order_type.has_limit() || order.price != 0)
}

fn has_bad_trigger(order: &Order) -> bool {
    match order.order_type {
        OrderType::Stop | OrderType::StopLimit => is_no_price(order.trigger) || order.distance != 0,
        OrderType::TrailingStop => {
            is_no_price(order.distance) || is_no_price(order.trigger) && order.trigger != 0
        }
        OrderType::Limit | OrderType::Market | OrderType::MarketToLimit => {
            order.trigger != 0 || order.distance != 0
        }
    }
}
