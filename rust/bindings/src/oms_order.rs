//! `tradecore._core.Order` and `OrderState`: a view of one order, read when asked.

use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString, PyTuple};
use tradecore_core::instrument::Instrument;
use tradecore_core::oms as core;
use tradecore_core::oms::message::{Command, OrderKey};
use tradecore_core::oms::ratio::mul_div;
use tradecore_core::units::Ticks;

use crate::convert;
use crate::errors::InputError;
use crate::lock::lock;

/// An order of a trader: a key and the table it is looked up in.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct Order {
    pub(crate) trader: Arc<Mutex<core::Trader>>,
    pub(crate) key: OrderKey,
}

impl Order {
    pub(crate) fn new(trader: &Arc<Mutex<core::Trader>>, key: OrderKey) -> Self {
        Self {
            trader: Arc::clone(trader),
            key,
        }
    }

    /// Commands as Python gets them: a word, the order, ticks and lots, and the ticks of a new
    /// trigger.
    pub(crate) fn commands<'py>(
        py: Python<'py>,
        trader: &Arc<Mutex<core::Trader>>,
        commands: Vec<Command>,
    ) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for command in commands {
            let (word, key, terms) = match command {
                Command::New(new) | Command::NewWith(new, _) => {
                    ("new", new.key, Some(vec![new.price.0, new.qty.0]))
                }
                Command::Modify {
                    key,
                    price,
                    qty,
                    stop,
                    ..
                } => {
                    let stop = Some(stop.0).filter(|stop| *stop != 0);
                    let terms = [price.0, qty.0].into_iter().chain(stop);
                    ("modify", key, Some(terms.collect()))
                }
                Command::Cancel { key, .. } => ("cancel", key, None),
            };
            let terms = terms.map(|terms| PyTuple::new(py, terms)).transpose()?;
            list.append((word, Self::new(trader, key), terms))?;
        }
        Ok(list)
    }

    /// Commands with the times they were asked for, each as [`Order::commands`] has it.
    pub(crate) fn sent<'py>(
        py: Python<'py>,
        trader: &Arc<Mutex<core::Trader>>,
        sent: Vec<(i64, Command)>,
    ) -> PyResult<Bound<'py, PyList>> {
        let (times, commands): (Vec<_>, Vec<_>) = sent.into_iter().unzip();
        let commands = Self::commands(py, trader, commands)?;
        PyList::new(py, times.into_iter().zip(commands))
    }

    fn read<T>(&self, read: impl FnOnce(&core::Order) -> T) -> PyResult<T> {
        let trader = lock(&self.trader);
        trader.order(self.key).map(read).ok_or_else(|| {
            InputError::new_err(format!(
                "an order is readable until it is retired: client_order_id={}",
                trader.run().client_order_id(self.key)
            ))
        })
    }

    pub(crate) fn with_instrument<T>(
        &self,
        read: impl FnOnce(&core::Order) -> T,
    ) -> PyResult<(T, Arc<Instrument>)> {
        let (value, symbol) = self.read(|order| (read(order), order.symbol()))?;
        let instrument = Arc::clone(&lock(&self.trader).instruments()[symbol.0 as usize]);
        Ok((value, instrument))
    }
}

#[pymethods]
impl Order {
    #[getter]
    fn key(&self) -> u64 {
        self.key.0
    }

    #[getter]
    fn client_order_id(&self) -> String {
        lock(&self.trader).run().client_order_id(self.key)
    }

    #[getter]
    fn symbol(&self) -> PyResult<String> {
        let ((), instrument) = self.with_instrument(|_| ())?;
        Ok(instrument.symbol().to_owned())
    }

