//! The door an order passes: checked whole, then held, then let in.

use std::sync::Arc;

use super::ledger::{Ledger, Recent};
use super::market::{Market, SymbolTerms, Touch, VALUE_MAX};
use super::row::{Row, held_on};
use super::rules::Rules;
use super::scope::{Refusal, Scope, TradingState};
use crate::book::arena::NIL;
use crate::instrument::Instrument;
use crate::reject::RejectCode;
use crate::units::Side;

/// Above so many rows (512 kB of them) a batch looks ahead for those it will need.
const FAR: usize = 1 << 12;

/// Where an account's numbers in a symbol are kept, so that what follows needs no search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Holding(pub u32);

impl Holding {
    /// Of an order that came while no accounts were kept.
    pub const NONE: Self = Self(u32::MAX);
}

/// What an order asks for, and what the book says about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Who asks.
    pub account: u32,
    /// For which of the strategies.
    pub strategy: u32,
    /// In which symbol.
    pub symbol: u32,
    /// Which way.
    pub side: Side,
    /// How many lots.
    pub qty: i64,
    /// Its limit in ticks; the trigger of a parked stop; `None` for a market order.
    ///
    /// A market order holds lots but no money: its whole cost is checked, and nothing comes
    /// between the check and its fills. Where what is left of it comes to rest, it is amended
    /// from price 0.
    pub price: Option<i64>,
    /// The market it meets.
    pub touch: Touch,
    /// Σ ticks × lots a market order would pay on its way through the book.
    pub walk_cost: Option<i128>,
    /// Whether it may only reduce a position.
    pub reduce_only: bool,
    /// Whether it waits for a price or for another order: then it counts as open but holds
    /// nothing, and what depends on the account and the market (rules 3, 8 and 11 to 15) is
    /// checked when its turn comes, by [`Risk::amend`] from nothing. While it waits its changes
    /// are amended as conditional ones, and it ends by [`Risk::order_closed`] alone.
    pub is_conditional: bool,
}

/// An order's working part: what [`Risk::amend`] changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Working {
    /// The price its money is held at, in ticks; 0 for a market order.
    pub price: i64,
    /// Open lots.
    pub qty: i64,
}

/// One asset, and the sums the books are closed with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asset {
    pub(super) id: u32,
    /// Whether a derivative settles in it.
    pub(super) is_collateral: bool,
    /// Fees collected.
    pub(super) fees: i128,
    /// Deposits less withdrawals of all accounts.
    pub(super) deposits: i128,
}

/// Accounts and the rules before every order.
#[derive(Clone, Debug)]
pub struct Risk {
    pub(super) instruments: Vec<Arc<Instrument>>,
    pub(super) keeps_accounts: bool,
    pub(super) guards: bool,
    pub(super) asks_for_money: bool,
    pub(super) rules: Rules,
    pub(super) terms: Vec<SymbolTerms>,
    pub(super) markets: Vec<Market>,
    pub(super) assets: Vec<Asset>,
    pub(super) ledger: Ledger,
    /// Of everything outside the ledger but markets and assets, whose sums are few.
    pub(super) digest: u128,
}

impl Risk {
    /// No accounts, no limits, every state active: nothing to guard.
    pub fn new(instruments: &[Arc<Instrument>]) -> Self {
        Self {
            instruments: instruments.to_vec(),
            keeps_accounts: false,
            guards: false,
            asks_for_money: false,
            rules: Rules::default(),
            terms: Vec::new(),
            markets: Vec::new(),
            assets: Vec::new(),
            ledger: Ledger::default(),
            digest: 0,
        }
    }

    /// Whether an order needs [`Self::admit`] at all.
    #[inline(always)]
    pub const fn is_guarding(&self) -> bool {
        self.guards
    }

    /// Checks an order against every rule and, when all allow it, holds what it may cost.
    ///
    /// # Errors
    ///
    /// The first rule in order of the list in [`crate::risk`] that speaks against it; then
    /// nothing has changed.
    #[inline(always)]
    pub fn admit(&mut self, ask: &Ask, now_ns: i64) -> Result<Holding, Refusal> {
        if !self.keeps_accounts {
            return self.state_allows(ask).map(|()| Holding::NONE);
        }
        if self.markets.get(ask.symbol as usize).is_none() {
            return Err(Refusal::of(RejectCode::UnknownSymbol));
        }
        match self.ledger.known_row(ask.account, ask.symbol) {
            Some(at) => self.admit_at(at, ask, now_ns),
            None => self.admit_new(ask, now_ns),
        }
    }

