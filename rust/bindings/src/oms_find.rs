//! Which of a trader's symbols and orders a caller means.

use std::sync::Arc;

use pyo3::prelude::*;
use tradecore_core::instrument::Instrument as CoreInstrument;
use tradecore_core::oms as core;
use tradecore_core::units::SymbolId;

use crate::errors::{InputError, UnknownSymbolError};
use crate::lock::lock;
use crate::oms::Trader;
use crate::oms_order::Order;

impl Trader {
    /// Refuses the order of another trader, whose key means something else here.
    pub(crate) fn own(&self, order: &Order) -> PyResult<()> {
        if Arc::ptr_eq(&self.0, &order.trader) {
            return Ok(());
        }
        let text = format!(
            "an order is acted on by the trader that made it: {}",
            order.__repr__()
        );
        Err(InputError::new_err(text))
    }

    /// A symbol.
    pub(crate) fn find(&self, symbol: &str) -> PyResult<(SymbolId, Arc<CoreInstrument>)> {
        let (id, instrument, _) = self.find_offered(symbol)?;
        Ok((id, instrument))
    }

    /// A symbol, and what kinds of orders are taken.
    pub(crate) fn find_offered(
        &self,
        symbol: &str,
    ) -> PyResult<(SymbolId, Arc<CoreInstrument>, core::Offers)> {
        let trader = lock(&self.0);
        let id = symbol_id(&trader, symbol)?;
        let instrument = Arc::clone(&trader.instruments()[id.0 as usize]);
        Ok((id, instrument, trader.offers()))
    }
}

/// The number of a symbol.
pub(crate) fn symbol_id(trader: &core::Trader, name: &str) -> PyResult<SymbolId> {
    trader.symbol_id(name).ok_or_else(|| {
        let known: Vec<&str> = trader
            .instruments()
            .iter()
            .take(8)
            .map(|i| i.symbol())
            .collect();
        UnknownSymbolError::new_err(format!(
            "symbol must be one the trader was given: symbol={name:?}, given {}",
            known.join(", ")
        ))
    })
}
