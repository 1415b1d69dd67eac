//! The short way in: an order that few numbers show to be allowed by every rule.
//!
//! What is asked here is enough for a yes and never says no: whatever else holds of an order, the
//! rules themselves decide, in [`super::check`].

use super::gate::{Holding, Risk};
use super::market::{Touch, times, within_collar};
use super::profile::Allowance;
use super::row::{Row, held_on};
use crate::instrument::COUNT_MAX;
use crate::units::Side;

/// An order of no strategy that comes in at once and may increase a position.
#[derive(Clone, Copy, Debug)]
pub struct Ordinary {
    /// Who asks.
    pub account: u32,
    /// In which symbol.
    pub symbol: u32,
    /// Which way.
    pub side: Side,
    /// Its limit in ticks; 0 for a market order.
    pub price: i64,
    /// How many lots.
    pub qty: i64,
}

impl Risk {
    /// What [`Self::admit`] answers to an order where it is plain that it says yes; `None` leaves
    /// the question to it, and nothing has changed.
    ///
    /// `walk_cost` is that of [`super::Ask::walk_cost`], 0 where no rule asks for it, and asked of
    /// market orders alone; `touch`, the market it meets, is looked at only where a rule does.
    #[inline(always)]
    pub fn admit_ordinary(
        &mut self,
        order: &Ordinary,
        walk_cost: impl FnOnce() -> i128,
        touch: impl Fn() -> Touch,
    ) -> Option<Holding> {
        let at = self.ledger.known_row(order.account, order.symbol)?;
        let mut name = self.ledger.rows[at as usize].profile;
        if self.rules.allowance(name).is_none() {
            self.resolve(at);
            name = self.ledger.rows[at as usize].profile;
        }
        let row = &self.ledger.rows[at as usize];
        let market = self.markets.get(order.symbol as usize)?;
        let plain = market.plain.as_ref()?;
        let allowance = self.rules.allowance(name)?;
        let (mut price, mut walk) = (order.price, 0);
        if price == 0 {
            // Priced by what it meets first.
            let touch = touch();
            let opposite = [touch.ask, touch.bid][order.side as usize];
            price = opposite.or(touch.last)?;
            walk = walk_cost();
            let whole = times(walk, plain.unit.into())?;
            (whole <= allowance.order_value).then_some(())?;
        }
        let money = price.checked_mul(order.qty)?;
        let fits = fits(row, order.side, (price, order.qty), allowance)
            && i128::from(money) * i128::from(plain.unit) <= allowance.order_value
            && (allowance.open_orders == u32::MAX
                || (row.next == at && row.orders < allowance.open_orders))
            && market.seen != 0;
        if !fits {
            return None;
        }
        if allowance.collar >= 0 {
            let reference = market.reference(&touch())?;
            let is_within = within_collar(allowance.collar, order.side, price, reference);
            is_within.then_some(())?;
        }
        if plain.is_spot {
            self.hold_ordinary(at, order, walk)?;
        } else if plain.margin != 0 {
            self.carries_ordinary(at, order, price, touch)?;
        }
        self.ledger
            .change_work(at, order.side, order.price, order.qty, 1);
        Some(Holding(at))
    }

    /// Rule 14 of a spot order, and what it holds; a market order that buys pays `walk` at once.
    #[inline(always)]
    fn hold_ordinary(&mut self, at: u32, order: &Ordinary, walk: i128) -> Option<()> {
        let row = &self.ledger.rows[at as usize];
        let market = &self.markets[row.symbol as usize];
        let plain = market.plain.as_ref()?;
        let money = held_on(order.side, order.price, order.qty);
        market.cost(row.work.buys.checked_add(money)?)?;
        if plain.is_entangled {
            return None;
        }
        let wallet = [row.settle_wallet, row.base_wallet][order.side as usize];
        let wallet = &mut self.ledger.wallets[wallet as usize];
        let more = plain.held(order.side, money, order.qty);
        let at_once = plain.held(order.side, walk, order.qty);
        if more.max(at_once) > wallet.free() {
            return None;
        }
        wallet.held += more;
        Some(())
    }

    /// Rule 14 of a derivative of an account that trades nothing else.
    #[inline(always)]
    fn carries_ordinary(
        &self,
        at: u32,
        order: &Ordinary,
        price: i64,
        touch: impl FnOnce() -> Touch,
    ) -> Option<()> {
        let row = &self.ledger.rows[at as usize];
        let market = &self.markets[row.symbol as usize];
        let plain = market.plain.as_ref()?;
        let worst = row.worst_with(&row.work.with(order.side, 0, order.qty));
        if worst <= row.worst_side() {
            return Some(());
        }
        if row.next != at {
            return None;
        }
        let standing = Some(market.standing_price()).filter(|price| *price > 0);
        let worth = market.reference(&touch()).or(standing).unwrap_or(price);
        let gross = worth.checked_mul(worst)?;
        market.cost(gross.into())?;
        let value = i128::from(worth.checked_mul(row.position)?) * i128::from(plain.unit);
        let margin = i128::from(gross) * i128::from(plain.margin);
        let wallet = &self.ledger.wallets[row.settle_wallet as usize];
        let money = wallet.free().checked_add(row.profit)?;
        let free = money.checked_add(value - row.cost)?.checked_sub(margin)?;
        (free >= 0).then_some(())
    }
}

/// Rules 4, 6 and 11; not all of 4, as far as it asks for money.
#[inline(always)]
fn fits(row: &Row, side: Side, (price, qty): (i64, i64), allowance: &Allowance) -> bool {
    if !is_within(qty, allowance.order_qty) || !is_within(price, COUNT_MAX - 1) {
        return false;
    }
    let position = row.position * side.sign();
    // Numbers below 2⁶², so that no sum of two overflows, and one of four not without a sign.
    let working = row.work.on(side) + qty;
    let lots = row.position.unsigned_abs()
        + working.cast_unsigned()
        + row.work.on(side.opposite()).cast_unsigned();
    lots < COUNT_MAX.unsigned_abs() && (position + working).abs() <= allowance.position_qty
}

/// Whether `count` is 1 or more and no more than `most`, which is not negative.
#[inline(always)]
const fn is_within(count: i64, most: i64) -> bool {
    // What is too small wraps to a huge number, so one comparison tells both ends.
    count.wrapping_sub(1).cast_unsigned() < most.cast_unsigned()
}
