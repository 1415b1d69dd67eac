//! Accounts and their rules the slow way: lists of what happened, and everything worked out anew
//! from them at every question.
//!
//! It shares no code with [`crate::risk::Risk`] but the words of its calls; the tests hold the two
//! against each other. Its arithmetic is plain: numbers must be so small that nothing overflows.

mod facts;
mod judge;
mod worth;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::instrument::Instrument;
use crate::money::Money;
use crate::risk::{Ask, Limits, OrderRate, Refusal, Scope, SymbolTerms, TradingState, Working};
use crate::units::Side;

/// An order, alive or not.
#[derive(Clone, Debug)]
struct Order {
    account: u32,
    symbol: u32,
    side: Side,
    held_price: i64,
    qty: i64,
    /// Whether its turn has not come: it is open, but holds and works nothing.
    waits: bool,
    is_open: bool,
}

/// One side of a trade.
#[derive(Clone, Debug)]
struct Fill {
    account: u32,
    symbol: u32,
    side: Side,
    price: i64,
    qty: i64,
    is_maker: bool,
}

/// What an account's fills in a symbol came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NaivePosition {
    /// Signed lots.
    pub qty: i64,
    /// Signed money paid for them.
    pub cost: i128,
    /// Profit taken.
    pub realised: i128,
    /// Fees paid.
    pub fees: i128,
    /// Spot money paid, less received.
    paid: i128,
}

/// The obvious twin of [`crate::risk::Risk`], with accounts from the start.
#[derive(Clone, Debug)]
pub struct NaiveRisk {
    instruments: Vec<Arc<Instrument>>,
    terms: Vec<SymbolTerms>,
    seats: BTreeMap<u32, (u32, u32)>,
    limits: BTreeMap<Scope, Limits>,
    states: BTreeMap<Scope, TradingState>,
    deposits: BTreeMap<(u32, u32), i128>,
    orders: Vec<Order>,
    fills: Vec<Fill>,
    marks: BTreeMap<u32, i64>,
    seen: BTreeMap<u32, i64>,
    day_starts: BTreeMap<(u32, u32), i128>,
    arrivals: BTreeMap<u32, i64>,
    last: BTreeMap<(u32, u32), (Side, i64, i64, i64)>,
}

impl NaiveRisk {
    /// Nobody has anything.
    pub fn new(instruments: &[Arc<Instrument>], terms: &[SymbolTerms]) -> Self {
        Self {
            instruments: instruments.to_vec(),
            terms: terms.to_vec(),
            seats: BTreeMap::new(),
            limits: BTreeMap::new(),
            states: BTreeMap::new(),
            deposits: BTreeMap::new(),
            orders: Vec::new(),
            fills: Vec::new(),
            marks: BTreeMap::new(),
            seen: BTreeMap::new(),
            day_starts: BTreeMap::new(),
            arrivals: BTreeMap::new(),
            last: BTreeMap::new(),
        }
    }

    /// Says whose an account is.
    pub fn seat(&mut self, account: u32, user: u32, group: u32) {
        self.seats.insert(account, (user, group));
    }

    /// Sets limits.
    pub fn set_limits(&mut self, scope: Scope, limits: Limits) {
        self.limits.insert(scope, limits);
    }

    /// Sets a trading state.
    pub fn set_state(&mut self, scope: Scope, state: TradingState) {
        self.states.insert(scope, state);
    }

    /// Sets a mark.
    pub fn set_mark(&mut self, symbol: u32, ticks: i64) {
        self.marks.insert(symbol, ticks);
    }

    /// Starts a day.
    pub fn start_day(&mut self) {
        let accounts: Vec<u32> = self.fills.iter().map(|fill| fill.account).collect();
        for account in accounts {
            for asset in 0..10 {
                let profit = self.profit(account, asset);
                self.day_starts.insert((account, asset), profit);
            }
        }
    }

    /// Puts money in.
    pub fn deposit(&mut self, account: u32, asset: u32, amount: Money) {
        *self.deposits.entry((account, asset)).or_default() += amount.0;
    }

    /// Takes money out, if it is free.
    pub fn withdraw(&mut self, account: u32, asset: u32, amount: Money) -> bool {
        let is_free = amount.0 <= self.free(account, asset);
        if is_free {
            *self.deposits.entry((account, asset)).or_default() -= amount.0;
        }
        is_free
    }

    /// Lets an order in and answers its number.
    ///
    /// # Errors
    ///
    /// The first rule against it.
    pub fn admit(&mut self, ask: &Ask, now_ns: i64) -> Result<usize, Refusal> {
        self.judge(ask, now_ns)?;
        self.orders.push(Order {
            account: ask.account,
            symbol: ask.symbol,
            side: ask.side,
            held_price: ask.price.unwrap_or(0),
            qty: ask.qty,
            waits: ask.is_conditional,
            is_open: true,
        });
        self.note_arrival(ask, now_ns);
        self.note_worth(ask);
        if self.windowed(ask) {
            let this = (ask.side, ask.qty, ask.price.unwrap_or(0), now_ns);
            self.last.insert((ask.account, ask.symbol), this);
        }
        Ok(self.orders.len() - 1)
    }

