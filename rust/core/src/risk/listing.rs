//! One more symbol, while accounts are kept.

use std::sync::Arc;

use super::gate::{Asset, Risk};
use super::market::{Market, SymbolTerms};
use crate::instrument::{ContractKind, Instrument};
use crate::reject::RejectCode;

impl Risk {
    /// What speaks against an instrument on these terms; nothing is changed.
    ///
    /// # Errors
    ///
    /// [`RejectCode::BadSetting`] as [`Self::keep_accounts`] says.
    pub fn may_list(&self, instrument: &Instrument, terms: &SymbolTerms) -> Result<(), RejectCode> {
        let mut assets = self.assets.clone();
        market_of(instrument, terms, &mut assets).map(|_| ())
    }

    /// Adds an instrument behind all others; while no accounts are kept its terms mean nothing.
    ///
    /// The state is that of a risk that knew the instrument from the beginning.
    ///
    /// # Errors
    ///
    /// As [`Self::may_list`]; then nothing was changed.
    pub fn list(
        &mut self,
        instrument: &Arc<Instrument>,
        terms: &SymbolTerms,
    ) -> Result<(), RejectCode> {
        if self.keeps_accounts {
            let mut assets = self.assets.clone();
            let market = market_of(instrument, terms, &mut assets)?;
            self.asks_for_money |= market.is_spot() || market.is_margined();
            let symbol = u32::try_from(self.markets.len()).map_err(|_| RejectCode::EngineFull)?;
            self.markets.push(market);
            self.assets = assets;
            self.entangle();
            self.terms.push(*terms);
            self.note_terms(symbol, terms);
        }
        self.instruments.push(Arc::clone(instrument));
        Ok(())
    }
}

/// A symbol's market, with its assets in the list; what settles in one makes it collateral.
pub(super) fn market_of(
    instrument: &Instrument,
    terms: &SymbolTerms,
    assets: &mut Vec<Asset>,
) -> Result<Market, RejectCode> {
    let quote = asset(assets, terms.quote)?;
    let base = asset(assets, terms.base)?;
    let settle = match instrument.kind() {
        ContractKind::Spot | ContractKind::Linear => quote,
        ContractKind::Inverse => base,
    };
    let market = Market::new(instrument, terms, settle, base)?;
    assets[settle as usize].is_collateral |= !market.is_spot();
    Ok(market)
}

/// The place of an asset in the list, added when it is new.
fn asset(assets: &mut Vec<Asset>, id: u32) -> Result<u32, RejectCode> {
    let known = assets.iter().position(|asset| asset.id == id);
    let at = known.unwrap_or_else(|| {
        assets.push(Asset {
            id,
            ..Asset::default()
        });
        assets.len() - 1
    });
    u32::try_from(at).map_err(|_| RejectCode::BadSetting)
}
