//! What stands behind `MatchingEngine`: engine, names of symbols, reports not yet taken.

use std::collections::HashMap;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use tradecore_core::instrument as core;
use tradecore_core::matching::{Detailed, Engine, ExecType, NewOrder};
use tradecore_core::order::{OrderType, TimeInForce};

use crate::arguments::{Whole, Word};
use crate::convert;
use crate::errors::{InputError, UnknownSymbolError};
use crate::instrument::Instrument;
use crate::records::ReportBuffer;
use crate::report::ExecutionReport;

/// An engine and what its callers left in it.
pub(crate) struct State {
    pub(crate) engine: Engine,
    symbols: HashMap<String, u32>,
    /// The symbol of the last call: most calls come with the very same string object.
    last_symbol: Option<(Py<PyString>, u32)>,
    pub(crate) detailed: Detailed,
    /// Reports of `place` and `remove` until somebody takes them.
    pub(crate) untaken: ReportBuffer,
}

/// What an order asks for, as Python wrote it.
pub(crate) struct Terms<'a, 'py> {
    pub(crate) side: Word<'a>,
    pub(crate) quantity: &'a Bound<'py, PyAny>,
    pub(crate) r#type: Option<Word<'a>>,
    pub(crate) price: Option<&'a Bound<'py, PyAny>>,
    pub(crate) time_in_force: Option<Word<'a>>,
    pub(crate) post_only: bool,
}

/// What the signature knows and this engine does not do: nothing is ever ignored.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says whether one argument was given"
)]
pub(crate) struct Later<'a> {
    pub(crate) stop_price: bool,
    pub(crate) display_quantity: bool,
    pub(crate) reduce_only: bool,
    pub(crate) expire_time_ns: bool,
    pub(crate) self_trade_prevention: Option<Word<'a>>,
}

impl Later<'_> {
    /// Refuses the first of them that was asked for.
    #[inline]
    pub(crate) fn refuse(self) -> PyResult<()> {
        let prevention = self
            .self_trade_prevention
            .is_some_and(|mode| mode.0 != "none");
        let asked = [
            (self.stop_price, "stop_price"),
            (self.display_quantity, "display_quantity"),
            (self.reduce_only, "reduce_only"),
            (self.expire_time_ns, "expire_time_ns"),
            (prevention, "self_trade_prevention"),
        ];
        match asked.into_iter().find(|(given, _)| *given) {
            None => Ok(()),
            Some((_, name)) => Err(InputError::new_err(format!(
                "{name} is not offered by this version: leave it out"
            ))),
        }
    }
}

impl State {
    /// An engine with empty books; a symbol is given once.
    pub(crate) fn new(instruments: Vec<Instrument>) -> PyResult<Self> {
        let mut symbols = HashMap::new();
        for (index, instrument) in (0_u32..).zip(&instruments) {
            let symbol = instrument.0.symbol().to_owned();
            if symbols.insert(symbol.clone(), index).is_some() {
                let text = format!("a symbol must be given once: symbol={symbol:?}");
                return Err(InputError::new_err(text));
            }
        }
        Ok(Self {
            engine: Engine::new(instruments.into_iter().map(|i| i.0).collect()),
            symbols,
            last_symbol: None,
            detailed: Detailed::default(),
            untaken: ReportBuffer::default(),
        })
    }

    #[inline]
    pub(crate) fn advance(&mut self, timestamp_ns: Option<Whole<i64>>) {
        if let Some(Whole(now_ns)) = timestamp_ns {
            self.engine.advance_time(now_ns);
        }
    }

    /// The dense index of a symbol.
    #[inline]
    pub(crate) fn symbol(&mut self, symbol: &Bound<'_, PyString>) -> PyResult<u32> {
        if let Some((last, index)) = &self.last_symbol
            && last.is(symbol)
        {
            return Ok(*index);
        }
        let text = symbol.to_cow()?;
        let Some(index) = self.symbols.get(text.as_ref()).copied() else {
            let mut known: Vec<&str> = self.symbols.keys().map(String::as_str).collect();
            known.sort_unstable();
            known.truncate(8);
            let known = known.join(", ");
            return Err(UnknownSymbolError::new_err(format!(
                "symbol must be one the engine was given: symbol={text:?}, given {known}"
            )));
        };
        self.last_symbol = Some((symbol.clone().unbind(), index));
        Ok(index)
    }

