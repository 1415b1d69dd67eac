//! `tradecore._core.TapeWriter`: records into the bytes of a tape.

use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::Instrument as CoreInstrument;
use tradecore_core::market::{Aside, EventSource, MarketEvent, Message, StampedAside};
use tradecore_core::money::Rate;
use tradecore_core::tape::{self, Break, Funding, Table, TapeEvent, Taped};
use tradecore_core::units::{Lots, Ticks};
use tradecore_core::wire::BookUpdate;

use crate::convert;
use crate::errors::{InputError, IntoPy, UnknownSymbolError};
use crate::feed::source;
use crate::frame::Frame;
use crate::instrument::Instrument;
use crate::lock::lock;

/// Writes what was said beside the book, at so much later times.
fn push_aside(
    writer: &mut tape::TapeWriter,
    place: u32,
    said: &StampedAside,
    later_ns: i64,
) -> PyResult<()> {
    let event = match &said.aside {
        Aside::Funding(funding) => {
            // Zero is what was not told.
            let next_ns = if funding.next_ns == 0 {
                0
            } else {
                funding.next_ns.saturating_add(later_ns)
            };
            TapeEvent::Funding(Funding {
                next_ns,
                ..*funding
            })
        }
        Aside::Terms(terms) => TapeEvent::Terms(terms),
        Aside::Break(why) => TapeEvent::Break(*why),
    };
    let taped = Taped {
        instrument: place,
        ts_event_ns: said.ts_event_ns.saturating_add(later_ns),
        ts_recv_ns: said.ts_recv_ns.saturating_add(later_ns),
        event,
    };
    writer.push(&taped).map_err(IntoPy::into_py)
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct TapeWriter {
    instruments: Vec<Arc<CoreInstrument>>,
    writer: Mutex<Option<tape::TapeWriter>>,
}

/// The instruments of one or of a list.
pub(crate) fn instruments(given: &Bound<'_, PyAny>) -> PyResult<Vec<Arc<CoreInstrument>>> {
    if let Ok(one) = given.cast::<Instrument>() {
        return Ok(vec![Arc::clone(&one.get().0)]);
    }
    given
        .try_iter()?
        .map(|one| Ok(Arc::clone(&one?.cast::<Instrument>()?.get().0)))
        .collect()
}

/// The table of a tape.
pub(crate) fn table(instruments: &[Arc<CoreInstrument>], origin: &str) -> Table {
    Table {
        origin: origin.to_owned(),
        instruments: instruments
            .iter()
            .map(|one| CoreInstrument::clone(one))
            .collect(),
    }
}

/// A number in units of 10⁻⁹; what is finer is cut off.
fn nano(value: &Bound<'_, PyAny>, name: &str) -> PyResult<i64> {
    let number = convert::decimal(value, name)?;
    number.floor_units_of(Decimal::NANO).ok_or_else(|| {
        InputError::new_err(format!("{name} can be counted in 10⁻⁹: {name}={number}"))
    })
}

impl TapeWriter {
    fn place(&self, symbol: &str) -> PyResult<u32> {
        let place = self
            .instruments
            .iter()
            .position(|one| one.symbol() == symbol);
        place.and_then(|at| u32::try_from(at).ok()).ok_or_else(|| {
            UnknownSymbolError::new_err(format!("a symbol is of the tape: symbol={symbol:?}"))
        })
    }

    fn push(&self, taped: &Taped<'_>) -> PyResult<()> {
        let mut writer = lock(&self.writer);
        let writer = writer.as_mut().ok_or_else(finished)?;
        writer.push(taped).map_err(IntoPy::into_py)
    }
}

#[pymethods]
impl TapeWriter {
    #[new]
    #[pyo3(signature = (instruments, /, *, origin = ""))]
    fn new(instruments: &Bound<'_, PyAny>, origin: &str) -> PyResult<Self> {
        let instruments = self::instruments(instruments)?;
        let writer = tape::TapeWriter::new(table(&instruments, origin)).map_err(IntoPy::into_py)?;
        Ok(Self {
            instruments,
            writer: Mutex::new(Some(writer)),
        })
    }

    #[pyo3(signature = (recording, /, *, strict = true, later_ns = 0))]
    fn extend(
        &self,
        py: Python<'_>,
        recording: &Bound<'_, PyAny>,
        strict: bool,
        later_ns: i64,
    ) -> PyResult<(u64, u64)> {
        let (mut source, instrument) = source(recording)?;
        // A tape of one instrument takes whatever counts in its steps.
        let place = if self.instruments.len() == 1 {
            0
        } else {
            self.place(instrument.symbol())?
        };
        let own = &self.instruments[place as usize];
        let steps = |one: &CoreInstrument| (one.tick_size(), one.lot_size());
        if steps(&instrument) != steps(own) {
            return Err(InputError::new_err(format!(
                "a tape is written in the steps of its instrument: tape {} × {}, recording {} × {}",
                own.tick_size(),
                own.lot_size(),
                instrument.tick_size(),
                instrument.lot_size(),
            )));
        }
        py.detach(|| {
            let mut writer = lock(&self.writer);
            let writer = writer.as_mut().ok_or_else(finished)?;
            let (mut written, mut unreadable) = (0, 0);
            let mut message = Box::<Message>::default();
            loop {
                let told = source.next_into(&mut message);
                while let Some(said) = source.next_aside() {
                    push_aside(writer, place, &said, later_ns)?;
                }
                match told {
                    Ok(true) => {
                        let mut stamped = message.stamped();
                        stamped.ts_event_ns = stamped.ts_event_ns.saturating_add(later_ns);
                        stamped.ts_recv_ns = stamped.ts_recv_ns.saturating_add(later_ns);
                        writer
                            .push_market(place, &stamped)
                            .map_err(IntoPy::into_py)?;
                        written += 1;
                    }
                    Ok(false) => return Ok((written, unreadable)),
                    Err(error) if strict => return Err(error.into_py()),
                    Err(_) => unreadable += 1,
                }
            }
        })
    }

    #[pyo3(signature = (symbol, body, /))]
    fn book(&self, symbol: &str, body: &Bound<'_, PyAny>) -> PyResult<u64> {
        let update = BookUpdate::decode(&Frame::of(body)?).map_err(IntoPy::into_py)?;
        let (head, levels) = (update.head, update.levels.as_slice());
        let event = if head.is_stale {
            TapeEvent::Break(Break::Gap)
        } else if head.is_snapshot {
            TapeEvent::Market(MarketEvent::Snapshot {
                last_id: head.last_id,
                levels,
            })
        } else {
            TapeEvent::Market(MarketEvent::Depth {
                first_id: head.first_id,
                last_id: head.last_id,
                prev_id: None,
                levels,
            })
        };
        let taped = Taped {
            instrument: self.place(symbol)?,
            ts_event_ns: head.ts_event_ns,
            ts_recv_ns: head.ts_recv_ns,
            event,
        };
        self.push(&taped)?;
        Ok(head.last_id)
    }

    #[pyo3(signature = (symbol, /, *, trade_id, price_ticks, quantity_lots, aggressor, ts_event_ns,
                        ts_recv_ns))]
    #[expect(
        clippy::too_many_arguments,
        reason = "keyword-only, and a trade has as many facts"
    )]
    fn trade(
        &self,
        symbol: &str,
        trade_id: u64,
        price_ticks: i64,
        quantity_lots: i64,
        aggressor: &str,
        ts_event_ns: i64,
        ts_recv_ns: i64,
    ) -> PyResult<()> {
        self.push(&Taped {
            instrument: self.place(symbol)?,
            ts_event_ns,
            ts_recv_ns,
            event: TapeEvent::Market(MarketEvent::Trade {
                id: trade_id,
                price: Ticks(price_ticks),
                qty: Lots(quantity_lots),
                aggressor: convert::side(aggressor)?,
            }),
        })
    }

    #[pyo3(signature = (symbol, /, *, update_id, bid_ticks, bid_lots, ask_ticks, ask_lots,
                        ts_event_ns, ts_recv_ns))]
    #[expect(
        clippy::too_many_arguments,
        reason = "keyword-only, and a quote has as many facts"
    )]
    fn quote(
        &self,
        symbol: &str,
        update_id: u64,
        bid_ticks: i64,
        bid_lots: i64,
        ask_ticks: i64,
        ask_lots: i64,
        ts_event_ns: i64,
        ts_recv_ns: i64,
    ) -> PyResult<()> {
        self.push(&Taped {
            instrument: self.place(symbol)?,
            ts_event_ns,
            ts_recv_ns,
            event: TapeEvent::Market(MarketEvent::Quote {
                id: update_id,
                bid: Ticks(bid_ticks),
                bid_qty: Lots(bid_lots),
                ask: Ticks(ask_ticks),
                ask_qty: Lots(ask_lots),
            }),
        })
    }

    #[pyo3(signature = (symbol, /, *, rate, mark_price, next_ns, ts_event_ns, ts_recv_ns))]
    fn funding(
        &self,
        symbol: &str,
        rate: &Bound<'_, PyAny>,
        mark_price: &Bound<'_, PyAny>,
        next_ns: i64,
        ts_event_ns: i64,
        ts_recv_ns: i64,
    ) -> PyResult<()> {
        self.push(&Taped {
            instrument: self.place(symbol)?,
            ts_event_ns,
            ts_recv_ns,
            event: TapeEvent::Funding(Funding {
                rate: Rate(nano(rate, "rate")?),
                mark_nano: nano(mark_price, "mark_price")?,
                next_ns,
            }),
        })
    }

    #[pyo3(signature = (instrument, /, *, ts_ns))]
    fn terms(&self, instrument: &Instrument, ts_ns: i64) -> PyResult<()> {
        self.push(&Taped {
            instrument: self.place(instrument.0.symbol())?,
            ts_event_ns: ts_ns,
            ts_recv_ns: ts_ns,
            event: TapeEvent::Terms(&instrument.0),
        })
    }

    #[pyo3(signature = (symbol, reason, /, *, ts_ns))]
    fn mark_break(&self, symbol: &str, reason: &str, ts_ns: i64) -> PyResult<()> {
        let mut all = (0..).map_while(Break::of);
        let why = all.find(|why| why.as_str() == reason).ok_or_else(|| {
            let rule = "a break is a gap, disconnected, connected or damaged";
            InputError::new_err(format!("{rule}: reason={reason:?}"))
        })?;
        self.push(&Taped {
            instrument: self.place(symbol)?,
            ts_event_ns: ts_ns,
            ts_recv_ns: ts_ns,
            event: TapeEvent::Break(why),
        })
    }

    #[getter]
    fn event_count(&self) -> PyResult<u64> {
        let writer = lock(&self.writer);
        Ok(writer.as_ref().ok_or_else(finished)?.contents().records)
    }

    fn flush(&self) -> PyResult<()> {
        lock(&self.writer).as_mut().ok_or_else(finished)?.flush();
        Ok(())
    }

    fn take<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = lock(&self.writer).as_mut().ok_or_else(finished)?.take();
        Ok(PyBytes::new(py, &bytes))
    }

    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let writer = lock(&self.writer).take().ok_or_else(finished)?;
        Ok(PyBytes::new(py, &writer.finish()))
    }
}

pub(crate) fn finished() -> PyErr {
    InputError::new_err("a tape is finished once: nothing can be added")
}
