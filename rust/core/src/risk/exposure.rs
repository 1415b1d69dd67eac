//! Rules 13 to 15: what an account as a whole can carry.

use super::check::{After, Prices};
use super::gate::{Ask, Risk};
use super::market::{Market, VALUE_MAX};
use super::profile::Profile;
use super::row::Row;
use super::scope::Refusal;
use crate::money::Rate;
use crate::reject::RejectCode;
use crate::units::Side;

/// Sums over an account's symbols that settle in one asset, in money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Exposure {
    /// Initial margin of the derivatives.
    pub(super) margin: i128,
    /// Value of every symbol's worse side.
    pub(super) gross: i128,
    /// Profit of open derivatives.
    pub(super) open: i128,
    /// Profit of open positions of every kind.
    pub(super) unrealised: i128,
    /// Value of what was bought on spot markets.
    pub(super) bought: i128,
}

impl Exposure {
    /// Adds a row whose larger side is `worst`, valued at `price`.
    ///
    /// `None` when a sum is beyond counting.
    #[inline]
    fn add(&mut self, market: &Market, row: &Row, worst: i64, price: i64) -> Option<()> {
        if worst == 0 && row.position == 0 {
            return Some(());
        }
        let gross = market.value(price, worst)?;
        let value = market.value(price, row.position)?;
        let profit = market.sign() * (value - row.cost);
        self.gross = self.gross.checked_add(gross)?;
        self.unrealised = self.unrealised.checked_add(profit)?;
        if market.is_spot() {
            self.bought = self.bought.checked_add(value)?;
        } else {
            let margin = market.margin(gross, price, worst);
            self.margin = self.margin.checked_add(margin)?;
            self.open = self.open.checked_add(profit)?;
        }
        Some(())
    }
}

impl Risk {
    /// What an account's symbols that settle in `asset` come to.
    pub(super) fn exposure(&self, seat: u32, asset: u32) -> Option<Exposure> {
        let mut sums = Exposure::default();
        for (_, row) in self.ledger.rows_of(seat) {
            self.add_row(&mut sums, row, asset)?;
        }
        Some(sums)
    }

    /// The same with another larger side and price of row `at`, for the asset that one settles in.
    #[inline]
    fn exposure_with(&self, at: u32, worst: i64, price: i64) -> Option<Exposure> {
        let mut sums = Exposure::default();
        let row = &self.ledger.rows[at as usize];
        let market = &self.markets[row.symbol as usize];
        sums.add(market, row, worst, price)?;
        for (_, other) in self.ledger.circle(at).skip(1) {
            self.add_row(&mut sums, other, market.settle)?;
        }
        Some(sums)
    }

    #[inline]
    fn add_row(&self, sums: &mut Exposure, row: &Row, asset: u32) -> Option<()> {
        let market = &self.markets[row.symbol as usize];
        if market.settle != asset {
            return Some(());
        }
        sums.add(market, row, row.worst_side(), market.standing_price())
    }

    /// Rules 13 to 15.
    #[inline(always)]
    pub(super) fn account_carries(
        &self,
        ask: &Ask,
        at: u32,
        after: &After,
        profile: &Profile,
        reduces: bool,
        prices: &Prices,
    ) -> Result<(), Refusal> {
        let now = &self.ledger.rows[at as usize];
        let market = &self.markets[now.symbol as usize];
        let watched = !reduces && (profile.leverage.is_set() || profile.daily_loss.is_set());
        let margined =
            !market.is_spot() && !reduces && market.is_margined() && after.worst > now.worst_side();
        if watched || margined {
            return self.sums_carry(ask, at, after, profile, (reduces, margined), prices);
        }
        if market.is_spot() {
            return self.spot_funds(ask, at, after, prices);
        }
        Ok(())
    }