    pub(crate) fn instrument(&self, symbol: u32) -> Arc<core::Instrument> {
        Arc::clone(&self.engine.instruments()[symbol as usize])
    }

    #[inline]
    pub(crate) fn order(
        &mut self,
        symbol: &Bound<'_, PyString>,
        terms: &Terms<'_, '_>,
        account: u32,
        order_id: u64,
    ) -> PyResult<NewOrder> {
        let symbol = self.symbol(symbol)?;
        let instrument = &self.engine.instruments()[symbol as usize];
        let order_type = order_type(terms.r#type)?;
        let price = match (order_type, terms.price) {
            (OrderType::Limit, Some(price)) => convert::ticks(price, instrument)?.0,
            (OrderType::Limit, None) => {
                return Err(InputError::new_err(
                    "a limit order needs a price: price=None",
                ));
            }
            (_, None) => 0,
            (_, Some(price)) => {
                let text = format!("a market order takes no price: price={price}");
                return Err(InputError::new_err(text));
            }
        };
        Ok(NewOrder {
            symbol,
            account,
            order_id,
            side: convert::side(terms.side.0)?,
            order_type,
            time_in_force: time_in_force(terms.time_in_force)?,
            post_only: terms.post_only,
            price,
            qty: convert::lots(terms.quantity, instrument)?.0,
        })
    }

    /// The caller's name of a live order, as a Python string.
    pub(crate) fn name_of<'py>(
        &self,
        py: Python<'py>,
        order_id: u64,
    ) -> Option<Bound<'py, PyString>> {
        self.engine
            .client_order_id(order_id)
            .map(|name| PyString::new(py, name))
    }

    /// The reports of the last command as objects.
    pub(crate) fn reports<'py>(
        &self,
        py: Python<'py>,
        symbol: u32,
        name: Option<&Bound<'py, PyString>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let timestamp_ns = self.engine.now_ns();
        let own = self
            .detailed
            .reports
            .first()
            .map_or(0, |report| report.order_id);
        let mut limit = 0;
        let list = PyList::empty(py);
        for (report, cost) in self.detailed.reports.iter().zip(&self.detailed.costs) {
            let mine = report.order_id == own;
            if mine && report.exec_type() != ExecType::Trade {
                limit = report.price;
            }
            let client_order_id = if mine {
                name.map(|name| name.clone().unbind())
            } else {
                self.name_of(py, report.order_id).map(Bound::unbind)
            };
            list.append(ExecutionReport {
                report: *report,
                cost: *cost,
                limit: if mine { limit } else { report.price },
                timestamp_ns,
                instrument: Some(self.instrument(symbol)),
                client_order_id,
            })?;
        }
        Ok(list)
    }
}

#[inline]
fn order_type(word: Option<Word<'_>>) -> PyResult<OrderType> {
    match word.map(|word| word.0) {
        None | Some("limit") => Ok(OrderType::Limit),
        Some("market") => Ok(OrderType::Market),
        Some(word) => Err(InputError::new_err(format!(
            "type must be 'limit' or 'market': type={word:?}"
        ))),
    }
}

#[inline]
fn time_in_force(word: Option<Word<'_>>) -> PyResult<TimeInForce> {
    match word.map(|word| word.0) {
        None | Some("GTC") => Ok(TimeInForce::Gtc),
        Some("IOC") => Ok(TimeInForce::Ioc),
        Some("FOK") => Ok(TimeInForce::Fok),
        Some(word) => Err(InputError::new_err(format!(
            "time_in_force must be 'GTC', 'IOC' or 'FOK': time_in_force={word:?}"
        ))),
    }
}
