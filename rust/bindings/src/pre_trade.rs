//! `tradecore._core.PreTrade`: the rules before orders that leave for a venue.

#![expect(
    clippy::needless_pass_by_value,
    reason = "an extracted argument owns what it converted"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use pyo3::prelude::*;
use tradecore_core::decimal::Decimal;
use tradecore_core::instrument as core;
use tradecore_core::oms::plain::Plain;
use tradecore_core::oms::pre_trade::{PreTrade as Rules, Request};
use tradecore_core::risk::{Scope, Touch};

use crate::arguments::{Whole, Word};
use crate::convert;
use crate::errors::{InputError, UnknownSymbolError};
use crate::instrument::Instrument;
use crate::lock::lock;
use crate::pre_trade_told::{said, told};
use crate::risk::{number, trading_state};
use crate::risk_account::{AccountPosition, money};
use crate::risk_terms::{Limits, SymbolTerms};

/// Rule, text, and whose limit it was.
type Refused = Option<(&'static str, String, Option<&'static str>)>;

/// The rules, the instruments they are about, and the asset each settles in.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct PreTrade {
    rules: Mutex<Rules>,
    instruments: Vec<Arc<core::Instrument>>,
    places: HashMap<String, u32>,
    settle: Vec<u32>,
}

#[pymethods]
impl PreTrade {
    #[new]
    fn new(
        instruments: Vec<Instrument>,
        terms: HashMap<String, Py<SymbolTerms>>,
    ) -> PyResult<Self> {
        let instruments: Vec<_> = instruments.into_iter().map(|i| i.0).collect();
        let mut assets: Vec<String> = Vec::new();
        let (mut numbered, mut settle) = (Vec::new(), Vec::new());
        for (at, instrument) in instruments.iter().enumerate() {
            let symbol = instrument.symbol();
            if instruments[..at]
                .iter()
                .any(|other| other.symbol() == symbol)
            {
                let text = format!("a symbol is given once: symbol={symbol:?}");
                return Err(InputError::new_err(text));
            }
            let Some(terms) = terms.get(symbol).map(Py::get) else {
                let text = format!("terms must be given for every symbol: symbol={symbol:?}");
                return Err(InputError::new_err(text));
            };
            let base = number(&mut assets, &terms.base);
            let quote = number(&mut assets, &terms.quote);
            let is_inverse = instrument.kind() == core::ContractKind::Inverse;
            settle.push(if is_inverse { base } else { quote });
            numbered.push(terms.numbered(base, quote));
        }
        let rules = Rules::new(&instruments, &numbered).map_err(|_| {
            InputError::new_err("a spot symbol has two assets, and a lot of it is exact money")
        })?;
        let places = (0..)
            .zip(&instruments)
            .map(|(at, one)| (one.symbol().to_owned(), at))
            .collect();
        Ok(Self {
            rules: Mutex::new(rules),
            instruments,
            places,
            settle,
        })
    }

