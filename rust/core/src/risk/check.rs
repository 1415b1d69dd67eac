//! Every rule before an order, in their fixed order.

use super::gate::{Ask, Risk, fingerprint, is_beyond};
use super::market::{Market, within_collar};
use super::profile::Profile;
use super::row::{Row, Work};
use super::scope::{Refusal, TradingState};
use crate::instrument::COUNT_MAX;
use crate::reject::RejectCode;
use crate::units::Side;

/// What an order that passed leaves to be written down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cleared {
    /// What the symbol was valued at, in ticks.
    pub(super) price: i64,
    /// See [`super::ledger::Seat::arrival_ns`]; `None` where no rule sets a pace.
    pub(super) arrival_ns: Option<i64>,
}

/// The prices an order is measured with, in ticks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prices {
    /// Its own, or what it would meet first.
    pub(super) own: i64,
    /// What the symbol is worth; its own price where a rule does not ask for more.
    pub(super) worth: i64,
    /// Money of the order.
    pub(super) value: i128,
    /// Σ ticks × lots a market order pays at once; never of an inverse contract.
    pub(super) at_once: i128,
}

/// What works with an order added, and the largest position there can be then.
#[derive(Clone, Copy, Debug)]
pub(super) struct After {
    pub(super) work: Work,
    pub(super) worst: i64,
}

impl Risk {
    /// Checks `ask` on top of `base`: its row, for an amendment without the old order.
    ///
    /// `now_ns` is the time of a new order, `None` for an amendment.
    #[inline(always)]
    pub(super) fn check(
        &self,
        ask: &Ask,
        at: u32,
        base: &Row,
        profile: u32,
        now_ns: Option<i64>,
    ) -> Result<Cleared, Refusal> {
        let profile_at = profile;
        let profile = self.rules.profile(profile);
        let market = &self.markets[base.symbol as usize];
        let reduces = reduces(base, ask);
        state_allows(profile, reduces)?;
        if ask.reduce_only && !reduces && !ask.is_conditional {
            return Err(Refusal::of(RejectCode::ReduceOnly));
        }
        counts(base, ask, market)?;
        let prices = prices(market, profile, ask)?;
        order_fits(profile, ask, &prices, market)?;
        if let Some(now_ns) = now_ns {
            self.is_no_repetition(profile, at, ask, now_ns)?;
        }
        if !ask.is_conditional {
            let work = base.work.with(ask.side, ask.price.unwrap_or(0), ask.qty);
            let worst = base.worst_with(&work);
            let after = After { work, worst };
            if !reduces {
                position_fits(profile, ask, base.position, &work, market, prices.worth)?;
            }
            self.account_carries(ask, at, &after, profile, reduces, &prices)?;
        }
        let arrival_ns = match now_ns {
            Some(now_ns) => self.next_arrival(at, profile_at, now_ns)?,
            None => None,
        };
        Ok(Cleared {
            price: prices.worth,
            arrival_ns,
        })
    }

    /// Rules 9 and 10.
    #[inline]
    fn is_no_repetition(
        &self,
        profile: &Profile,
        at: u32,
        ask: &Ask,
        now_ns: i64,
    ) -> Result<(), Refusal> {
        if profile.duplicate_ns.is_set() {
            let last = self.ledger.recent[at as usize];
            let mut this = fingerprint(ask, now_ns);
            this.at_ns = last.at_ns;
            let age_ns = now_ns.saturating_sub(last.at_ns);
            if this == last && age_ns < profile.duplicate_ns.value {
                return Err(profile.duplicate_ns.refuse(RejectCode::DuplicateOrder));
            }
        }
        if profile.open_orders.is_set() {
            let open: u32 = self.ledger.circle(at).map(|(_, row)| row.orders).sum();
            if open >= profile.open_orders.value {
                return Err(profile.open_orders.refuse(RejectCode::MaxOpenOrders));
            }
        }
        Ok(())
    }

    /// Rule 17: when the account's next order may come, if this one may.
    ///
    /// The generic cell rate algorithm: an order may come up to `burst - 1` periods early.
    #[inline]
    pub(super) fn next_arrival(
        &self,
        at: u32,
        profile: u32,
        now_ns: i64,
    ) -> Result<Option<i64>, Refusal> {
        let rate = &self.rules.profile(profile).rate;
        if !rate.is_set() {
            return Ok(None);
        }
        let seat = &self.ledger.seats[self.ledger.rows[at as usize].seat as usize];
        let due_ns = seat.arrival_ns.max(now_ns);
        let early_ns = i128::from(due_ns) - i128::from(now_ns);
        if early_ns > i128::from(rate.value.period_ns) * i128::from(rate.value.burst - 1) {
            return Err(rate.refuse(RejectCode::RateLimit));
        }
        Ok(Some(due_ns.saturating_add(rate.value.period_ns)))
    }
}

/// Whether an order can only bring a position nearer to zero, with all others of its side filled.
#[inline]
fn reduces(row: &Row, ask: &Ask) -> bool {
    row.position.signum() == -ask.side.sign()
        && row.work.on(ask.side).saturating_add(ask.qty) <= row.position.saturating_abs()
}

