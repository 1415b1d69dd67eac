//! `tradecore._core.OrderRecording`: a market of which every order is known, to be played.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use tradecore_core::flow::{ByOrder, FEED_DELAY_NS, FlowSpec, OrderFlow};
use tradecore_core::instrument::Instrument as CoreInstrument;
use tradecore_core::sim::shadow::LobsterOrders;

use crate::errors::DataError;
use crate::feed::{Shared, Source};
use crate::flow;
use crate::instrument::Instrument;

/// Where the orders come from.
enum Origin {
    Lobster { messages: Shared, first_book: Vec<u8> },
    Generated(FlowSpec),
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct OrderRecording {
    origin: Origin,
    pub(crate) instrument: Arc<CoreInstrument>,
}

#[pymethods]
impl OrderRecording {
    #[staticmethod]
    #[pyo3(signature = (messages, instrument, /, *, first_book))]
    fn lobster(
        messages: PyBackedBytes,
        instrument: &Instrument,
        first_book: Vec<u8>,
    ) -> PyResult<Self> {
        let messages = Shared::new(messages);
        LobsterOrders::new(messages.clone(), &first_book).map_err(DataError::new_err)?;
        Ok(Self {
            origin: Origin::Lobster {
                messages,
                first_book,
            },
            instrument: Arc::clone(&instrument.0),
        })
    }

    #[staticmethod]
    #[pyo3(signature = (instrument, /, *, seed, start_ns, duration_ns, price,
                        volatility_milliticks))]
    fn generated(
        instrument: &Instrument,
        seed: u64,
        start_ns: i64,
        duration_ns: i64,
        price: &Bound<'_, PyAny>,
        volatility_milliticks: u32,
    ) -> PyResult<Self> {
        let market = (start_ns, duration_ns);
        let spec = flow::spec(instrument, seed, market, price, volatility_milliticks)?;
        Ok(Self {
            origin: Origin::Generated(spec),
            instrument: Arc::clone(&instrument.0),
        })
    }

    #[getter]
    fn instrument(&self) -> Instrument {
        Instrument(Arc::clone(&self.instrument))
    }

    #[getter]
    fn byte_count(&self) -> usize {
        match &self.origin {
            Origin::Lobster { messages, .. } => messages.len(),
            Origin::Generated(_) => 0,
        }
    }
}

impl OrderRecording {
    /// A fresh player.
    pub(crate) fn source(&self) -> PyResult<Source> {
        Ok(match &self.origin {
            Origin::Lobster {
                messages,
                first_book,
            } => {
                let orders = LobsterOrders::new(messages.clone(), first_book);
                let orders = orders.map_err(DataError::new_err)?;
                Source::Lobster(Box::new(ByOrder::new(orders, 0)))
            }
            Origin::Generated(spec) => {
                let orders = OrderFlow::new(Arc::clone(&self.instrument), *spec);
                Source::Generated(Box::new(ByOrder::new(orders, FEED_DELAY_NS)))
            }
        })
    }
}