    #[pyo3(signature = (name, /, *, symbol, side, quantity, price = None, reduce_only = false,
                        strategy = Whole(0), best_bid = None, best_ask = None, now_ns),
           text_signature = "($self, name, /, *, symbol, side, quantity, price=None, \
                             reduce_only=False, strategy=0, best_bid=None, best_ask=None, now_ns)")]
    #[expect(clippy::too_many_arguments, reason = "an order has many; keyword-only")]
    fn admit(
        &self,
        name: &str,
        symbol: Word<'_>,
        side: Word<'_>,
        quantity: &Bound<'_, PyAny>,
        price: Option<&Bound<'_, PyAny>>,
        reduce_only: bool,
        strategy: Whole<u32>,
        best_bid: Option<&Bound<'_, PyAny>>,
        best_ask: Option<&Bound<'_, PyAny>>,
        now_ns: i64,
    ) -> PyResult<Refused> {
        let request = self.request(symbol.0, side.0, quantity, price, reduce_only, strategy.0)?;
        let instrument = &self.instruments[request.symbol as usize];
        let touch = Touch {
            bid: ticks(best_bid, instrument)?,
            ask: ticks(best_ask, instrument)?,
            last: None,
        };
        let answer = self.lock().admit(name, &request, touch, now_ns);
        Ok(answer
            .err()
            .map(|against| said(against, name, &request, instrument)))
    }

    #[pyo3(signature = (name, /, *, symbol, side, quantity, price = None, reduce_only = false,
                        strategy = Whole(0)),
           text_signature = "($self, name, /, *, symbol, side, quantity, price=None, \
                             reduce_only=False, strategy=0)")]
    #[expect(clippy::too_many_arguments, reason = "an order has many; keyword-only")]
    fn enter(
        &self,
        name: &str,
        symbol: Word<'_>,
        side: Word<'_>,
        quantity: &Bound<'_, PyAny>,
        price: Option<&Bound<'_, PyAny>>,
        reduce_only: bool,
        strategy: Whole<u32>,
    ) -> PyResult<()> {
        let request = self.request(symbol.0, side.0, quantity, price, reduce_only, strategy.0)?;
        let entered = self.lock().enter(name, &request);
        entered.map_err(|code| InputError::new_err(code.text()))
    }

    #[pyo3(signature = (name, /, *, price, quantity, now_ns))]
    fn amend(
        &self,
        name: &str,
        price: &Bound<'_, PyAny>,
        quantity: &Bound<'_, PyAny>,
        now_ns: i64,
    ) -> PyResult<Refused> {
        let mut rules = self.lock();
        let Some(request) = rules.request(name) else {
            let text = format!("no working order has this name: name={name:?}");
            return Ok(Some(("UNKNOWN_ORDER", text, None)));
        };
        let instrument = &self.instruments[request.symbol as usize];
        let price = convert::ticks(price, instrument)?.0;
        let open = convert::lots(quantity, instrument)?.0;
        let asked = Request {
            qty: open,
            price: Some(price),
            ..request
        };
        let answer = rules.amend(name, price, open, Touch::default(), now_ns);
        Ok(answer
            .err()
            .map(|refusal| told(refusal, name, &asked, instrument)))
    }

    #[pyo3(signature = (name, /, *, price, quantity))]
    fn settle(
        &self,
        name: &str,
        price: &Bound<'_, PyAny>,
        quantity: &Bound<'_, PyAny>,
    ) -> PyResult<bool> {
        let mut rules = self.lock();
        let Some(request) = rules.request(name) else {
            return Ok(false);
        };
        let instrument = &self.instruments[request.symbol as usize];
        let price = convert::ticks(price, instrument)?.0;
        let open = if quantity.is_truthy()? {
            convert::lots(quantity, instrument)?.0
        } else {
            0
        };
        Ok(rules.settle(name, price, open))
    }

    #[pyo3(signature = (name, /, *, price, quantity, liquidity = "maker"))]
    fn fill(
        &self,
        name: &str,
        price: &Bound<'_, PyAny>,
        quantity: &Bound<'_, PyAny>,
        liquidity: &str,
    ) -> PyResult<bool> {
        let is_maker = match liquidity {
            "maker" => true,
            "taker" => false,
            word => {
                return Err(InputError::new_err(format!(
                    "liquidity is 'maker' or 'taker': liquidity={word:?}"
                )));
            }
        };
        let mut rules = self.lock();
        let Some(request) = rules.request(name) else {
            return Ok(false);
        };
        let instrument = &self.instruments[request.symbol as usize];
        let price = convert::ticks(price, instrument)?.0;
        let qty = convert::lots(quantity, instrument)?.0;
        Ok(rules.fill(name, price, qty, is_maker))
    }

    #[pyo3(signature = (name, /))]
    fn close(&self, name: &str) -> bool {
        self.lock().close(name)
    }

    #[pyo3(signature = (symbol, quantity, price, /))]
    fn set_position(
        &self,
        symbol: Word<'_>,
        quantity: &Bound<'_, PyAny>,
        price: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let at = self.find(symbol.0)?;
        let instrument = &self.instruments[at as usize];
        let lots = if quantity.is_truthy()? {
            let absolute = quantity.call_method0("__abs__")?;
            let lots = convert::lots(&absolute, instrument)?.0;
            if quantity.lt(0)? { -lots } else { lots }
        } else {
            0
        };
        let price = convert::ticks(price, instrument)?.0;
        let adopted = self.lock().adopt(at, lots, price);
        adopted.map_err(|code| InputError::new_err(code.text()))
    }

    #[pyo3(signature = (limits, *, strategy = None, symbol = None))]
    fn set_limits(
        &self,
        limits: &Limits,
        strategy: Option<Whole<u32>>,
        symbol: Option<Word<'_>>,
    ) -> PyResult<()> {
        let scope = self.scope(strategy, symbol)?;
        let set = self.lock().risk_mut().set_limits(scope, limits.0);
        set.map_err(|code| InputError::new_err(code.text()))
    }

    #[pyo3(signature = (most, /))]
    fn limit_total(&self, most: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let most = most
            .map(|most| convert::decimal(most, "most"))
            .transpose()?;
        // What is beyond 128 bits is beyond every position.
        let most = most.map(|most| most.to_atto().unwrap_or(i128::MAX));
        self.lock().limit_total(most);
        Ok(())
    }

    #[pyo3(signature = (trading, *, strategy = None, symbol = None))]
    fn set_trading_state(
        &self,
        trading: Word<'_>,
        strategy: Option<Whole<u32>>,
        symbol: Option<Word<'_>>,
    ) -> PyResult<()> {
        let scope = self.scope(strategy, symbol)?;
        let state = trading_state(trading.0)?;
        let set = self.lock().risk_mut().set_state(scope, state);
        set.map_err(|code| InputError::new_err(code.text()))
    }

    fn set_mark(&self, symbol: Word<'_>, price: &Bound<'_, PyAny>) -> PyResult<()> {
        let at = self.find(symbol.0)?;
        let price = convert::ticks(price, &self.instruments[at as usize])?.0;
        let set = self.lock().risk_mut().set_mark(at, price);
        set.map_err(|code| InputError::new_err(code.text()))
    }

    fn start_day(&self) {
        self.lock().risk_mut().start_day();
    }

    fn position(&self, symbol: Word<'_>) -> PyResult<AccountPosition> {
        let at = self.find(symbol.0)?;
        let rules = self.lock();
        Ok(AccountPosition {
            position: rules.risk().position(rules.account(), at),
            instrument: Arc::clone(&self.instruments[at as usize]),
        })
    }

    fn day_profit<'py>(&self, py: Python<'py>, symbol: Word<'_>) -> PyResult<Bound<'py, PyAny>> {
        let at = self.find(symbol.0)?;
        let rules = self.lock();
        let asset = self.settle[at as usize];
        money(py, rules.risk().day_profit(rules.account(), asset))
    }

    #[getter]
    fn open_orders(&self) -> usize {
        self.lock().len()
    }
}

