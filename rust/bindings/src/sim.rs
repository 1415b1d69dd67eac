//! `tradecore._core.Simulation`: a recording, a venue and a trader on one clock.

use std::sync::{Arc, Mutex, MutexGuard};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tradecore_core::oms::Trader as CoreTrader;
use tradecore_core::sim as core;
use tradecore_core::sim::{SimError, Subscriptions};

use crate::errors::{InputError, IntoPy, SimulationError};
use crate::feed::{self, Source};
use crate::lock::lock;
use crate::mirror::BookView;
use crate::oms::Trader;
use crate::sim_assumed::Assumed;
use crate::sim_callbacks::Callbacks;
use crate::sim_columns as columns;
use crate::sim_rules::SimulationRules;
use crate::sim_totals as totals;
use crate::sim_view::{Held, Printed, Quoted, Said, View, aside, find, quote, trade};

/// What `advance` answers, in this order.
const END: u8 = 0;
const BOOK: u8 = 1;
const TRADE: u8 = 2;
const QUOTE: u8 = 3;
const ORDERS: u8 = 4;
const TIMER: u8 = 5;
const CORRUPT: u8 = 6;
const PAUSE: u8 = 7;
const ASIDE: u8 = 8;

/// Messages of a turn, after which whoever plays looks around.
const MESSAGES_A_TURN: u64 = 50_000;

