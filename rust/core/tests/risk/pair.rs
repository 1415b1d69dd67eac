//! The fast rules and their slow twin, side by side in a market of their own.

use std::collections::HashMap;

use tradecore_core::instrument::ContractKind;
use tradecore_core::money::Money;
use tradecore_core::risk::naive::NaiveRisk;
use tradecore_core::risk::{Ask, Holding, Ordinary, Risk, Touch, Working};
use tradecore_core::units::Side;

use crate::steps::{ACCOUNTS, Step};
use crate::world::{ASSETS, FINE, SYMBOLS, instruments, terms, venue};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Live {
    holding: Holding,
    number: usize,
    ask: Ask,
    price: i64,
    qty: i64,
}

/// Both twins, and the orders that live in them.
pub(crate) struct Pair {
    pub(crate) fast: Risk,
    slow: NaiveRisk,
    pub(crate) live: Vec<Live>,
    last: HashMap<u32, i64>,
    now_ns: i64,
}

impl Pair {
    pub(crate) fn new() -> Self {
        Self {
            fast: venue(),
            slow: NaiveRisk::new(&instruments(), &terms()),
            live: Vec::new(),
            last: HashMap::new(),
            now_ns: 0,
        }
    }

    /// Live orders of a side that could rest, best price first.
    fn side(&self, symbol: u32, side: Side) -> Vec<usize> {
        let of = |at: &usize| {
            let order = &self.live[*at];
            order.ask.symbol == symbol && order.ask.side == side && !order.ask.is_conditional
        };
        let mut all: Vec<usize> = (0..self.live.len()).filter(of).collect();
        all.sort_by_key(|at| -side.sign() * self.live[*at].price);
        all
    }

    fn touch(&self, symbol: u32) -> Touch {
        let best = |side| {
            self.side(symbol, side)
                .first()
                .map(|at| self.live[*at].price)
        };
        Touch {
            bid: best(Side::Buy),
            ask: best(Side::Sell),
            last: self.last.get(&symbol).copied(),
        }
    }

    /// What a market order meets: places of makers and lots of each.
    fn walk(&self, ask: &Ask) -> Vec<(usize, i64)> {
        let mut left = ask.qty;
        let mut met = Vec::new();
        for at in self.side(ask.symbol, ask.side.opposite()) {
            let qty = left.min(self.live[at].qty);
            left -= qty;
            if qty > 0 {
                met.push((at, qty));
            }
        }
        met
    }

    /// `ask` as it meets the market of now, and what it meets if it is a market order.
    fn now(&self, ask: &Ask) -> (Ask, Vec<(usize, i64)>) {
        let touch = self.touch(ask.symbol);
        let met = self.walk(ask);
        let cost = |(at, qty): &(usize, i64)| i128::from(self.live[*at].price) * i128::from(*qty);
        let walk_cost = ask.price.is_none().then(|| met.iter().map(cost).sum());
        let ask = Ask {
            touch,
            walk_cost,
            ..*ask
        };
        (ask, met)
    }

    fn admit(&mut self, ask: &Ask) {
        let (ask, met) = self.now(ask);
        let short = self.short_way(&ask);
        let (fast, slow) = (
            self.fast.admit(&ask, self.now_ns),
            self.slow.admit(&ask, self.now_ns),
        );
        assert_eq!(fast.err(), slow.err(), "{ask:?}");
        if let Some(short) = short {
            assert!(fast.is_ok(), "the short way says yes to {ask:?}: {fast:?}");
            assert_eq!(short.hash(), self.fast.hash(), "{ask:?}");
            for asset in ASSETS {
                let of = |risk: &Risk| risk.balance(ask.account, asset);
                assert_eq!(of(&short), of(&self.fast), "{ask:?}");
            }
        }
        let (Ok(holding), Ok(number)) = (fast, slow) else {
            return;
        };
        let (price, qty) = (ask.price.unwrap_or(0), ask.qty);
        self.live.push(Live {
            holding,
            number,
            ask,
            price,
            qty,
        });
        if ask.price.is_none() {
            self.walk_in(self.live.len() - 1, met);
        }
    }

    /// What the short way in leaves behind, where it says yes.
    fn short_way(&self, ask: &Ask) -> Option<Risk> {
        if ask.is_conditional || ask.reduce_only || ask.price == Some(0) {
            return None;
        }
        let mut risk = self.fast.clone();
        let order = Ordinary {
            account: ask.account,
            symbol: ask.symbol,
            side: ask.side,
            price: ask.price.unwrap_or(0),
            qty: ask.qty,
        };
        let walk_cost = || ask.walk_cost.unwrap_or(0);
        let holding = risk.admit_ordinary(&order, walk_cost, || ask.touch);
        holding.map(|_| risk)
    }