impl PreTrade {
    /// As `admit` of a limit order; `None` of one that makes no sense.
    pub(crate) fn admit_plain(
        &self,
        order: &Plain<'_>,
        quantity: Decimal,
        price: Decimal,
        strategy: u32,
        now_ns: i64,
    ) -> Option<Result<(), (&'static str, String)>> {
        let symbol = *self.places.get(order.symbol)?;
        let instrument = &self.instruments[symbol as usize];
        let request = Request {
            symbol,
            strategy,
            side: order.side,
            qty: instrument.lots(quantity).ok()?.0,
            price: Some(instrument.ticks(price).ok()?.0),
            reduce_only: order.reduce_only,
        };
        let touch = Touch::default();
        let answer = self.lock().admit(order.name, &request, touch, now_ns);
        Some(answer.map_err(|against| {
            let (code, text, _) = said(against, order.name, &request, instrument);
            (code, text)
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Rules> {
        lock(&self.rules)
    }

    fn find(&self, symbol: &str) -> PyResult<u32> {
        self.places.get(symbol).copied().ok_or_else(|| {
            let known: Vec<&str> = self
                .instruments
                .iter()
                .take(8)
                .map(|i| i.symbol())
                .collect();
            UnknownSymbolError::new_err(format!(
                "symbol must be one that was given: symbol={symbol:?}, given {}",
                known.join(", ")
            ))
        })
    }

    fn request(
        &self,
        symbol: &str,
        side: &str,
        quantity: &Bound<'_, PyAny>,
        price: Option<&Bound<'_, PyAny>>,
        reduce_only: bool,
        strategy: u32,
    ) -> PyResult<Request> {
        let symbol = self.find(symbol)?;
        let instrument = &self.instruments[symbol as usize];
        Ok(Request {
            symbol,
            strategy,
            side: convert::side(side)?,
            qty: convert::lots(quantity, instrument)?.0,
            price: ticks(price, instrument)?,
            reduce_only,
        })
    }

    fn scope(&self, strategy: Option<Whole<u32>>, symbol: Option<Word<'_>>) -> PyResult<Scope> {
        match (strategy, symbol) {
            (None, None) => Ok(Scope::Global),
            (Some(strategy), None) => Ok(Scope::Strategy(strategy.0)),
            (None, Some(symbol)) => self.find(symbol.0).map(Scope::Symbol),
            (Some(_), Some(_)) => Err(InputError::new_err(
                "a scope is a strategy, a symbol, or neither",
            )),
        }
    }
}

fn ticks(price: Option<&Bound<'_, PyAny>>, instrument: &core::Instrument) -> PyResult<Option<i64>> {
    let ticks = price.map(|price| convert::ticks(price, instrument));
    Ok(ticks.transpose()?.map(|ticks| ticks.0))
}
