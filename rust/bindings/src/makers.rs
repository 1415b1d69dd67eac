//! `tradecore._core.Maker` and `MakerGroup`: the compiled sample strategies, many on one recording.

use std::sync::{Arc, Mutex, MutexGuard};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::Instrument as CoreInstrument;
use tradecore_core::oms::RunId;
use tradecore_core::sim as core;
use tradecore_core::sim::makers;

use crate::convert;
use crate::errors::{InputError, IntoPy};
use crate::feed::{self, Source};
use crate::instrument::Instrument;
use crate::lock::lock;
use crate::sim_assumed::Assumed;
use crate::sim_columns as columns;
use crate::sim_rules::SimulationRules;
use crate::sim_totals as totals;

/// A sample strategy with its settings, which an instrument takes.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct Maker {
    maker: makers::Maker,
    instrument: Arc<CoreInstrument>,
}

impl IntoPy for makers::MakerError {
    fn into_py(self) -> PyErr {
        InputError::new_err(self.to_string())
    }
}

#[pymethods]
impl Maker {
    #[staticmethod]
    #[pyo3(signature = (instrument, /, *, half_spread_bps, skew_bps, size, max_position))]
    fn two_sided(
        instrument: &Instrument,
        half_spread_bps: f64,
        skew_bps: f64,
        size: &Bound<'_, PyAny>,
        max_position: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let (size, max_position) = sizes(size, max_position)?;
        let settings = makers::TwoSidedSettings {
            half_spread_bps,
            skew_bps,
            size,
            max_position,
        };
        let made = makers::TwoSided::new(&settings, &instrument.0).map_err(IntoPy::into_py)?;
        Ok(Self {
            maker: makers::Maker::TwoSided(made),
            instrument: Arc::clone(&instrument.0),
        })
    }

    #[staticmethod]
    #[pyo3(signature = (instrument, /, *, risk_aversion, horizon_s, k_per_bp, calibrate,
                        volatility_half_life_s, size, max_position, edge_bps, min_spread_ticks))]
    #[expect(clippy::too_many_arguments, reason = "keyword-only settings")]
    fn avellaneda_stoikov(
        instrument: &Instrument,
        risk_aversion: f64,
        horizon_s: f64,
        k_per_bp: f64,
        calibrate: bool,
        volatility_half_life_s: f64,
        size: &Bound<'_, PyAny>,
        max_position: &Bound<'_, PyAny>,
        edge_bps: f64,
        min_spread_ticks: i64,
    ) -> PyResult<Self> {
        let (size, max_position) = sizes(size, max_position)?;
        let settings = makers::AvellanedaStoikovSettings {
            risk_aversion,
            horizon_s,
            k_per_bp,
            calibrate,
            volatility_half_life_s,
            size,
            max_position,
            edge_bps,
            min_spread_ticks,
        };
        let made = makers::AvellanedaStoikov::new(&settings, &instrument.0);
        Ok(Self {
            maker: makers::Maker::AvellanedaStoikov(made.map_err(IntoPy::into_py)?),
            instrument: Arc::clone(&instrument.0),
        })
    }
}

fn sizes(size: &Bound<'_, PyAny>, max_position: &Bound<'_, PyAny>) -> PyResult<(Decimal, Decimal)> {
    Ok((
        convert::decimal(size, "size")?,
        convert::decimal(max_position, "max_position")?,
    ))
}

/// Turns of the group between two looks at the caller.
const TURNS_A_CALL: usize = 32;

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct MakerGroup {
    group: Mutex<core::MakerGroup<Source>>,
    instrument: Arc<CoreInstrument>,
}

impl MakerGroup {
    fn lock(&self) -> MutexGuard<'_, core::MakerGroup<Source>> {
        lock(&self.group)
    }

    /// What `ask` makes of one run's simulation.
    fn of<'py, T>(
        &self,
        at: usize,
        ask: impl FnOnce(&core::Simulation<core::Shared>) -> PyResult<Bound<'py, T>>,
    ) -> PyResult<Bound<'py, T>> {
        let group = self.lock();
        let run = group.runs().get(at);
        ask(run
            .ok_or_else(|| no_run(at, group.runs().len()))?
            .simulation())
    }
}

