//! `tradecore._core.Trader`: a trader's actions, and the evidence it merges.

use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use tradecore_core::oms as core;
use tradecore_core::oms::message::{OrderKey, Terms};
use tradecore_core::units::{Lots, Side, SymbolId, Ticks};

use crate::convert;
use crate::errors::InputError;
use crate::instrument::Instrument;
use crate::lock::lock;
use crate::oms_args::{self as args, Refused};
use crate::oms_event::OrderEvent;
use crate::oms_find::symbol_id;
use crate::oms_order::Order;
use crate::oms_position::Position;
use crate::oms_terms::{Rare, offers};

/// Shared with a simulation, which applies evidence while no Python runs.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct Trader(pub(crate) Arc<Mutex<core::Trader>>);

#[pymethods]
impl Trader {
    #[new]
    #[pyo3(signature = (instruments, *, run_id, venue = None, can_amend = true, retained = None,
                        order_types = None, times_in_force = None))]
    fn new(
        instruments: Vec<Instrument>,
        run_id: &str,
        venue: Option<&str>,
        can_amend: bool,
        retained: Option<usize>,
        order_types: Option<Vec<String>>,
        times_in_force: Option<Vec<String>>,
    ) -> PyResult<Self> {
        let mut symbols: Vec<&str> = instruments.iter().map(|i| i.0.symbol()).collect();
        symbols.sort_unstable();
        if let Some([twice, ..]) = symbols.windows(2).find(|pair| pair[0] == pair[1]) {
            let text = format!("a symbol is registered once: symbol={twice}");
            return Err(InputError::new_err(text));
        }
        let run = core::RunId::new(run_id).map_err(|e| InputError::new_err(e.to_string()))?;
        let instruments = instruments.into_iter().map(|i| i.0).collect();
        let mut trader = core::Trader::new(instruments, run).with_amend(can_amend);
        if let Some(venue) = venue {
            trader = trader.with_venue(venue);
        }
        if let Some(retained) = retained {
            trader = trader.with_retained(retained);
        }
        if order_types.is_some() || times_in_force.is_some() {
            let words = |given: Option<Vec<String>>, usual: &[&str]| {
                given.unwrap_or_else(|| usual.iter().map(ToString::to_string).collect())
            };
            let types = words(order_types, &["limit", "market"]);
            let lives = words(times_in_force, &["GTC", "IOC", "FOK"]);
            trader = trader.with_offers(offers(&types, &lives)?);
        }
        Ok(Self(Arc::new(Mutex::new(trader))))
    }

    #[pyo3(signature = (symbol, side, quantity, price = None, *, r#type = None,
                        time_in_force = "GTC", post_only = false, reduce_only = false,
                        client_order_id = None, tag = None, unsupported = None,
                        stop_price = None, trailing_distance = None, display_quantity = None,
                        expire_time_ns = None, now_ns))]
    #[expect(clippy::too_many_arguments, reason = "an order has many; keyword-only")]
    fn submit(
        &self,
        symbol: &str,
        side: &str,
        quantity: &Bound<'_, PyAny>,
        price: Option<&Bound<'_, PyAny>>,
        r#type: Option<&str>,
        time_in_force: &str,
        post_only: bool,
        reduce_only: bool,
        client_order_id: Option<&str>,
        tag: Option<&str>,
        unsupported: Option<String>,
        stop_price: Option<&Bound<'_, PyAny>>,
        trailing_distance: Option<&Bound<'_, PyAny>>,
        display_quantity: Option<&Bound<'_, PyAny>>,
        expire_time_ns: Option<i64>,
        now_ns: i64,
    ) -> PyResult<Order> {
        let (id, instrument, offers) = self.find_offered(symbol)?;
        let words = args::Words::parse(r#type, time_in_force, price.is_some(), offers)?;
        let rare = Rare {
            stop_price,
            trailing_distance,
            display_quantity,
            expire_time_ns,
        };
        let (missing, terms) = if rare.is_none() {
            (None, Ok(Terms::default()))
        } else {
            (rare.unsupported(offers), rare.terms(&instrument)?)
        };
        let price = price.map(|p| args::price(p, &instrument)).transpose()?;
        let (price, qty) = (
            price.unwrap_or(Ok(Ticks(0))),
            args::quantity(quantity, &instrument)?,
        );
        let request = core::OrderRequest {
            symbol: id,
            side: convert::side(side)?,
            order_type: words.order_type,
            price: *price.as_ref().unwrap_or(&Ticks(0)),
            qty: *qty.as_ref().unwrap_or(&Lots(0)),
            time_in_force: words.time_in_force,
            post_only,
            reduce_only,
        };
        let mut trader = lock(&self.0);
        let unsupported = unsupported
            .or(words.unsupported)
            .or(missing)
            .map(|text| args::unsupported(&text, &instrument));
        let refused = unsupported.or(price.err()).or(qty.err());
        let key = match (refused, terms) {
            (Some(refusal), _) | (None, Err(refusal)) => trader.deny(&request, refusal, now_ns).key,
            (None, Ok(terms)) => {
                args::send(&mut trader, (&request, terms), client_order_id, now_ns)?
            }
        };
        if let Some(tag) = tag {
            trader.tag(key, Arc::from(tag));
        }
        Ok(Order::new(&self.0, key))
    }

    #[pyo3(signature = (order, /, *, now_ns))]
    fn cancel(&self, order: &Order, now_ns: i64) -> PyResult<bool> {
        self.own(order)?;
        Ok(lock(&self.0).cancel(order.key, now_ns).is_ok())
    }

    #[pyo3(signature = (order, /, *, price = None, quantity = None, stop_price = None, now_ns))]
    fn modify(
        &self,
        order: &Order,
        price: Option<&Bound<'_, PyAny>>,
        quantity: Option<&Bound<'_, PyAny>>,
        stop_price: Option<&Bound<'_, PyAny>>,
        now_ns: i64,
    ) -> PyResult<bool> {
        self.own(order)?;
        let Ok(((old_price, old_qty), instrument)) = order.with_instrument(core::Order::terms)
        else {
            return Ok(false);
        };
        let price = price.map_or(Ok(Ok(old_price)), |p| args::price(p, &instrument))?;
        let qty = quantity.map_or(Ok(Ok(old_qty)), |q| args::quantity(q, &instrument))?;
        let stop = stop_price.map_or(Ok(Ok(Ticks(0))), |p| args::price(p, &instrument))?;
        let mut trader = lock(&self.0);
        match (price, qty, stop) {
            (Ok(price), Ok(qty), Ok(stop)) => {
                let asked = core::WorkingTerms { price, qty, stop };
                Ok(trader.change(order.key, asked, now_ns).is_ok())
            }
            (Err(refusal), _, _) | (_, Err(refusal), _) | (_, _, Err(refusal)) => {
                trader.refuse_modify(order.key, refusal, now_ns);
                Ok(false)
            }
        }
    }

    #[pyo3(signature = (symbol = None, side = None, *, now_ns))]
    fn cancel_all(&self, symbol: Option<&str>, side: Option<&str>, now_ns: i64) -> PyResult<usize> {
        let mut trader = lock(&self.0);
        let symbol = symbol.map(|name| symbol_id(&trader, name)).transpose()?;
        let side = side.map(convert::side).transpose()?;
        Ok(trader.cancel_all(symbol, side, now_ns))
    }

    #[pyo3(signature = (symbol, bids, asks, *, min_life_ns = 0, now_ns))]
    fn quote(
        &self,
        symbol: &str,
        bids: &Bound<'_, PyAny>,
        asks: &Bound<'_, PyAny>,
        min_life_ns: i64,
        now_ns: i64,
    ) -> PyResult<usize> {
        let (id, instrument) = self.find(symbol)?;
        let mut refused = Vec::new();
        let bids = args::levels(bids, &instrument, Side::Buy, &mut refused)?;
        let asks = args::levels(asks, &instrument, Side::Sell, &mut refused)?;
        let mut trader = lock(&self.0);
        for Refused { side, refusal } in refused {
            trader.deny(&args::blank(id, side), refusal, now_ns);
        }
        // A refusal told itself by a denied order.
        Ok(trader
            .quote(id, &bids, &asks, min_life_ns, now_ns)
            .unwrap_or(0))
    }

    #[pyo3(signature = (*, now_ns))]
    fn halt(&self, now_ns: i64) {
        lock(&self.0).halt(now_ns);
    }

    fn take_events<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let mut events = Vec::new();
        lock(&self.0).take_events(&mut events);
        OrderEvent::list(py, &self.0, events)
    }

    fn take_journal<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let mut events = Vec::new();
        lock(&self.0).take_journal(&mut events);
        OrderEvent::list(py, &self.0, events)
    }

    fn keep_journal(&self) {
        lock(&self.0).keep_journal();
    }

    #[pyo3(signature = (names, /))]
    fn want_events(&self, names: Vec<String>) -> PyResult<()> {
        let mask = OrderEvent::mask(names)?;
        lock(&self.0).want_events(mask);
        Ok(())
    }

    fn take_commands<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let mut commands = Vec::new();
        lock(&self.0).take_commands(&mut commands);
        Order::commands(py, &self.0, commands)
    }

    fn take_sent<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let mut sent = Vec::new();
        lock(&self.0).take_sent(&mut sent);
        Order::sent(py, &self.0, sent)
    }

    #[getter]
    fn pending_commands(&self) -> usize {
        lock(&self.0).pending_commands()
    }

    #[getter]
    fn next_client_order_id(&self) -> String {
        lock(&self.0).next_client_order_id()
    }

    #[pyo3(signature = (order_key, reply, /, *, ts_event_ns, ts_recv_ns, exec_id = 0, price = None,
                        quantity = None, liquidity = "maker", fee = None, reject_code = None,
                        reject_text = None, stop_price = None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "keyword-only, each reply uses its own"
    )]
    fn apply(
        &self,
        order_key: u64,
        reply: &str,
        ts_event_ns: i64,
        ts_recv_ns: i64,
        exec_id: u64,
        price: Option<&Bound<'_, PyAny>>,
        quantity: Option<&Bound<'_, PyAny>>,
        liquidity: &str,
        fee: Option<&Bound<'_, PyAny>>,
        reject_code: Option<&str>,
        reject_text: Option<&str>,
        stop_price: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<&'static str> {
        let order = Order::new(&self.0, OrderKey(order_key));
        let event = |reply| core::message::VenueEvent {
            key: order.key,
            ts_event_ns,
            ts_recv_ns,
            reply,
        };
        let Ok(((), instrument)) = order.with_instrument(|_| ()) else {
            // Its numbers cannot be read without its instrument; that it came is counted and told.
            lock(&self.0).apply(&event(core::message::VenueReply::Unknown));
            return Ok("unknown_order");
        };
        let evidence = args::Evidence {
            exec_id,
            price,
            quantity,
            stop_price,
            liquidity,
            fee,
            reject_code,
        };
        let event = event(evidence.reply(reply, &instrument)?);
        Ok(match lock(&self.0).apply_saying(&event, reject_text) {
            core::Outcome::Applied => "applied",
            core::Outcome::Stale => "stale",
            core::Outcome::Illegal => "illegal",
            core::Outcome::UnknownOrder => "unknown_order",
        })
    }

    #[pyo3(signature = (order_id, /))]
    fn order(&self, order_id: &Bound<'_, PyAny>) -> PyResult<Option<Order>> {
        let trader = lock(&self.0);
        let key = if let Ok(text) = order_id.extract::<&str>() {
            trader.run().key(text)
        } else {
            Some(OrderKey(order_id.extract()?))
        };
        let known = key.filter(|key| trader.order(*key).is_some());
        Ok(known.map(|key| Order::new(&self.0, key)))
    }

    #[pyo3(signature = (symbol = None, side = None))]
    fn orders<'py>(
        &self,
        py: Python<'py>,
        symbol: Option<&str>,
        side: Option<&str>,
    ) -> PyResult<Bound<'py, PyList>> {
        let trader = lock(&self.0);
        let symbol = symbol.map(|name| symbol_id(&trader, name)).transpose()?;
        let side = side.map(convert::side).transpose()?;
        let list = PyList::empty(py);
        for id in (0..).map(SymbolId).take(trader.instruments().len()) {
            if symbol.is_none_or(|symbol| symbol == id) {
                for key in trader.live_orders(id) {
                    let matches = |order: &core::Order| side.is_none_or(|s| s == order.side());
                    if trader.order(*key).is_some_and(matches) {
                        list.append(Order::new(&self.0, *key))?;
                    }
                }
            }
        }
        Ok(list)
    }

    #[pyo3(signature = (symbol, /))]
    fn position(&self, symbol: &str) -> PyResult<Position> {
        let (id, instrument) = self.find(symbol)?;
        Ok(Position::new(&self.0, id, instrument))
    }

    #[pyo3(signature = (symbol, /, *, quantity, average_price, ts_event_ns))]
    fn adopt_position(
        &self,
        symbol: &str,
        quantity: &Bound<'_, PyAny>,
        average_price: &Bound<'_, PyAny>,
        ts_event_ns: i64,
    ) -> PyResult<Position> {
        let position = self.position(symbol)?;
        position.adopt(quantity, average_price, ts_event_ns)?;
        Ok(position)
    }

    #[pyo3(signature = (symbol, /))]
    fn instrument(&self, symbol: &str) -> PyResult<Instrument> {
        self.find(symbol)
            .map(|(_, instrument)| Instrument(instrument))
    }

    #[getter]
    fn symbols(&self) -> Vec<String> {
        let trader = lock(&self.0);
        let names = trader.instruments().iter().map(|i| i.symbol().to_owned());
        names.collect()
    }

    #[getter]
    fn run_id(&self) -> String {
        lock(&self.0).run().as_str().to_owned()
    }

    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counted = lock(&self.0).counters();
        let words = PyDict::new(py);
        words.set_item("stale", counted.stale)?;
        words.set_item("illegal", counted.illegal)?;
        words.set_item("unknown_order", counted.unknown_order)?;
        words.set_item("late_fills", counted.late_fills)?;
        words.set_item("overfills", counted.overfills)?;
        Ok(words)
    }

    fn denials<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let words = PyDict::new(py);
        for (code, count) in lock(&self.0).denials() {
            words.set_item(code.as_str(), count)?;
        }
        Ok(words)
    }
}