    fn request<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let ((request, price, qty, rare), instrument) = self.with_instrument(|order| {
            (*order.request(), order.price(), order.qty(), order.rare())
        })?;
        let decimal = |price: Ticks| {
            let given = (price.0 != 0).then(|| convert::to_python(py, instrument.price(price)));
            given.transpose()
        };
        (
            self.client_order_id(),
            instrument.symbol(),
            request.side.as_str(),
            request.order_type.as_str(),
            convert::to_python(py, instrument.quantity(qty))?,
            decimal(price)?,
            request.time_in_force.as_str(),
            request.post_only,
            request.reduce_only,
            decimal(rare.stop_price)?,
            decimal(rare.trailing_distance)?,
        )
            .into_pyobject(py)
    }

    #[getter]
    fn side(&self) -> PyResult<&'static str> {
        self.read(|order| order.side().as_str())
    }

    #[getter]
    fn r#type(&self) -> PyResult<&'static str> {
        self.read(|order| order.request().order_type.as_str())
    }

    #[getter]
    fn time_in_force(&self) -> PyResult<&'static str> {
        self.read(|order| order.request().time_in_force.as_str())
    }

    #[getter]
    fn post_only(&self) -> PyResult<bool> {
        self.read(|order| order.request().post_only)
    }

    #[getter]
    fn reduce_only(&self) -> PyResult<bool> {
        self.read(|order| order.request().reduce_only)
    }

    #[getter]
    fn is_quote(&self) -> PyResult<bool> {
        self.read(core::Order::is_quote)
    }

    #[getter]
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        state_object(py, self.read(core::Order::state)?)
    }

    #[getter]
    fn is_live(&self) -> PyResult<bool> {
        self.read(|order| order.state().is_live())
    }

    #[getter]
    fn is_terminal(&self) -> PyResult<bool> {
        self.read(|order| order.state().is_terminal())
    }

    #[getter]
    fn price<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (price, instrument) = self.with_instrument(core::Order::price)?;
        let priced = Some(price).filter(|price| price.0 != 0);
        priced
            .map(|price| convert::to_python(py, instrument.price(price)))
            .transpose()
    }

    #[getter]
    fn stop_price<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (stop, instrument) = self.with_instrument(|order| order.rare().stop_price)?;
        let given = (stop.0 != 0).then(|| convert::to_python(py, instrument.price(stop)));
        given.transpose()
    }

    #[getter]
    fn quantity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (qty, instrument) = self.with_instrument(core::Order::qty)?;
        convert::to_python(py, instrument.quantity(qty))
    }

    #[getter]
    fn cumulative_quantity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (qty, instrument) = self.with_instrument(core::Order::filled)?;
        convert::to_python(py, instrument.quantity(qty))
    }

    #[getter]
    fn leaves_quantity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (qty, instrument) = self.with_instrument(core::Order::open)?;
        convert::to_python(py, instrument.quantity(qty))
    }

    #[getter]
    fn average_price<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let read = |order: &core::Order| (order.fill_value(), order.filled());
        let ((value, filled), instrument) = self.with_instrument(read)?;
        let tick = instrument.tick_size().to_atto();
        let atto = tick.and_then(|tick| mul_div(value, tick, i128::from(filled.0)));
        atto.map(|atto| convert::to_python(py, tradecore_core::decimal::Decimal::from_atto(atto)))
            .transpose()
    }

    #[getter]
    fn fees<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.read(core::Order::fees)?.to_decimal())
    }

    #[getter]
    fn price_ticks(&self) -> PyResult<i64> {
        self.read(|order| order.price().0)
    }

    #[getter]
    fn quantity_lots(&self) -> PyResult<i64> {
        self.read(|order| order.qty().0)
    }

    #[getter]
    fn cumulative_lots(&self) -> PyResult<i64> {
        self.read(|order| order.filled().0)
    }

    #[getter]
    fn leaves_lots(&self) -> PyResult<i64> {
        self.read(|order| order.open().0)
    }

    #[getter]
    fn fill_count(&self) -> PyResult<usize> {
        self.read(core::Order::fill_count)
    }

    #[getter]
    fn reject_code(&self) -> PyResult<Option<&'static str>> {
        self.read(|order| order.refusal().map(|refusal| refusal.code.as_str()))
    }

    #[getter]
    fn reject_text(&self) -> PyResult<Option<String>> {
        self.read(|order| order.refusal().map(|refusal| refusal.text.to_string()))
    }

    #[getter]
    fn tag(&self) -> PyResult<Option<String>> {
        self.read(|order| order.tag().map(ToString::to_string))
    }

    #[getter]
    fn submitted_at_ns(&self) -> PyResult<i64> {
        self.read(core::Order::submitted_at_ns)
    }

    #[getter]
    fn accepted_at_ns(&self) -> PyResult<Option<i64>> {
        self.read(core::Order::accepted_at_ns)
    }

    #[getter]
    fn ended_at_ns(&self) -> PyResult<Option<i64>> {
        self.read(core::Order::ended_at_ns)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| {
            let other = other.get();
            other.key == self.key && Arc::ptr_eq(&other.trader, &self.trader)
        })
    }

    fn __hash__(&self) -> u64 {
        self.key.0
    }

    pub(crate) fn __repr__(&self) -> String {
        let trader = lock(&self.trader);
        let id = trader.run().client_order_id(self.key);
        let Some(order) = trader.order(self.key) else {
            return format!("Order({id}, retired)");
        };
        let instrument = &trader.instruments()[order.symbol().0 as usize];
        format!(
            "Order({id}, {}, {} {}/{} @ {}, {})",
            instrument.symbol(),
            order.side(),
            instrument.quantity(order.filled()),
            instrument.quantity(order.qty()),
            instrument.price(order.price()),
            order.state().as_str(),
        )
    }
}

#[pyfunction]
pub(crate) fn order_transitions() -> Vec<(&'static str, &'static str, &'static str)> {
    let table = core::lifecycle::transitions().into_iter();
    let words = table.map(|(from, event, to)| (from.as_str(), event.as_str(), to.as_str()));
    words.collect()
}

/// The class `OrderState`, made from the core's own table so that there is one truth.
pub(crate) fn state_class(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let made = CLASS.get_or_try_init(py, || {
        let words: Vec<(&str, &str)> = core::OrderState::ALL
            .iter()
            .map(|state| (state.as_str(), state.as_str()))
            .collect();
        let module = pyo3::types::PyDict::new(py);
        module.set_item("module", "tradecore._core")?;
        let factory = py.import("enum")?.getattr("StrEnum")?;
        let class = factory.call(("OrderState", words), Some(&module))?;
        class.setattr(
            "__doc__",
            "Where an order stands, as far as its trader knows.",
        )?;
        Ok::<_, PyErr>(class.unbind())
    })?;
    Ok(made.bind(py))
}

/// The Python object of a state.
pub(crate) fn state_object(py: Python<'_>, state: core::OrderState) -> PyResult<Bound<'_, PyAny>> {
    static MEMBERS: PyOnceLock<Vec<Py<PyAny>>> = PyOnceLock::new();
    let members = MEMBERS.get_or_try_init(py, || {
        let class = state_class(py)?;
        let members = core::OrderState::ALL.iter().map(|state| {
            let name = PyString::new(py, state.as_str());
            class.getattr(name).map(Bound::unbind)
        });
        members.collect::<PyResult<Vec<_>>>()
    })?;
    Ok(members[state as usize].bind(py).clone())
}
