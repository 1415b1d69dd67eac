//! The rules of [`crate::risk`] before orders that leave for a venue of somebody else's.
//!
//! One account, any number of strategies. An order that was admitted counts as working until it is
//! closed, whatever becomes of its answer; what the venue says is then noted without asking.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::instrument::Instrument;
use crate::reject::RejectCode;
use crate::risk::{Ask, Holding, Refusal, Risk, SymbolTerms, Touch, Working, worst_side};
use crate::units::Side;

/// The one account.
const ACCOUNT: u32 = 1;

/// What an order asks for.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Place of its instrument.
    pub symbol: u32,
    /// Of which strategy.
    pub strategy: u32,
    /// Which way.
    pub side: Side,
    /// How many lots.
    pub qty: i64,
    /// Its limit in ticks; `None` for a market order.
    pub price: Option<i64>,
    /// Whether it may only reduce a position.
    pub reduce_only: bool,
}

/// An order that counts as working.
#[derive(Clone, Copy, Debug)]
struct Held {
    request: Request,
    holding: Holding,
    /// What is held for it: at least what may be open.
    working: Working,
    /// What the venue confirmed last.
    open: Working,
}

/// What speaks against an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// A rule.
    Rule(Refusal),
    /// All positions with their open orders would be more than `most`; 10⁻¹⁸ of base units.
    Total {
        /// The limit.
        most: i128,
        /// What they would be.
        would_be: i128,
    },
}

/// Rules, and the orders they count.
#[derive(Debug)]
pub struct PreTrade {
    risk: Risk,
    /// What a lot of each symbol is, 10⁻¹⁸ of base units.
    lots: Vec<i128>,
    /// Symbols of which there ever was an order or a position.
    active: Vec<u32>,
    total_max: Option<i128>,
    orders: BTreeMap<String, Held>,
    /// Working limit prices of a symbol and side, and how many orders are there.
    prices: BTreeMap<(u32, u8), BTreeMap<i64, u32>>,
}

impl PreTrade {
    /// No limits yet, and nothing held.
    ///
    /// # Errors
    ///
    /// As [`Risk::keep_accounts`].
    pub fn new(instruments: &[Arc<Instrument>], terms: &[SymbolTerms]) -> Result<Self, RejectCode> {
        let mut risk = Risk::new(instruments);
        risk.keep_accounts(terms)?;
        let lots = instruments.iter().map(|one| one.lot_size().to_atto());
        Ok(Self {
            risk,
            lots: lots.map(|lot| lot.unwrap_or(i128::MAX)).collect(),
            active: Vec::new(),
            total_max: None,
            orders: BTreeMap::new(),
            prices: BTreeMap::new(),
        })
    }

    /// The rules, to be set and looked at.
    pub const fn risk(&self) -> &Risk {
        &self.risk
    }

    /// The rules, to be set.
    pub const fn risk_mut(&mut self) -> &mut Risk {
        &mut self.risk
    }

    /// The account everything is counted for.
    pub const fn account(&self) -> u32 {
        ACCOUNT
    }

    /// Sets how much all positions may be, open orders of the worse side counted, in 10⁻¹⁸ of base
    /// units; orders that only reduce pass.
    pub const fn limit_total(&mut self, most: Option<i128>) {
        self.total_max = most;
    }

    /// What all positions are, open orders of the worse side counted, in 10⁻¹⁸ of base units.
    pub fn total(&self) -> i128 {
        self.active.iter().fold(0, |total: i128, symbol| {
            let held = self.risk.position(ACCOUNT, *symbol);
            let worst = worst_side(held.qty, held.working_buy, held.working_sell);
            let lot = self.lots[*symbol as usize];
            total.saturating_add(lot.saturating_mul(worst.into()))
        })
    }

    /// Whether an order of this name is working.
    pub fn knows(&self, name: &str) -> bool {
        self.orders.contains_key(name)
    }