    /// The same where a rule asks for sums over the account.
    fn sums_carry(
        &self,
        ask: &Ask,
        at: u32,
        after: &After,
        profile: &Profile,
        (reduces, margined): (bool, bool),
        prices: &Prices,
    ) -> Result<(), Refusal> {
        let now = &self.ledger.rows[at as usize];
        let wallet = self.ledger.money(at, now.settle_wallet);
        let sums = self.exposure_with(at, after.worst, prices.worth);
        if !reduces && profile.leverage.is_set() {
            let equity = |sums: Exposure| {
                let open = sums.open.checked_add(sums.bought)?;
                wallet.balance.checked_add(open)
            };
            let allowed = sums.is_some_and(|sums| {
                let rate = Rate(profile.leverage.value);
                equity(sums).is_some_and(|equity| carries(equity, rate, sums.gross))
            });
            if !allowed {
                return Err(profile.leverage.refuse(RejectCode::MaxLeverage));
            }
        }
        if margined {
            let free = sums.and_then(|sums| {
                wallet
                    .free()
                    .checked_add(sums.open)?
                    .checked_sub(sums.margin)
            });
            if free.is_none_or(|free| free < 0) {
                return Err(Refusal::of(RejectCode::InsufficientMargin));
            }
        }
        if self.markets[now.symbol as usize].is_spot() {
            self.spot_funds(ask, at, after, prices)?;
        }
        if !reduces && profile.daily_loss.is_set() {
            let day = sums.and_then(|sums| {
                let profit = wallet.realised.checked_add(sums.unrealised)?;
                profit.checked_sub(self.ledger.day_starts[now.settle_wallet as usize])
            });
            if day.is_none_or(|day| day <= -profile.daily_loss.value) {
                return Err(profile.daily_loss.refuse(RejectCode::MaxDailyLoss));
            }
        }
        Ok(())
    }

    /// Rule 14 of a spot order, reducing or not: it pays with what is there.
    fn spot_funds(
        &self,
        ask: &Ask,
        at: u32,
        after: &After,
        prices: &Prices,
    ) -> Result<(), Refusal> {
        let now = &self.ledger.rows[at as usize];
        let market = &self.markets[now.symbol as usize];
        let (before, after) = (&now.work, &after.work);
        let (wallet, asset, more) = match ask.side {
            Side::Buy => {
                let resting = market.held_for_buys(after) - market.held_for_buys(before);
                let at_once = market.with_fees(prices.at_once);
                (
                    now.settle_wallet,
                    market.settle,
                    resting.saturating_add(at_once),
                )
            }
            Side::Sell => {
                let more = market.held_for_sells(after) - market.held_for_sells(before);
                (now.base_wallet, market.base, more)
            }
        };
        let mut free = Some(self.ledger.wallets[wallet as usize].free());
        // Only where a derivative settles do rows keep money.
        if self.assets[asset as usize].is_collateral {
            let money = self.ledger.money(at, wallet);
            free = self.free_of_margin(now.seat, asset, money.free());
        }
        if free.is_none_or(|free| more > free) {
            return Err(Refusal::of(RejectCode::InsufficientFunds));
        }
        Ok(())
    }

    /// What of `free` the account's derivatives leave: losses count, open profits do not.
    pub(super) fn free_of_margin(&self, seat: u32, asset: u32, free: i128) -> Option<i128> {
        let sums = self.exposure(seat, asset)?;
        free.checked_add(sums.open.min(0))?.checked_sub(sums.margin)
    }
}

/// Whether `equity` × `leverage` covers `gross`.
fn carries(equity: i128, leverage: Rate, gross: i128) -> bool {
    const UNIT: i128 = 1_000_000_000;
    if equity <= 0 {
        return gross == 0;
    }
    let rate = i128::from(leverage.0);
    let Some(whole) = (equity / UNIT).checked_mul(rate) else {
        return gross <= VALUE_MAX;
    };
    gross <= whole.saturating_add(equity % UNIT * rate / UNIT)
}