/// Rules 1 and 2.
#[inline]
fn state_allows(profile: &Profile, reduces: bool) -> Result<(), Refusal> {
    match profile.state.value {
        TradingState::Active => Ok(()),
        TradingState::Halted => Err(profile.state.refuse(RejectCode::TradingHalted)),
        TradingState::Reducing if reduces => Ok(()),
        TradingState::Reducing => Err(profile.state.refuse(RejectCode::ReduceOnlyState)),
    }
}

/// Rule 4: whatever happens to the order, its numbers can be counted.
#[inline]
fn counts(row: &Row, ask: &Ask, market: &Market) -> Result<(), Refusal> {
    if ask.qty <= 0 {
        return Err(Refusal::of(RejectCode::QtyNotPositive));
    }
    if ask
        .price
        .is_some_and(|price| !(1..COUNT_MAX).contains(&price))
    {
        return Err(Refusal::of(RejectCode::BadPrice));
    }
    // Four numbers below 2⁶² have a sum of 64 bits.
    let sides = [Side::Buy, Side::Sell].map(|side| row.work.on(side).unsigned_abs());
    let working = sides[0] + sides[1];
    let lots = row.position.unsigned_abs() + working + ask.qty.min(COUNT_MAX).unsigned_abs();
    let more = i128::from(ask.price.unwrap_or(0)) * i128::from(ask.qty.min(COUNT_MAX));
    let buys = match ask.side {
        Side::Buy => row.work.buys.saturating_add(more),
        Side::Sell => row.work.buys,
    };
    let too_large = lots >= COUNT_MAX.unsigned_abs()
        || buys > i128::MAX / 4
        || (market.is_spot() && market.cost(buys).is_none())
        // Without a position there is no cost, and none of the memory it lies in is asked for.
        || (row.position != 0 && is_beyond(row.cost));
    if too_large {
        return Err(Refusal::of(RejectCode::QtyTooLarge));
    }
    Ok(())
}

/// Rule 5: what to value the order at.
#[inline]
fn prices(market: &Market, profile: &Profile, ask: &Ask) -> Result<Prices, Refusal> {
    let missing = Refusal::of(RejectCode::NoReferencePrice);
    let opposite = match ask.side {
        Side::Buy => ask.touch.ask,
        Side::Sell => ask.touch.bid,
    };
    let own = ask.price.or(opposite).or(ask.touch.last).ok_or(missing)?;
    let reference = market.reference(&ask.touch);
    if reference.is_none() && profile.needs_reference() {
        return Err(missing);
    }
    let standing = Some(market.standing_price()).filter(|price| *price > 0);
    let worth = reference.or(standing).unwrap_or(own);
    let too_large = Refusal::of(RejectCode::QtyTooLarge);
    let mut value = market.value(own, ask.qty).ok_or(too_large)?;
    let mut at_once = 0;
    if ask.price.is_none() && market.sign() > 0 {
        let untold = || i128::from(own) * i128::from(ask.qty);
        at_once = ask.walk_cost.unwrap_or_else(untold);
        value = value.max(market.cost(at_once).ok_or(too_large)?);
    }
    Ok(Prices {
        own,
        worth,
        value,
        at_once,
    })
}

/// Rules 6 to 8.
#[inline]
fn order_fits(
    profile: &Profile,
    ask: &Ask,
    prices: &Prices,
    market: &Market,
) -> Result<(), Refusal> {
    if ask.qty > profile.order_qty.value {
        return Err(profile.order_qty.refuse(RejectCode::MaxOrderQty));
    }
    if prices.value > profile.order_value.value {
        return Err(profile.order_value.refuse(RejectCode::MaxOrderValue));
    }
    if !profile.collar.is_set() || ask.is_conditional {
        return Ok(());
    }
    let reference = market.reference(&ask.touch).unwrap_or(prices.worth);
    if !within_collar(profile.collar.value, ask.side, prices.own, reference) {
        return Err(profile.collar.refuse(RejectCode::PriceCollar));
    }
    Ok(())
}

/// Rules 11 and 12, on the position there will be if all orders of the side fill.
#[inline]
fn position_fits(
    profile: &Profile,
    ask: &Ask,
    position: i64,
    after: &Work,
    market: &Market,
    worth: i64,
) -> Result<(), Refusal> {
    let lots = match ask.side {
        Side::Buy => position + after.on(Side::Buy),
        Side::Sell => position - after.on(Side::Sell),
    };
    let lots = lots.saturating_abs();
    if lots > profile.position_qty.value {
        return Err(profile.position_qty.refuse(RejectCode::MaxPositionQty));
    }
    if profile.position_value.is_set() {
        let value = market.value(worth, lots);
        if value.is_none_or(|value| value > profile.position_value.value) {
            return Err(profile.position_value.refuse(RejectCode::MaxPositionValue));
        }
    }
    Ok(())
}
