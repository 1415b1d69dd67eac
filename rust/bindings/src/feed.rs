//! Recordings: `tradecore._core.BinanceFrames`, `LobsterReplay`; what is played of these and tapes.
//!
//! A recording is its bytes and whose they are; it has no position. Whoever plays it starts at the
//! front, so one recording serves many.

use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use tradecore_core::feed::{binance, lobster};
use tradecore_core::flow::{ByOrder, OrderFlow};
use tradecore_core::instrument::{ContractKind, Instrument as CoreInstrument};
use tradecore_core::market::{EventSource, Message, OrderFact, SourceError, Stamped, StampedAside};
use tradecore_core::sim::shadow::LobsterOrders;
use tradecore_core::tape::TapePlayer;

use crate::errors::{DataError, InputError, IntoPy};
use crate::instrument::Instrument;
use crate::lock::lock;
use crate::order_recording::OrderRecording;
use crate::tape::TapeReader;
use crate::tape_file::Archive;

/// Bytes of Python, shared by the recordings and players over them.
#[derive(Clone)]
pub(crate) struct Shared(Arc<PyBackedBytes>);

impl AsRef<[u8]> for Shared {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Shared {
    pub(crate) fn new(bytes: PyBackedBytes) -> Self {
        Self(Arc::new(bytes))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// A recording being played.
pub(crate) enum Source {
    Binance(Box<binance::BinanceFrames<Shared>>),
    Tape(Box<TapePlayer<Archive>>),
    Lobster(Box<ByOrder<LobsterOrders<Shared>>>),
    Generated(Box<ByOrder<OrderFlow>>),
    /// A tape of orders alone, order by order.
    Orders(Box<ByOrder<TapePlayer<Archive>>>),
}

impl EventSource for Source {
    #[inline]
    fn next_event(&mut self) -> Result<Option<Stamped<'_>>, SourceError> {
        match self {
            Self::Binance(frames) => frames.next_event(),
            Self::Tape(player) => player.next_event(),
            Self::Lobster(orders) => orders.next_event(),
            Self::Generated(orders) => orders.next_event(),
            Self::Orders(orders) => orders.next_event(),
        }
    }

    #[inline]
    fn next_into(&mut self, message: &mut Box<Message>) -> Result<bool, SourceError> {
        match self {
            Self::Binance(frames) => frames.next_into(message),
            Self::Tape(player) => player.next_into(message),
            Self::Lobster(orders) => orders.next_into(message),
            Self::Generated(orders) => orders.next_into(message),
            Self::Orders(orders) => orders.next_into(message),
        }
    }

    #[inline]
    fn next_aside(&mut self) -> Option<StampedAside> {
        match self {
            Self::Tape(player) => EventSource::next_aside(player.as_mut()),
            Self::Orders(orders) => orders.next_aside(),
            Self::Binance(_) | Self::Lobster(_) | Self::Generated(_) => None,
        }
    }

    fn place(&self) -> (u64, u64) {
        match self {
            Self::Binance(frames) => frames.place(),
            Self::Tape(player) => EventSource::place(player.as_ref()),
            Self::Lobster(orders) => orders.place(),
            Self::Generated(orders) => orders.place(),
            Self::Orders(orders) => orders.place(),
        }
    }

    #[inline]
    fn facts(&self) -> Option<&[OrderFact]> {
        match self {
            Self::Binance(_) | Self::Tape(_) => None,
            Self::Lobster(orders) => orders.facts(),
            Self::Generated(orders) => orders.facts(),
            Self::Orders(orders) => orders.facts(),
        }
    }
}

impl Source {
    /// Bytes played so far.
    pub(crate) fn offset(&self) -> usize {
        match self {
            Self::Binance(frames) => frames.offset(),
            Self::Tape(player) => player.offset(),
            Self::Lobster(orders) => orders.orders().offset(),
            Self::Generated(_) => 0,
            Self::Orders(orders) => orders.orders().offset(),
        }
    }
}

/// As [`source`], for a venue that is simulated: order by order where every order is known.
pub(crate) fn market(recording: &Bound<'_, PyAny>) -> PyResult<(Source, Arc<CoreInstrument>)> {
    match recording.cast::<TapeReader>() {
        Ok(reader) => reader.get().market(),
        Err(_) => source(recording),
    }
}

/// A fresh player of a recording, and whose messages it gives.
pub(crate) fn source(recording: &Bound<'_, PyAny>) -> PyResult<(Source, Arc<CoreInstrument>)> {
    if let Ok(frames) = recording.cast::<BinanceFrames>() {
        let frames = frames.get();
        let player = binance::BinanceFrames::new(frames.data.clone(), &frames.instrument);
        return Ok((Source::Binance(Box::new(player)), frames.instrument.clone()));
    }
    if let Ok(reader) = recording.cast::<TapeReader>() {
        return reader.get().source();
    }
    if let Ok(orders) = recording.cast::<OrderRecording>() {
        let orders = orders.get();
        return Ok((orders.source()?, orders.instrument.clone()));
    }
    Err(InputError::new_err(format!(
        "a source is BinanceFrames, TapeReader or OrderRecording: got {}",
        recording.get_type().name()?
    )))
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct BinanceFrames {
    data: Shared,
    instrument: Arc<CoreInstrument>,
}

#[pymethods]
impl BinanceFrames {
    #[new]
    #[pyo3(signature = (data, instrument, /))]
    fn new(data: PyBackedBytes, instrument: &Instrument) -> Self {
        Self {
            data: Shared::new(data),
            instrument: instrument.0.clone(),
        }
    }

    #[staticmethod]
    #[pyo3(signature = (data, /, *, symbol, kind = "spot"))]
    fn infer_instrument(
        py: Python<'_>,
        data: PyBackedBytes,
        symbol: &str,
        kind: &str,
    ) -> PyResult<Instrument> {
        let kind = match kind {
            "spot" => ContractKind::Spot,
            "linear" => ContractKind::Linear,
            "inverse" => ContractKind::Inverse,
            _ => {
                let text = format!("kind must be spot, linear or inverse: kind={kind:?}");
                return Err(InputError::new_err(text));
            }
        };
        let data = Shared::new(data);
        py.detach(|| binance::infer_instrument(data.as_ref(), symbol, kind))
            .map(|found| Instrument(Arc::new(found)))
            .map_err(IntoPy::into_py)
    }

    #[getter]
    fn instrument(&self) -> Instrument {
        Instrument(self.instrument.clone())
    }

    #[getter]
    fn byte_count(&self) -> usize {
        self.data.len()
    }
}

struct Player {
    messages: lobster::Messages<Shared>,
    market: lobster::Market,
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct LobsterReplay {
    byte_count: usize,
    player: Mutex<Player>,
}

#[pymethods]
impl LobsterReplay {
    #[new]
    #[pyo3(signature = (data, /, *, first_book = None))]
    fn new(data: PyBackedBytes, first_book: Option<&[u8]>) -> PyResult<Self> {
        let data = Shared::new(data);
        let market = match first_book {
            None => lobster::Market::new(),
            Some(row) => {
                let first = lobster::Messages::new(data.clone()).next_message();
                match first.map_err(IntoPy::into_py)? {
                    None => lobster::Market::new(),
                    Some(first) => {
                        lobster::Market::before(row, &first).map_err(DataError::new_err)?
                    }
                }
            }
        };
        Ok(Self {
            byte_count: data.len(),
            player: Mutex::new(Player {
                messages: lobster::Messages::new(data),
                market,
            }),
        })
    }

    fn step(&self) -> PyResult<bool> {
        let player = &mut *lock(&self.player);
        match player.messages.next_message().map_err(IntoPy::into_py)? {
            None => Ok(false),
            Some(message) => {
                player.market.apply(&message);
                Ok(true)
            }
        }
    }

    #[pyo3(signature = (book_row, /))]
    fn differing_levels(&self, book_row: &[u8]) -> PyResult<Vec<(usize, bool)>> {
        let mut player = lock(&self.player);
        player
            .market
            .differing_levels(book_row)
            .map_err(DataError::new_err)
    }

    #[getter]
    fn byte_count(&self) -> usize {
        self.byte_count
    }

    #[getter]
    fn offset(&self) -> usize {
        let player = lock(&self.player);
        player.messages.offset().min(self.byte_count)
    }

    #[getter]
    fn counts(&self) -> [(&'static str, u64); 4] {
        let player = lock(&self.player);
        let oddities = player.market.oddities();
        [
            ("resting_orders", player.market.orders() as u64),
            ("older_orders", oddities.older_orders),
            ("unknown_levels", oddities.unknown_levels),
            ("contradictions", oddities.contradictions),
        ]
    }
}