    /// Admits the first order of an account in a symbol; a refused one leaves no trace of it.
    #[cold]
    fn admit_new(&mut self, ask: &Ask, now_ns: i64) -> Result<Holding, Refusal> {
        let extent = self.ledger.extent();
        let market = &self.markets[ask.symbol as usize];
        let at = self.ledger.row(ask.account, ask.symbol, market);
        let answer = at
            .ok_or(Refusal::of(RejectCode::EngineFull))
            .and_then(|at| self.admit_at(at, ask, now_ns));
        if answer.is_err() {
            self.ledger.forget(&extent);
        }
        answer
    }

    /// Admits an order of the account and symbol of row `at`.
    #[inline(always)]
    fn admit_at(&mut self, at: u32, ask: &Ask, now_ns: i64) -> Result<Holding, Refusal> {
        let profile = self.profile(at, ask.strategy);
        let row = &self.ledger.rows[at as usize];
        let cleared = self.check(ask, at, row, profile, Some(now_ns))?;
        if ask.is_conditional {
            self.ledger.change_orders(at, 1);
        } else {
            self.change_work(at, ask.side, ask.price.unwrap_or(0), ask.qty, 1);
        }
        if let Some(arrival_ns) = cleared.arrival_ns {
            self.put_arrival(at, arrival_ns);
        }
        if self.rules.profile(profile).duplicate_ns.is_set() {
            self.ledger.set_recent(at, fingerprint(ask, now_ns));
        }
        self.see_first(ask.symbol, cleared.price);
        Ok(Holding(at))
    }

    /// Changes the working part of an order from `old` to that of `ask`, checked like a new one.
    ///
    /// What the old part held is free for the new one, and for nothing else. A change that asks
    /// for no more (no larger, worth no more, no nearer to the market) always passes. Of a new
    /// order's rules only the ones about duplicates and open orders do not apply. An order that
    /// waited has its turn by a change from nothing, `Working { price: 0, qty: 0 }`, to an `ask`
    /// that is not conditional: it was counted when it was placed and spends no order rate.
    ///
    /// # Errors
    ///
    /// As [`Self::admit`]; then the order stands as it was.
    pub fn amend(
        &mut self,
        holding: Holding,
        old: Working,
        ask: &Ask,
        now_ns: i64,
    ) -> Result<(), Refusal> {
        let new = Working {
            price: ask.price.unwrap_or(0),
            qty: ask.qty,
        };
        if !self.keeps_accounts {
            let less = new.qty <= old.qty && new.price == old.price;
            return if less { Ok(()) } else { self.state_allows(ask) };
        }
        let Some(row) = self.ledger.rows.get(holding.0 as usize) else {
            return Err(Refusal::of(RejectCode::UnknownAccount));
        };
        let (side, at, symbol) = (ask.side, holding.0, row.symbol);
        if !asks_for_less(&self.markets[row.symbol as usize], side, old, new) {
            let mut base = *row;
            // An order that waits holds nothing yet.
            if !ask.is_conditional {
                base.work = base.work.with(side, old.price, -old.qty);
            }
            let profile = self.profile(at, ask.strategy);
            let cleared = self.check(ask, at, &base, profile, None)?;
            // An order whose turn came was counted when it was placed.
            if old.qty != 0
                && let Some(arrival_ns) = self.next_arrival(at, profile, now_ns)?
            {
                self.put_arrival(at, arrival_ns);
            }
            self.see_first(symbol, cleared.price);
        }
        if !ask.is_conditional {
            self.change_work(at, side, old.price, -old.qty, 0);
            self.change_work(at, side, new.price, new.qty, 0);
        }
        Ok(())
    }

    /// Lets `qty` more work at `price` in a row, less where it is negative, opens or closes
    /// `orders`, and moves what is held.
    #[inline(always)]
    pub(super) fn change_work(&mut self, at: u32, side: Side, price: i64, qty: i64, orders: i32) {
        let row = &self.ledger.rows[at as usize];
        let market = &self.markets[row.symbol as usize];
        if market.is_spot() {
            let more = if let Some(plain) = &market.plain {
                plain.held(side, held_on(side, price, qty), qty)
            } else {
                let work = row.work.with(side, price, qty);
                market.held_for(side, &work) - market.held_for(side, &row.work)
            };
            let wallet = [row.settle_wallet, row.base_wallet][side as usize];
            self.ledger.wallets[wallet as usize].held += more;
        }
        self.ledger.change_work(at, side, price, qty, orders);
    }

    /// Puts what works in row `read` into the empty row `at`.
    pub(super) fn put_work(&mut self, at: u32, read: &Row) {
        let market = &self.markets[self.ledger.rows[at as usize].symbol as usize];
        let (buys, sells) = (
            market.held_for_buys(&read.work),
            market.held_for_sells(&read.work),
        );
        let is_spot = market.is_spot();
        let row = self.ledger.put_work(at, read);
        if is_spot {
            self.ledger.wallets[row.settle_wallet as usize].held += buys;
            self.ledger.wallets[row.base_wallet as usize].held += sells;
        }
    }