fn no_run(at: usize, count: usize) -> PyErr {
    InputError::new_err(format!("a group has {count} runs, from 0: run={at}"))
}

#[pymethods]
impl MakerGroup {
    #[new]
    #[pyo3(signature = (recording, makers, /, *, maker_fee, taker_fee, feed_latency_ns,
                        entry_latency_ns, response_latency_ns, queue, latency_seed = 0,
                        rules = None))]
    #[expect(
        clippy::needless_pass_by_value,
        clippy::too_many_arguments,
        reason = "keyword-only, an assumption is never a default; an argument owns what it holds"
    )]
    fn new(
        recording: &Bound<'_, PyAny>,
        makers: Vec<PyRef<'_, Maker>>,
        maker_fee: &Bound<'_, PyAny>,
        taker_fee: &Bound<'_, PyAny>,
        feed_latency_ns: &Bound<'_, PyAny>,
        entry_latency_ns: &Bound<'_, PyAny>,
        response_latency_ns: &Bound<'_, PyAny>,
        queue: &str,
        latency_seed: u64,
        rules: Option<&SimulationRules>,
    ) -> PyResult<Self> {
        let (source, instrument) = feed::market(recording)?;
        if makers.iter().any(|maker| maker.instrument != instrument) {
            return Err(InputError::new_err(format!(
                "makers trade the instrument of the recording: symbol={}",
                instrument.symbol()
            )));
        }
        let assumed = Assumed {
            fees: (maker_fee, taker_fee),
            delays_ns: (feed_latency_ns, entry_latency_ns, response_latency_ns),
            seed: latency_seed,
            queue,
            rules,
        };
        let assumed = assumed.read()?;
        let run = RunId::new("backtest").map_err(|e| InputError::new_err(e.to_string()))?;
        let makers = makers.iter().map(|maker| maker.maker.clone());
        let group = core::MakerGroup::new(source, &instrument, &run, makers, &assumed);
        Ok(Self {
            group: Mutex::new(group),
            instrument,
        })
    }

    fn advance(&self, py: Python<'_>) -> bool {
        py.detach(|| {
            let mut group = self.lock();
            (0..TURNS_A_CALL).any(|_| group.advance())
        })
    }

    #[getter]
    fn offset(&self) -> usize {
        self.lock().source().offset()
    }

    fn __len__(&self) -> usize {
        self.lock().runs().len()
    }

    #[pyo3(signature = (run, /))]
    fn close<'py>(&self, py: Python<'py>, run: usize) -> PyResult<Bound<'py, PyDict>> {
        let mut group = self.lock();
        let count = group.runs().len();
        let run = group
            .runs_mut()
            .get_mut(run)
            .ok_or_else(|| no_run(run, count))?;
        let profit = run.close().map_err(IntoPy::into_py)?;
        totals::totals(py, run.simulation(), 0, &profit, &self.instrument)
    }

    #[pyo3(signature = (run, /))]
    fn counts<'py>(&self, py: Python<'py>, run: usize) -> PyResult<Bound<'py, PyDict>> {
        self.of(run, |simulation| totals::counts(py, simulation))
    }

    #[pyo3(signature = (run, /))]
    fn denials(&self, run: usize) -> PyResult<u64> {
        let group = self.lock();
        let found = group.runs().get(run);
        let run = found.ok_or_else(|| no_run(run, group.runs().len()))?;
        Ok(run.quoter().trader().denials().values().sum())
    }

    #[pyo3(signature = (run, /))]
    fn fills<'py>(&self, py: Python<'py>, run: usize) -> PyResult<Bound<'py, PyDict>> {
        self.of(run, |simulation| {
            columns::fills(py, simulation, 0, &self.instrument)
        })
    }

    #[pyo3(signature = (run, /))]
    fn orders<'py>(&self, py: Python<'py>, run: usize) -> PyResult<Bound<'py, PyDict>> {
        self.of(run, |simulation| {
            columns::orders(py, simulation, 0, &self.instrument)
        })
    }

    #[pyo3(signature = (run, /))]
    fn equity<'py>(&self, py: Python<'py>, run: usize) -> PyResult<Bound<'py, PyDict>> {
        self.of(run, |simulation| {
            columns::equity(py, simulation, 0, &self.instrument)
        })
    }
}