    /// Trades a market order with what it meets; its rest is canceled.
    fn walk_in(&mut self, taker: usize, met: Vec<(usize, i64)>) {
        for (maker, qty) in met {
            let price = self.live[maker].price;
            self.trade(maker, taker, price, qty);
        }
        self.cancel(taker);
        self.live.retain(|order| order.qty > 0);
    }

    /// The turn of an order that waited, at its price or as a market order; a refused one ends.
    fn call_up(&mut self, pick: usize) {
        let waits = |at: &usize| self.live[*at].ask.is_conditional;
        let waiting: Vec<usize> = (0..self.live.len()).filter(waits).collect();
        let Some(&at) = waiting.get(pick % waiting.len().max(1)) else {
            return;
        };
        let order = self.live[at];
        let price = Some(order.price).filter(|_| !pick.is_multiple_of(3));
        let (ask, met) = self.now(&Ask {
            price,
            qty: order.qty,
            is_conditional: false,
            ..order.ask
        });
        let old = Working { price: 0, qty: 0 };
        let fast = self.fast.amend(order.holding, old, &ask, self.now_ns);
        let slow = self.slow.amend(order.number, &ask, self.now_ns);
        assert_eq!(fast, slow, "{ask:?}");
        if fast.is_err() {
            self.cancel(at);
            return;
        }
        (self.live[at].ask, self.live[at].price) = (ask, price.unwrap_or(0));
        if price.is_none() {
            self.walk_in(at, met);
        }
    }

    fn trade(&mut self, maker: usize, taker: usize, price: i64, qty: i64) {
        for (at, is_maker) in [(maker, true), (taker, false)] {
            let order = &mut self.live[at];
            let (holding, side, held) = (order.holding, order.ask.side, order.price);
            let before = self.fast.reducible(holding, side);
            self.fast.fill(holding, side, held, price, qty, is_maker);
            self.slow.fill(order.number, price, qty, is_maker);
            if before > 0 {
                let left = (before - qty).max(0);
                assert_eq!(self.fast.reducible(holding, side), left);
            }
            order.qty -= qty;
            if order.qty == 0 {
                self.fast.order_closed(holding);
                self.slow.order_closed(order.number);
            }
        }
        self.last.insert(self.live[maker].ask.symbol, price);
    }

    pub(crate) fn cancel(&mut self, at: usize) {
        let order = &mut self.live[at];
        if order.qty > 0 {
            if !order.ask.is_conditional {
                let side = order.ask.side;
                self.fast
                    .release(order.holding, side, order.price, order.qty);
            }
            self.slow.release(order.number, order.qty);
            self.fast.order_closed(order.holding);
            self.slow.order_closed(order.number);
            order.qty = 0;
        }
    }

    fn amend(&mut self, at: usize, price: i64, qty: i64) {
        let touch = self.touch(self.live[at].ask.symbol);
        let order = &mut self.live[at];
        let old = Working {
            price: order.price,
            qty: order.qty,
        };
        let ask = Ask {
            price: Some(price),
            qty,
            touch,
            ..order.ask
        };
        let fast = self.fast.amend(order.holding, old, &ask, self.now_ns);
        let slow = self.slow.amend(order.number, &ask, self.now_ns);
        assert_eq!(fast, slow, "{old:?} {ask:?}");
        if fast.is_ok() {
            (order.price, order.qty) = (price, qty);
        }
    }

    pub(crate) fn play(&mut self, step: &Step) {
        self.now_ns += 3;
        match *step {
            Step::Admit(ref ask) => self.admit(ask),
            Step::Again => {
                if let Some(order) = self.live.last() {
                    self.admit(&order.ask.clone());
                }
            }
            Step::Trade { pick, qty } => {
                let symbol = SYMBOLS[pick % SYMBOLS.len()];
                let (bids, asks) = (self.side(symbol, Side::Buy), self.side(symbol, Side::Sell));
                if let (Some(bid), Some(ask)) = (bids.first(), asks.first())
                    && self.live[*bid].price >= self.live[*ask].price
                {
                    let (maker, taker) = if pick % 2 == 0 {
                        (*bid, *ask)
                    } else {
                        (*ask, *bid)
                    };
                    let qty = qty.min(self.live[*bid].qty).min(self.live[*ask].qty);
                    self.trade(maker, taker, self.live[maker].price, qty);
                }
            }
            Step::Cancel { pick } if !self.live.is_empty() => self.cancel(pick % self.live.len()),
            Step::Amend { pick, price, qty } if !self.live.is_empty() => {
                self.amend(pick % self.live.len(), price, qty);
            }
            Step::CallUp { pick } => self.call_up(pick),
            Step::Cancel { .. } | Step::Amend { .. } => {}
            Step::Restore => self.restore(),
            ref setting => self.set(setting),
        }
        self.live.retain(|order| order.qty > 0);
    }

