//! Facts that are true whatever the rules say: an order that exists, a position that is held.

use super::gate::{Ask, Holding, Risk, Working};
use crate::reject::RejectCode;
use crate::units::Side;

impl Risk {
    /// Counts an order that exists already, without asking any rule.
    ///
    /// # Errors
    ///
    /// [`RejectCode::UnknownSymbol`], also while no accounts are kept;
    /// [`RejectCode::EngineFull`] when there are as many accounts as can be counted.
    pub fn enter(&mut self, ask: &Ask) -> Result<Holding, RejectCode> {
        let at = self.row_of(ask.account, ask.symbol)?;
        self.change_work(at, ask.side, ask.price.unwrap_or(0), ask.qty, 1);
        Ok(Holding(at))
    }

    /// Puts `new` in place of the working part `old` of an order, without asking any rule.
    pub fn rewrite(&mut self, holding: Holding, side: Side, old: Working, new: Working) {
        if (holding.0 as usize) < self.ledger.rows.len() {
            self.change_work(holding.0, side, old.price, -old.qty, 0);
            self.change_work(holding.0, side, new.price, new.qty, 0);
        }
    }

    /// Sets the position of an account in a derivative to `lots`, the difference traded at
    /// `price` ticks without a fee.
    ///
    /// # Errors
    ///
    /// As [`Self::enter`].
    pub fn adopt(
        &mut self,
        account: u32,
        symbol: u32,
        lots: i64,
        price: i64,
    ) -> Result<(), RejectCode> {
        let at = self.row_of(account, symbol)?;
        let more = lots - self.ledger.rows[at as usize].position;
        if more == 0 {
            return Ok(());
        }
        let (side, qty) = if more > 0 {
            (Side::Buy, more)
        } else {
            (Side::Sell, -more)
        };
        let market = &self.markets[symbol as usize];
        let (counted, asset) = (market.value(price, qty), market.settle);
        let realised = self.trade(at, side, price, qty, counted);
        self.ledger.book_profit(at, asset, realised);
        self.markets[symbol as usize].seen = price;
        Ok(())
    }

    fn row_of(&mut self, account: u32, symbol: u32) -> Result<u32, RejectCode> {
        let market = self.markets.get(symbol as usize);
        let market = market.ok_or(RejectCode::UnknownSymbol)?;
        let row = self.ledger.row(account, symbol, market);
        row.ok_or(RejectCode::EngineFull)
    }
}
