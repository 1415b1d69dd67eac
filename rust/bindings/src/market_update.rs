//! `tradecore._core.MarketUpdate`: what the commands of a while did to one book.

use std::sync::Arc;

use pyo3::prelude::*;
use tradecore_core::instrument::Instrument;
use tradecore_core::units::{Lots, Side, Ticks};
use tradecore_journal as core;

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct MarketUpdate {
    pub(crate) update: core::MarketUpdate,
    pub(crate) instrument: Arc<Instrument>,
}

/// Number, ticks, lots, buying order, selling order, who took.
type Trade = (u64, i64, i64, u64, u64, Option<&'static str>);

impl MarketUpdate {
    fn levels(&self, side: Side) -> Vec<(i64, i64)> {
        let levels = self.update.levels.iter();
        let of_side = levels.filter(|level| level.side == side);
        of_side.map(|level| (level.price.0, level.qty.0)).collect()
    }
}

fn best(level: Option<(Ticks, Lots)>) -> Option<(i64, i64)> {
    level.map(|(price, qty)| (price.0, qty.0))
}

#[pymethods]
impl MarketUpdate {
    #[getter]
    fn symbol(&self) -> &str {
        self.instrument.symbol()
    }

    #[getter]
    const fn prev(&self) -> u64 {
        self.update.prev
    }

    #[getter]
    const fn first(&self) -> u64 {
        self.update.first
    }

    #[getter]
    const fn last(&self) -> u64 {
        self.update.last
    }

    #[getter]
    fn bids(&self) -> Vec<(i64, i64)> {
        self.levels(Side::Buy)
    }

    #[getter]
    fn asks(&self) -> Vec<(i64, i64)> {
        self.levels(Side::Sell)
    }

    #[getter]
    fn best_bid(&self) -> Option<(i64, i64)> {
        best(self.update.touch.bid)
    }

    #[getter]
    fn best_ask(&self) -> Option<(i64, i64)> {
        best(self.update.touch.ask)
    }

    #[getter]
    fn trades(&self) -> Vec<Trade> {
        let trades = self.update.trades.iter();
        trades
            .map(|trade| {
                (
                    trade.id,
                    trade.price.0,
                    trade.qty.0,
                    trade.buy_order_id,
                    trade.sell_order_id,
                    trade.aggressor.map(Side::as_str),
                )
            })
            .collect()
    }

    #[getter]
    const fn checksum(&self) -> u32 {
        self.update.checksum
    }

    fn __repr__(&self) -> String {
        let (levels, trades) = (&self.update.levels, &self.update.trades);
        format!(
            "MarketUpdate({} {}..{}, {} levels, {} trades)",
            self.instrument.symbol(),
            self.update.first,
            self.update.last,
            levels.len(),
            trades.len()
        )
    }
}
