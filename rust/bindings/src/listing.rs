//! Instruments a venue lists while it runs.

use std::sync::Arc;

use pyo3::prelude::*;
use tradecore_core::instrument as core;
use tradecore_journal::Listing;

use crate::engine_state::State;
use crate::errors::InputError;
use crate::risk::number;
use crate::risk_terms::SymbolTerms;

impl State {
    /// Lists an instrument behind all others, in a log that keeps accounts.
    pub(crate) fn list(
        &mut self,
        instrument: &Arc<core::Instrument>,
        terms: &SymbolTerms,
        about: &[u8],
    ) -> PyResult<u32> {
        let symbol = instrument.symbol().to_owned();
        if self.symbols.contains_key(&symbol) {
            let text = format!("a symbol must be given once: symbol={symbol:?}");
            return Err(InputError::new_err(text));
        }
        if self.assets.is_empty() {
            let text = "an instrument is listed where accounts are kept: call risk.keep_accounts";
            return Err(InputError::new_err(text));
        }
        let mut assets = self.assets.clone();
        let base = number(&mut assets, &terms.base);
        let quote = number(&mut assets, &terms.quote);
        let index = self.engine.list(Listing {
            instrument: Arc::clone(instrument),
            terms: terms.numbered(base, quote),
            about: about.into(),
        })?;
        self.assets = assets;
        self.symbols.insert(symbol, index);
        Ok(index)
    }
}