    #[cold]
    fn put_arrival(&mut self, at: u32, arrival_ns: i64) {
        let seat = self.ledger.rows[at as usize].seat;
        self.ledger
            .change_seat(seat, |seat| seat.arrival_ns = arrival_ns);
    }

    /// The profile of a row and a strategy, resolved anew where a setting changed.
    #[inline(always)]
    fn profile(&mut self, at: u32, strategy: u32) -> u32 {
        let name = self.ledger.rows[at as usize].profile;
        let place = self.rules.place(name);
        let place = place.unwrap_or_else(|| self.resolve(at));
        self.rules.with_strategy(place, strategy)
    }

    #[inline(never)]
    pub(super) fn resolve(&mut self, at: u32) -> u32 {
        let row = &mut self.ledger.rows[at as usize];
        let seats = &self.ledger.seats;
        let user = || seats[row.seat as usize].user;
        let name = self.rules.resolve(user, row.account, row.symbol);
        // A row whose cost cannot be counted on is asked about anew each time: see `Risk::fill`.
        row.profile = if is_beyond(row.cost) { NIL } else { name };
        self.rules.place(name).unwrap_or_default()
    }

    /// Whether a rule may ask what a market order in `symbol` would pay on its way.
    #[inline]
    pub fn asks_for_walks(&self, symbol: u32) -> bool {
        let pays = |market: &Market| market.is_spot() || !self.rules.limits.is_empty();
        self.markets.get(symbol as usize).is_some_and(pays)
    }

    /// Whether there are so many rows that most are far from the processor.
    #[inline]
    pub const fn is_far(&self) -> bool {
        self.ledger.rows.len() > FAR
    }

    /// Whether an order may be asked for the money it holds or is margined with.
    #[inline]
    pub const fn asks_for_money(&self) -> bool {
        self.asks_for_money
    }

    /// Asks for the memory an account's next order needs first; `stage` 0 before 1 before 2.
    ///
    /// Only hints: each stage finds its way by what the one before asked for.
    #[inline(always)]
    pub fn prefetch(&self, account: u32, stage: u8) {
        match stage {
            0 => self.ledger.prefetch_account(account),
            1 => self.ledger.prefetch_last_row(account),
            _ => self.ledger.prefetch_last_wallet(account),
        }
    }

    /// Asks for the memory an admitted order's next change needs first; `stage` 0 before 1.
    #[inline(always)]
    pub fn prefetch_holding(&self, holding: Holding, stage: u8) {
        match stage {
            0 => self.ledger.prefetch_row(holding.0),
            _ => self.ledger.prefetch_money(holding.0),
        }
    }

    /// The trading state without accounts: nothing is known to reduce anything.
    #[cold]
    fn state_allows(&self, ask: &Ask) -> Result<(), Refusal> {
        let user = self.user(ask.account);
        let (state, scope) = self.rules.state(&[
            Scope::Global,
            Scope::User(user),
            Scope::Account(ask.account),
            Scope::Strategy(ask.strategy),
            Scope::Symbol(ask.symbol),
        ]);
        let code = match state {
            TradingState::Active => return Ok(()),
            TradingState::Reducing => RejectCode::ReduceOnlyState,
            TradingState::Halted => RejectCode::TradingHalted,
        };
        Err(Refusal { code, scope })
    }

    /// Remembers what a symbol was first valued at, so that other orders of its holders can be.
    #[inline]
    fn see_first(&mut self, symbol: u32, price: i64) {
        if self.markets[symbol as usize].seen == 0 {
            self.markets[symbol as usize].seen = price;
        }
    }
}

/// Whether a change needs no permission.
fn asks_for_less(market: &Market, side: Side, old: Working, new: Working) -> bool {
    let nearer = match side {
        Side::Buy => new.price > old.price,
        Side::Sell => new.price < old.price,
    };
    let value = |part: Working| market.value(part.price, part.qty);
    let worth_no_more = value(new).is_some_and(|new| value(old).is_some_and(|old| new <= old));
    old.price > 0 && new.qty > 0 && new.qty <= old.qty && !nearer && worth_no_more
}

/// Whether a position cost more than is counted, so that it cannot take another order.
#[inline(always)]
pub(super) const fn is_beyond(cost: i128) -> bool {
    cost.unsigned_abs() > VALUE_MAX.unsigned_abs()
}

pub(super) fn fingerprint(ask: &Ask, at_ns: i64) -> Recent {
    Recent {
        qty: ask.side.sign() * ask.qty,
        price: ask.price.unwrap_or(0),
        at_ns,
    }
}
