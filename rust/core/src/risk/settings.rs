//! What operators set: accounts, money, limits, states, marks, the day.

use super::digest;
use super::gate::Risk;
use super::limits::Limits;
use super::listing::market_of;
use super::market::{Market, SymbolTerms};
use super::scope::{Scope, TradingState};
use crate::book::arena::NIL;
use crate::instrument::COUNT_MAX;
use crate::money::Money;
use crate::reject::RejectCode;

/// Most money of an asset there may be in all accounts together, in 10⁻¹⁸.
pub(super) const DEPOSITS_MAX: i128 = 1 << 120;

impl Risk {
    /// Keeps accounts from now on; `terms` are those of each instrument, in order.
    ///
    /// # Errors
    ///
    /// [`RejectCode::BadSetting`] when accounts are kept already, a symbol has no terms, a rate is
    /// not within 0 and 1, a spot symbol's two assets are one, or a lot of it is no whole number
    /// of 10⁻¹⁸.
    pub fn keep_accounts(&mut self, terms: &[SymbolTerms]) -> Result<(), RejectCode> {
        if self.keeps_accounts || terms.len() != self.instruments.len() {
            return Err(RejectCode::BadSetting);
        }
        let mut assets = Vec::new();
        let mut markets = Vec::with_capacity(terms.len());
        for (instrument, terms) in self.instruments.iter().zip(terms) {
            let market = market_of(instrument, terms, &mut assets)?;
            markets.push(market);
        }
        let asks = |market: &Market| market.is_spot() || market.is_margined();
        self.asks_for_money = markets.iter().any(asks);
        (self.markets, self.assets) = (markets, assets);
        self.entangle();
        self.terms = terms.to_vec();
        self.keeps_accounts = true;
        self.guards = true;
        for (symbol, terms) in (0..).zip(terms) {
            self.note_terms(symbol, terms);
        }
        Ok(())
    }

    /// Counts the terms of a symbol in.
    pub(super) fn note_terms(&mut self, symbol: u32, terms: &SymbolTerms) {
        let numbers = [
            1,
            terms.base.into(),
            terms.quote.into(),
            terms.initial_margin.0.into(),
            terms.max_spread_ticks.into(),
        ];
        self.set_term(digest::key(digest::TERMS, symbol, 0), &numbers);
    }

    /// Says of every symbol whether derivatives settle in one of its assets.
    pub(super) fn entangle(&mut self) {
        for market in &mut self.markets {
            let places = [market.settle, market.base];
            let is_entangled = places.map(|at| self.assets[at as usize].is_collateral);
            if let Some(plain) = &mut market.plain {
                plain.is_entangled = is_entangled != [false; 2];
            }
        }
    }

    /// Says whose an account is, and whose orders its own do not trade with.
    ///
    /// An account nobody seated is its own user and its own group.
    ///
    /// # Errors
    ///
    /// [`RejectCode::EngineFull`] when there are as many accounts as can be counted.
    pub fn seat(&mut self, account: u32, user: u32, group: u32) -> Result<(), RejectCode> {
        let seat = self.ledger.seat(account).ok_or(RejectCode::EngineFull)?;
        self.ledger.change_seat(seat, |seat| {
            seat.user = user;
            seat.group = group;
        });
        self.forget_profiles();
        Ok(())
    }

    /// Sets the limits of `scope` in place of those it had.
    ///
    /// # Errors
    ///
    /// [`RejectCode::BadSetting`] as [`Limits::check`] says; [`RejectCode::UnknownSymbol`].
    pub fn set_limits(&mut self, scope: Scope, limits: Limits) -> Result<(), RejectCode> {
        limits.check()?;
        self.knows(scope)?;
        self.forget_profiles();
        let before = self.rules.set_limits(scope, limits).unwrap_or_default();
        let key = digest::key(digest::LIMITS + u32::from(scope.number()), scope.id(), 0);
        let sum = |limits: &Limits| digest::numbers(&limits.numbers());
        let delta = sum(&limits).wrapping_sub(sum(&before));
        self.digest = self.digest.wrapping_add(key.wrapping_mul(delta));
        Ok(())
    }

