//! Instruments that come while the engine runs.

use std::sync::Arc;

use crate::book::tags::SYMBOLS_MAX;
use crate::instrument::Instrument;
use crate::matching::Engine;
use crate::matching::market::Market;
use crate::reject::RejectCode;
use crate::risk::SymbolTerms;

impl Engine {
    /// What speaks against one more instrument; nothing is changed.
    ///
    /// # Errors
    ///
    /// [`RejectCode::EngineFull`] when there are as many as can be counted;
    /// [`RejectCode::BadSetting`] when one of that name is there, and as
    /// [`crate::risk::Risk::keep_accounts`] says.
    pub fn may_list(&self, instrument: &Instrument, terms: &SymbolTerms) -> Result<(), RejectCode> {
        if self.instruments.len() >= SYMBOLS_MAX {
            return Err(RejectCode::EngineFull);
        }
        let symbol = instrument.symbol();
        if self.instruments.iter().any(|one| one.symbol() == symbol) {
            return Err(RejectCode::BadSetting);
        }
        self.risk.may_list(instrument, terms)
    }

    /// Lists an instrument behind all others, with an empty book; answers its dense index, which
    /// is the number of instruments before.
    ///
    /// The engine is then as if it had been given the instrument at the beginning.
    ///
    /// # Errors
    ///
    /// As [`Self::may_list`]; then nothing was changed.
    pub fn list(
        &mut self,
        instrument: Arc<Instrument>,
        terms: &SymbolTerms,
    ) -> Result<u32, RejectCode> {
        self.may_list(&instrument, terms)?;
        let index = u32::try_from(self.instruments.len()).map_err(|_| RejectCode::EngineFull)?;
        self.risk.list(&instrument, terms)?;
        self.markets.push(Market::new());
        self.instruments.push(instrument);
        Ok(index)
    }
}
