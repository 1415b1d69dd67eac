//! The rules of [`crate::risk`] before orders that leave for a venue of somebody else's.
//!
//! One account, any number of strategies. An order that was admitted counts as working until it is
//! closed, whatever becomes of its answer; what the venue says is then noted without asking.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::instrument::Instrument;
use crate::reject::RejectCode;
use crate::risk::{Ask, Holding, Refusal, Risk, SymbolTerms, Touch, Working};
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

/// Rules, and the orders they count.
#[derive(Debug)]
pub struct PreTrade {
    risk: Risk,
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
        Ok(Self {
            risk,
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
    /// The first rule against it, [`RejectCode::DuplicateClientOrderId`] for a name in use, or
    /// [`RejectCode::SelfCross`] where it would meet an order of our own; nothing has changed then.
    pub fn admit(
        &mut self,
        name: &str,
        request: &Request,
        touch: Touch,
        now_ns: i64,
    ) -> Result<(), Refusal> {
        if self.knows(name) {
            return Err(refusal(RejectCode::DuplicateClientOrderId));
        }
        let limit = reach(request, touch);
        if self.crosses(request.symbol, request.side, limit) {
            return Err(refusal(RejectCode::SelfCross));
        }
        let ask = ask(request, request.qty, request.price, touch);
        let holding = self.risk.admit(&ask, now_ns)?;
        self.hold(name, request, holding);
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

    fn hold(&mut self, name: &str, request: &Request, holding: Holding) {
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