    /// What a working order asked for; `None` for a name that is not working.
    pub fn request(&self, name: &str) -> Option<Request> {
        self.orders.get(name).map(|held| held.request)
    }

    /// Orders that count as working.
    pub fn len(&self) -> usize {
        self.orders.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// Checks an order against every rule and, when all allow it, counts it as working.
    ///
    /// # Errors
    ///
    /// The first rule against it, [`RejectCode::DuplicateClientOrderId`] for a name in use,
    /// [`RejectCode::SelfCross`] where it would meet an order of our own, or the limit of all
    /// positions; nothing has changed then.
    pub fn admit(
        &mut self,
        name: &str,
        request: &Request,
        touch: Touch,
        now_ns: i64,
    ) -> Result<(), Against> {
        if self.knows(name) {
            return Err(Against::Rule(refusal(RejectCode::DuplicateClientOrderId)));
        }
        let limit = reach(request, touch);
        if self.crosses(request.symbol, request.side, limit) {
            return Err(Against::Rule(refusal(RejectCode::SelfCross)));
        }
        let ask = ask(request, request.qty, request.price, touch);
        let holding = self.risk.admit(&ask, now_ns).map_err(Against::Rule)?;
        self.hold(name, request, holding);
        let Some(most) = self.total_max.filter(|_| !request.reduce_only) else {
            return Ok(());
        };
        let would_be = self.total();
        if would_be > most {
            self.close(name);
            return Err(Against::Total { most, would_be });
        }
        Ok(())
    }

    /// Counts an order that exists already, whatever the rules say; twice is once.
    ///
    /// # Errors
    ///
    /// As [`Risk::enter`].
    pub fn enter(&mut self, name: &str, request: &Request) -> Result<(), RejectCode> {
        if !self.knows(name) {
            let ask = ask(request, request.qty, request.price, Touch::default());
            let holding = self.risk.enter(&ask)?;
            self.hold(name, request, holding);
        }
        Ok(())
    }

    /// Checks a change to `price` and `open` lots. Until [`Self::settle`] says which of the two
    /// holds, the larger of the old and the new part counts.
    ///
    /// # Errors
    ///
    /// As [`Self::admit`]; [`RejectCode::UnknownOrder`] for a name that is not working.
    pub fn amend(
        &mut self,
        name: &str,
        price: i64,
        open: i64,
        touch: Touch,
        now_ns: i64,
    ) -> Result<(), Refusal> {
        let Some(held) = self.orders.get(name).copied() else {
            return Err(refusal(RejectCode::UnknownOrder));
        };
        let side = held.request.side;
        self.count(held.request.symbol, side, held.working.price, -1);
        let crosses = self.crosses(held.request.symbol, side, Some(price));
        self.count(held.request.symbol, side, held.working.price, 1);
        if crosses {
            return Err(refusal(RejectCode::SelfCross));
        }
        let ask = ask(&held.request, open, Some(price), touch);
        self.risk.amend(held.holding, held.working, &ask, now_ns)?;
        let asked = Working { price, qty: open };
        let larger = if open < held.working.qty {
            held.working
        } else {
            asked
        };
        self.risk.rewrite(held.holding, side, asked, larger);
        self.note(name, larger, held.open);
        Ok(())
    }

    /// Notes what is open of an order, whatever was asked for; false for an unknown name.
    pub fn settle(&mut self, name: &str, price: i64, open: i64) -> bool {
        let Some(held) = self.orders.get(name).copied() else {
            return false;
        };
        let now = Working { price, qty: open };
        self.risk
            .rewrite(held.holding, held.request.side, held.working, now);
        self.note(name, now, now);
        true
    }

    /// Books a fill of `qty` lots at `price`; false for a name that is not working.
    ///
    /// More than was held is booked too: it happened.
    pub fn fill(&mut self, name: &str, price: i64, qty: i64, is_maker: bool) -> bool {
        let Some(held) = self.orders.get(name).copied() else {
            return false;
        };
        let side = held.request.side;
        let working = held.working;
        // An overfill is held for a moment, so that what is released was there.
        let most = working.qty.max(qty);
        let enough = Working {
            qty: most,
            ..working
        };
        self.risk.rewrite(held.holding, side, working, enough);
        self.risk
            .fill(held.holding, side, working.price, price, qty, is_maker);
        let left = |part: Working| Working {
            qty: (part.qty - qty).max(0),
            ..part
        };
        self.note(name, left(enough), left(held.open));
        true
    }

    /// Gives back what an order holds; false for a name that is not working.
    pub fn close(&mut self, name: &str) -> bool {
        let Some(held) = self.orders.remove(name) else {
            return false;
        };
        let side = held.request.side;
        self.count(held.request.symbol, side, held.working.price, -1);
        let working = held.working;
        self.risk
            .release_and_close(held.holding, side, working.price, working.qty);
        true
    }

    /// Sets what is held of a derivative to `qty` lots, the difference traded at `price`.
    ///
    /// # Errors
    ///
    /// As [`Risk::adopt`].
    pub fn adopt(&mut self, symbol: u32, qty: i64, price: i64) -> Result<(), RejectCode> {
        self.risk.adopt(ACCOUNT, symbol, qty, price)?;
        self.touch(symbol);
        Ok(())
    }

    fn touch(&mut self, symbol: u32) {
        if !self.active.contains(&symbol) {
            self.active.push(symbol);
        }
    }

    fn hold(&mut self, name: &str, request: &Request, holding: Holding) {
        self.touch(request.symbol);
        let working = Working {
            price: request.price.unwrap_or(0),
            qty: request.qty,
        };
        let held = Held {
            request: *request,
            holding,
            working,
            open: working,
        };
        self.orders.insert(name.to_owned(), held);
        self.count(request.symbol, request.side, working.price, 1);
    }

    fn note(&mut self, name: &str, working: Working, open: Working) {
        let Some(held) = self.orders.get_mut(name) else {
            return;
        };
        let (symbol, side, before) = (held.request.symbol, held.request.side, held.working.price);
        held.working = working;
        held.open = open;
        self.count(symbol, side, before, -1);
        self.count(symbol, side, working.price, 1);
    }

    /// Whether an order that reaches `limit` would meet one of our own.
    fn crosses(&self, symbol: u32, side: Side, limit: Option<i64>) -> bool {
        let Some(limit) = limit else { return false };
        let Some(prices) = self.prices.get(&(symbol, side.opposite() as u8)) else {
            return false;
        };
        match side {
            Side::Buy => prices
                .first_key_value()
                .is_some_and(|(ask, _)| *ask <= limit),
            Side::Sell => prices
                .last_key_value()
                .is_some_and(|(bid, _)| *bid >= limit),
        }
    }

    fn count(&mut self, symbol: u32, side: Side, price: i64, more: i32) {
        if price == 0 {
            return;
        }
        let prices = self.prices.entry((symbol, side as u8)).or_default();
        let count = prices.entry(price).or_default();
        *count = count.saturating_add_signed(more);
        if *count == 0 {
            prices.remove(&price);
        }
    }
}

const fn ask(request: &Request, qty: i64, price: Option<i64>, touch: Touch) -> Ask {
    Ask {
        account: ACCOUNT,
        strategy: request.strategy,
        symbol: request.symbol,
        side: request.side,
        qty,
        price,
        touch,
        walk_cost: None,
        reduce_only: request.reduce_only,
        is_conditional: false,
    }
}

const fn refusal(code: RejectCode) -> Refusal {
    Refusal { code, scope: 0 }
}

/// How far an order reaches: its limit, or for a market order the touch.
fn reach(request: &Request, touch: Touch) -> Option<i64> {
    request.price.or(match request.side {
        Side::Buy => touch.ask,
        Side::Sell => touch.bid,
    })
}