    /// Sets the trading state of `scope`; saying it twice changes nothing.
    ///
    /// # Errors
    ///
    /// [`RejectCode::UnknownSymbol`].
    pub fn set_state(&mut self, scope: Scope, state: TradingState) -> Result<(), RejectCode> {
        self.knows(scope)?;
        self.forget_profiles();
        let before = self.rules.set_state(scope, state);
        self.guards = self.keeps_accounts || !self.rules.is_every_state_active();
        let key = digest::key(digest::STATE + u32::from(scope.number()), scope.id(), 0);
        self.set_term(key, &[state as i128 - before as i128]);
        Ok(())
    }

    /// Sets the price positions in `symbol` are valued at.
    ///
    /// # Errors
    ///
    /// [`RejectCode::BadPrice`] when it is out of range; [`RejectCode::UnknownSymbol`], also
    /// while no accounts are kept.
    pub fn set_mark(&mut self, symbol: u32, ticks: i64) -> Result<(), RejectCode> {
        if self.markets.get(symbol as usize).is_none() {
            return Err(RejectCode::UnknownSymbol);
        }
        if !(1..COUNT_MAX).contains(&ticks) {
            return Err(RejectCode::BadPrice);
        }
        self.markets[symbol as usize].mark = ticks;
        Ok(())
    }

    /// Starts a day: what an account lost before no longer counts against its daily loss.
    pub fn start_day(&mut self) {
        for at in (0..).take(self.ledger.wallets.len()) {
            let profit = self.profit_of(at);
            self.ledger.set_day_start(at, profit);
        }
    }

    /// Puts money into an account.
    ///
    /// # Errors
    ///
    /// [`RejectCode::BadSetting`] when no symbol trades the asset, the amount is not above 0, or
    /// more is in all accounts than can be counted.
    pub fn deposit(&mut self, account: u32, asset: u32, amount: Money) -> Result<(), RejectCode> {
        let place = self.asset(asset).ok_or(RejectCode::BadSetting)?;
        let room = DEPOSITS_MAX.saturating_sub(self.assets[place as usize].deposits);
        if amount.0 <= 0 || amount.0 > room {
            return Err(RejectCode::BadSetting);
        }
        let wallet = self
            .ledger
            .wallet(account, place)
            .ok_or(RejectCode::EngineFull)?;
        self.move_money(wallet, place, amount.0);
        Ok(())
    }

    /// Takes money out of an account, as far as nothing is held or margined with it.
    ///
    /// # Errors
    ///
    /// [`RejectCode::UnknownAccount`] when the account has none of the asset;
    /// [`RejectCode::BadSetting`] when the amount is not above 0;
    /// [`RejectCode::InsufficientFunds`].
    pub fn withdraw(&mut self, account: u32, asset: u32, amount: Money) -> Result<(), RejectCode> {
        let place = self.asset(asset).ok_or(RejectCode::BadSetting)?;
        if amount.0 <= 0 {
            return Err(RejectCode::BadSetting);
        }
        let wallet = self.ledger.find_wallet(account, place);
        let wallet = wallet.ok_or(RejectCode::UnknownAccount)?;
        if amount > self.free(account, asset) {
            return Err(RejectCode::InsufficientFunds);
        }
        self.move_money(wallet, place, -amount.0);
        Ok(())
    }

    fn move_money(&mut self, wallet: u32, asset: u32, amount: i128) {
        self.ledger.change_wallet(wallet, |wallet| {
            wallet.balance = wallet.balance.saturating_add(amount);
        });
        let sums = &mut self.assets[asset as usize];
        sums.deposits = sums.deposits.saturating_add(amount);
    }

    /// Lets every profile be resolved anew: something they rest on changes.
    fn forget_profiles(&mut self) {
        if self.rules.change() {
            for row in self.ledger.rows.iter_mut() {
                row.profile = NIL;
            }
        }
    }

    fn knows(&self, scope: Scope) -> Result<(), RejectCode> {
        match scope {
            Scope::Symbol(symbol) if symbol as usize >= self.instruments.len() => {
                Err(RejectCode::UnknownSymbol)
            }
            _ => Ok(()),
        }
    }

    fn set_term(&mut self, key: u128, numbers: &[i128]) {
        let term = key.wrapping_mul(digest::numbers(numbers));
        self.digest = self.digest.wrapping_add(term);
    }
}