    pub(crate) fn set(&mut self, step: &Step) {
        match *step {
            Step::Mark(symbol, ticks) => {
                self.fast.set_mark(symbol, ticks).unwrap();
                self.slow.set_mark(symbol, ticks);
            }
            Step::Seat(account, user, group) => {
                self.fast.seat(account, user, group).unwrap();
                self.slow.seat(account, user, group);
                assert_eq!(
                    (self.fast.user(account), self.fast.group(account)),
                    (user, group)
                );
            }
            Step::Limits(scope, limits) => {
                self.fast.set_limits(scope, limits).unwrap();
                self.slow.set_limits(scope, limits);
            }
            Step::State(scope, state) => {
                self.fast.set_state(scope, state).unwrap();
                self.slow.set_state(scope, state);
            }
            Step::Deposit(account, asset, amount) => {
                self.fast.deposit(account, asset, Money(amount)).unwrap();
                self.slow.deposit(account, asset, Money(amount));
            }
            Step::Withdraw(account, asset, amount) => {
                let fast = self.fast.withdraw(account, asset, Money(amount)).is_ok();
                assert_eq!(fast, self.slow.withdraw(account, asset, Money(amount)));
            }
            Step::StartDay => {
                self.fast.start_day();
                self.slow.start_day();
            }
            _ => unreachable!("{step:?} sets nothing"),
        }
    }

    /// Goes on with what a snapshot kept.
    fn restore(&mut self) {
        let mut bytes = Vec::new();
        self.fast.write(&mut bytes);
        let read = Risk::read(&bytes, &instruments()).unwrap();
        assert_eq!(read.hash(), self.fast.hash());
        self.fast = read;
        let mut again = Vec::new();
        self.fast.write(&mut again);
        assert_eq!(bytes, again);
        for order in &mut self.live {
            order.holding = self.fast.holding(order.ask.account, order.ask.symbol);
        }
    }

    pub(crate) fn agree(&self) {
        for account in ACCOUNTS {
            for symbol in SYMBOLS {
                let (fast, slow) = (
                    self.fast.position(account, symbol),
                    self.slow.position(account, symbol),
                );
                assert_eq!((fast.qty, fast.cost.0), (slow.qty, slow.cost));
            }
            for asset in ASSETS {
                let fast = self.fast.balance(account, asset);
                assert_eq!(
                    fast.total.0,
                    self.slow.total(account, asset),
                    "{account} {asset}"
                );
                assert_eq!(
                    fast.held.0,
                    self.slow.held(account, asset),
                    "{account} {asset}"
                );
                let free = self.fast.free(account, asset).0;
                assert_eq!(free, self.slow.free(account, asset), "{account} {asset}");
            }
        }
    }

    /// The law in the words of the module: Σ balances + fees ∓ Σ cost = Σ deposits.
    pub(crate) fn is_conserved(&self) {
        for asset in ASSETS {
            let of = |account: &u32| self.fast.balance(*account, asset).total.0;
            let mut sum: i128 = ACCOUNTS.iter().map(of).sum();
            sum += self.fast.fees(asset).0;
            for symbol in SYMBOLS {
                let instrument = &instruments()[symbol as usize];
                let (settle, sign) = match instrument.kind() {
                    ContractKind::Spot => continue,
                    ContractKind::Linear => (terms()[symbol as usize].quote, -1),
                    ContractKind::Inverse => (terms()[symbol as usize].base, 1),
                };
                if settle == asset {
                    let cost = |account: &u32| self.fast.position(*account, symbol).cost.0;
                    sum += sign * ACCOUNTS.iter().map(cost).sum::<i128>();
                }
            }
            assert_eq!(sum, self.fast.deposits(asset).0, "asset {asset}");
        }
    }

    /// No account without derivatives ever owes anything.
    pub(crate) fn spot_is_covered(&self) {
        for account in ACCOUNTS {
            let eth = self.fast.balance(account, 3);
            assert!(
                eth.total >= eth.held && eth.held >= Money::ZERO,
                "{account} {FINE}"
            );
        }
    }
}