    /// Changes an order; one that waited and no longer does had its turn.
    ///
    /// # Errors
    ///
    /// The first rule against it.
    pub fn amend(&mut self, number: usize, ask: &Ask, now_ns: i64) -> Result<(), Refusal> {
        let old = self.orders[number].clone();
        let new = Working {
            price: ask.price.unwrap_or(0),
            qty: ask.qty,
        };
        let dearer = match ask.side {
            Side::Buy => new.price > old.held_price,
            Side::Sell => new.price < old.held_price,
        };
        let has_turn = old.waits && !ask.is_conditional;
        let more = has_turn
            || old.held_price == 0
            || new.qty > old.qty
            || dearer
            || self.value(old.symbol, new.price, new.qty)
                > self.value(old.symbol, old.held_price, old.qty);
        if more {
            let worst_before = self.worst(old.account, old.symbol);
            self.orders[number].qty = 0;
            let mut answer = self.judge_with(ask, now_ns, false, worst_before);
            if !has_turn {
                // One that waited was counted when it was placed.
                answer = answer.and_then(|()| self.judge_pace(ask, now_ns));
            }
            self.orders[number].qty = old.qty;
            answer?;
            if !has_turn {
                self.note_arrival(ask, now_ns);
            }
            self.note_worth(ask);
        }
        self.orders[number].held_price = new.price;
        self.orders[number].qty = new.qty;
        self.orders[number].waits = ask.is_conditional;
        Ok(())
    }

    /// Says what an order that waits asks for by now: its trigger may follow the market, and what
    /// releases it may leave it less.
    pub fn asks_now(&mut self, number: usize, price: i64, qty: i64) {
        let order = &mut self.orders[number];
        (order.held_price, order.qty) = (price, qty);
    }

    /// Books one side of a trade.
    pub fn fill(&mut self, number: usize, price: i64, qty: i64, is_maker: bool) {
        let order = &mut self.orders[number];
        order.qty -= qty;
        self.seen.insert(order.symbol, price);
        self.fills.push(Fill {
            account: order.account,
            symbol: order.symbol,
            side: order.side,
            price,
            qty,
            is_maker,
        });
    }

    /// Takes lots of an order out.
    pub fn release(&mut self, number: usize, qty: i64) {
        self.orders[number].qty -= qty;
    }

    /// Ends an order.
    pub fn order_closed(&mut self, number: usize) {
        self.orders[number].is_open = false;
    }

    fn note_arrival(&mut self, ask: &Ask, now_ns: i64) {
        if let Some((pace, _)) = self.limit(ask, |limits| limits.order_rate, slower) {
            let due = self.arrivals.get(&ask.account).copied().unwrap_or(now_ns);
            self.arrivals
                .insert(ask.account, due.max(now_ns) + pace.period_ns);
        }
    }

    fn note_worth(&mut self, ask: &Ask) {
        let worth = self.worth(ask);
        self.seen.entry(ask.symbol).or_insert(worth);
    }

    fn windowed(&self, ask: &Ask) -> bool {
        self.limit(ask, |limits| limits.duplicate_window_ns, |a, b| a > b)
            .is_some()
    }

    fn scopes(&self, ask: &Ask) -> [Scope; 5] {
        let user = self
            .seats
            .get(&ask.account)
            .map_or(ask.account, |seat| seat.0);
        [
            Scope::Global,
            Scope::User(user),
            Scope::Account(ask.account),
            Scope::Strategy(ask.strategy),
            Scope::Symbol(ask.symbol),
        ]
    }

    /// The tightest value of all scopes, and the first scope that has it.
    fn limit<T: Copy>(
        &self,
        ask: &Ask,
        field: impl Fn(&Limits) -> Option<T>,
        is_tighter: impl Fn(T, T) -> bool,
    ) -> Option<(T, u16)> {
        let mut best: Option<(T, u16)> = None;
        for scope in self.scopes(ask) {
            if let Some(value) = self.limits.get(&scope).and_then(&field)
                && best.is_none_or(|best| is_tighter(value, best.0))
            {
                best = Some((value, scope.number()));
            }
        }
        best
    }
}

const NANO: i128 = 1_000_000_000;

/// Nano-money to money, rounded up.
fn up(nano: i128) -> i128 {
    nano.div_euclid(NANO) + i128::from(nano.rem_euclid(NANO) > 0)
}

fn slower(a: OrderRate, b: OrderRate) -> bool {
    a.period_ns > b.period_ns || (a.period_ns == b.period_ns && a.burst < b.burst)
}