struct State {
    simulation: core::Simulation<Source>,
    timer: u64,
    callbacks: Callbacks,
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct Simulation {
    state: Mutex<State>,
    trader: Arc<Mutex<CoreTrader>>,
    views: Vec<View>,
}

impl Simulation {
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// What we see of the recording at `place`.
    fn view(&self, place: usize) -> PyResult<&View> {
        let count = self.lock().simulation.len();
        let view = self.views.get(place).filter(|_| place < count);
        view.ok_or_else(|| {
            let text = format!("a recording of a simulation is one of {count}: place={place}");
            InputError::new_err(text)
        })
    }
}

#[pymethods]
impl Simulation {
    #[new]
    #[pyo3(signature = (recording, trader, /, *, symbol, maker_fee, taker_fee, feed_latency_ns,
                        entry_latency_ns, response_latency_ns, queue, latency_seed = 0,
                        rules = None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "keyword-only, and an assumption is never a default"
    )]
    fn new(
        recording: &Bound<'_, PyAny>,
        trader: &Trader,
        symbol: &str,
        maker_fee: &Bound<'_, PyAny>,
        taker_fee: &Bound<'_, PyAny>,
        feed_latency_ns: &Bound<'_, PyAny>,
        entry_latency_ns: &Bound<'_, PyAny>,
        response_latency_ns: &Bound<'_, PyAny>,
        queue: &str,
        latency_seed: u64,
        rules: Option<&SimulationRules>,
    ) -> PyResult<Self> {
        let (source, recorded) = feed::market(recording)?;
        let (id, instrument) = find(&lock(&trader.0), symbol, &recorded)?;
        let assumptions = Assumed {
            fees: (maker_fee, taker_fee),
            delays_ns: (feed_latency_ns, entry_latency_ns, response_latency_ns),
            seed: latency_seed,
            queue,
            rules,
        };
        let assumptions = assumptions.read()?;
        let simulation = core::Simulation::new(source, Arc::clone(&instrument), id, assumptions);
        Ok(Self {
            state: Mutex::new(State {
                simulation,
                timer: 0,
                callbacks: Callbacks::default(),
            }),
            trader: Arc::clone(&trader.0),
            views: vec![View {
                book: Arc::default(),
                instrument,
            }],
        })
    }

    #[staticmethod]
    #[pyo3(signature = (parts, /))]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an extracted argument owns what it converted"
    )]
    fn join(parts: Vec<Bound<'_, Self>>) -> PyResult<Self> {
        let refused = |text: &str| Err(InputError::new_err(text.to_owned()));
        let Some(first) = parts.first() else {
            return refused("a simulation has at least one recording: parts=[]");
        };
        if parts.len() > core::RECORDINGS_MAX {
            let text = format!(
                "a simulation has at most {} recordings: parts={}",
                core::RECORDINGS_MAX,
                parts.len()
            );
            return refused(&text);
        }
        let trader = &first.get().trader;
        let mut symbols = Vec::new();
        for part in &parts {
            let part = part.get();
            if !Arc::ptr_eq(&part.trader, trader) {
                return refused("the recordings of one simulation have one trader");
            }
            let state = part.lock();
            if state.simulation.has_begun() || part.views.len() != 1 {
                return refused("a recording is joined once, before it is played");
            }
            symbols.push(state.simulation.symbol_at(0));
        }
        let count = symbols.len();
        symbols.sort_unstable();
        symbols.dedup();
        if symbols.len() < count {
            return refused("the recordings of one simulation have a symbol each");
        }
        let taken = parts.iter().map(|part| part.get().lock().simulation.take());
        Ok(Self {
            state: Mutex::new(State {
                simulation: core::Simulation::join(taken),
                timer: 0,
                callbacks: Callbacks::default(),
            }),
            trader: Arc::clone(trader),
            views: parts
                .iter()
                .flat_map(|part| part.get().views.clone())
                .collect(),
        })
    }

    #[getter]
    fn book(&self) -> BookView {
        self.views[0].book_view()
    }

    #[getter]
    fn books(&self) -> Vec<BookView> {
        self.views.iter().map(View::book_view).collect()
    }

    #[getter]
    fn woken(&self) -> usize {
        self.lock().simulation.woken()
    }

    #[getter]
    fn now_ns(&self) -> i64 {
        self.lock().simulation.now_ns()
    }

    #[getter]
    fn offset(&self) -> usize {
        let state = self.lock();
        let places = 0..state.simulation.len();
        places
            .map(|place| state.simulation.source_at(place).offset())
            .sum()
    }

    #[pyo3(signature = (*, book_depth = 0, trades = false, quotes = false, corrupt = false,
                        asides = false, place = None))]
    #[expect(
        clippy::fn_params_excessive_bools,
        reason = "keyword-only, each a kind that is wanted or not"
    )]
    fn subscribe(
        &self,
        book_depth: usize,
        trades: bool,
        quotes: bool,
        corrupt: bool,
        asides: bool,
        place: Option<usize>,
    ) -> PyResult<()> {
        let wanted = Subscriptions {
            book_depth,
            trades,
            quotes,
            corrupt,
            asides,
        };
        let Some(place) = place else {
            self.lock().simulation.subscribe(wanted);
            return Ok(());
        };
        self.view(place)?;
        self.lock().simulation.subscribe_at(place, wanted);
        Ok(())
    }

    fn prepare(&self) -> i64 {
        self.lock().simulation.prepare()
    }

    fn turn(&self) -> u8 {
        self.advance(MESSAGES_A_TURN)
    }

    #[pyo3(signature = (messages_max, /))]
    fn advance(&self, messages_max: u64) -> u8 {
        let state = &mut *self.lock();
        let mut trader = lock(&self.trader);
        let simulation = &mut state.simulation;
        state.callbacks.end(simulation.now_ns());
        let wake = if let [view] = self.views.as_slice() {
            simulation.advance(&mut *trader, &mut *lock(&view.book), messages_max)
        } else {
            let mut books = Held(self.views.iter().map(|view| lock(&view.book)).collect());
            simulation.advance(&mut *trader, &mut books, messages_max)
        };
        drop(trader);
        let number = match wake {
            core::Wake::End => return END,
            core::Wake::Pause => return PAUSE,
            core::Wake::Book => BOOK,
            core::Wake::Trade => TRADE,
            core::Wake::Quote => QUOTE,
            core::Wake::Orders => ORDERS,
            core::Wake::Timer(id) => {
                state.timer = id;
                TIMER
            }
            core::Wake::Corrupt => CORRUPT,
            core::Wake::Aside => ASIDE,
        };
        state.callbacks.begin();
        number
    }

    fn callbacks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.lock().callbacks.columns(py)
    }

    #[getter]
    fn timer_id(&self) -> u64 {
        self.lock().timer
    }

    #[pyo3(signature = (at_ns, /, *, every_ns = 0))]
    fn set_timer(&self, at_ns: i64, every_ns: i64) -> u64 {
        self.lock().simulation.set_timer(at_ns, every_ns)
    }

    #[pyo3(signature = (timer_id, /))]
    fn cancel_timer(&self, timer_id: u64) -> bool {
        self.lock().simulation.cancel_timer(timer_id)
    }

    #[getter]
    fn last_trade<'py>(&self, py: Python<'py>) -> Option<Printed<'py>> {
        trade(py, &self.lock().simulation)
    }

    #[getter]
    fn last_quote(&self) -> Option<Quoted> {
        quote(&self.lock().simulation)
    }

    #[getter]
    fn last_aside(&self) -> Option<Said> {
        aside(&self.lock().simulation)
    }

    #[getter]
    fn is_idle(&self) -> bool {
        self.lock().simulation.is_idle()
    }

    #[getter]
    fn errors(&self) -> Vec<String> {
        let state = self.lock();
        let places = 0..state.simulation.len();
        let errors = places.flat_map(|place| state.simulation.errors_at(place));
        errors.map(ToString::to_string).collect()
    }

    #[pyo3(signature = (place = 0, /))]
    fn close<'py>(&self, py: Python<'py>, place: usize) -> PyResult<Bound<'py, PyDict>> {
        let instrument = &self.view(place)?.instrument;
        let mut state = self.lock();
        let profit = state
            .simulation
            .close_at(place, &*lock(&self.trader))
            .map_err(IntoPy::into_py)?;
        totals::totals(py, &state.simulation, place, &profit, instrument)
    }

    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        totals::counts(py, &self.lock().simulation)
    }

    #[pyo3(signature = (order_key, place = 0, /))]
    fn queue_ahead(&self, order_key: u64, place: usize) -> PyResult<Option<i64>> {
        self.view(place)?;
        let state = self.lock();
        let ahead = state.simulation.exchange_at(place).queue_ahead(order_key);
        Ok(ahead.map(|lots| lots.0))
    }

    #[pyo3(signature = (place = 0, /))]
    fn events(&self, place: usize) -> PyResult<u64> {
        self.view(place)?;
        Ok(self.lock().simulation.counts_at(place).events)
    }

    #[pyo3(signature = (place = 0, /))]
    fn queue_stats<'py>(&self, py: Python<'py>, place: usize) -> PyResult<Bound<'py, PyDict>> {
        self.view(place)?;
        totals::queue_stats(py, &self.lock().simulation, place)
    }

    #[pyo3(signature = (place = 0, /))]
    fn fills<'py>(&self, py: Python<'py>, place: usize) -> PyResult<Bound<'py, PyDict>> {
        let instrument = &self.view(place)?.instrument;
        columns::fills(py, &self.lock().simulation, place, instrument)
    }

    #[pyo3(signature = (place = 0, /))]
    fn orders<'py>(&self, py: Python<'py>, place: usize) -> PyResult<Bound<'py, PyDict>> {
        let instrument = &self.view(place)?.instrument;
        columns::orders(py, &self.lock().simulation, place, instrument)
    }

    #[pyo3(signature = (place = 0, /))]
    fn equity<'py>(&self, py: Python<'py>, place: usize) -> PyResult<Bound<'py, PyDict>> {
        let instrument = &self.view(place)?.instrument;
        columns::equity(py, &self.lock().simulation, place, instrument)
    }

    #[pyo3(signature = (place = 0, /))]
    fn fundings<'py>(&self, py: Python<'py>, place: usize) -> PyResult<Bound<'py, PyDict>> {
        let instrument = &self.view(place)?.instrument;
        columns::fundings(py, &self.lock().simulation, place, instrument)
    }

    #[pyo3(signature = (place = 0, /))]
    fn round_trips<'py>(&self, py: Python<'py>, place: usize) -> PyResult<Bound<'py, PyDict>> {
        self.view(place)?;
        columns::round_trips(py, &self.lock().simulation, place)
    }
}

impl IntoPy for SimError {
    fn into_py(self) -> PyErr {
        SimulationError::new_err(self.to_string())
    }
}
