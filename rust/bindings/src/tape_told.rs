//! Records of a tape as Python's tuples.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tradecore_core::flow::OrderEvent;
use tradecore_core::market::MarketEvent;
use tradecore_core::matching::{BookEvent, Shown};
use tradecore_core::tape::{TapeEvent, Taped};

/// The name of a record's kind, and what it says.
pub(crate) fn said<'py>(
    py: Python<'py>,
    taped: &Taped<'_>,
) -> PyResult<(&'static str, Bound<'py, PyTuple>)> {
    Ok(match taped.event {
        TapeEvent::Market(MarketEvent::Snapshot { last_id, levels }) => {
            ("snapshot", (last_id, levels.len()).into_pyobject(py)?)
        }
        TapeEvent::Market(MarketEvent::Depth {
            first_id,
            last_id,
            levels,
            ..
        }) => (
            "depth",
            (first_id, last_id, levels.len()).into_pyobject(py)?,
        ),
        TapeEvent::Market(MarketEvent::Trade {
            id,
            price,
            qty,
            aggressor,
        }) => (
            "trade",
            (id, price.0, qty.0, aggressor.as_str()).into_pyobject(py)?,
        ),
        TapeEvent::Market(MarketEvent::Quote {
            bid,
            bid_qty,
            ask,
            ask_qty,
            ..
        }) => (
            "quote",
            (bid.0, bid_qty.0, ask.0, ask_qty.0).into_pyobject(py)?,
        ),
        TapeEvent::Funding(one) => (
            "funding",
            (one.rate.0, one.mark_nano, one.next_ns).into_pyobject(py)?,
        ),
        TapeEvent::Terms(one) => {
            let steps = (one.tick_size().to_string(), one.lot_size().to_string());
            ("terms", steps.into_pyobject(py)?)
        }
        TapeEvent::Break(why) => ("break", (why.as_str(),).into_pyobject(py)?),
        TapeEvent::Order(event) => ("order", order(&event).into_pyobject(py)?),
    })
}

type Fact = (&'static str, u64, &'static str, i64, i64);

/// What happened, to which order, on which side, at what price, and how much.
fn order(event: &OrderEvent) -> Fact {
    let shown = |name, one: &Shown| (name, one.order_id, one.side.as_str(), one.price, one.qty);
    match event {
        OrderEvent::Book(BookEvent::Added(one)) => shown("added", one),
        OrderEvent::Book(BookEvent::Changed { order, .. }) => shown("changed", order),
        OrderEvent::Book(BookEvent::Removed(one)) => shown("removed", one),
        OrderEvent::Book(BookEvent::Filled(one)) => shown("filled", one),
        OrderEvent::Book(BookEvent::Phase { phase, .. }) => ("phase", 0, phase.as_str(), 0, 0),
        OrderEvent::Trade {
            price,
            qty,
            aggressor,
        } => ("trade", 0, aggressor.as_str(), price.0, qty.0),
        OrderEvent::Hidden {
            price,
            qty,
            aggressor,
        } => ("hidden", 0, aggressor.as_str(), price.0, qty.0),
        OrderEvent::Done => ("done", 0, "", 0, 0),
        OrderEvent::Open => ("open", 0, "", 0, 0),
    }
}
