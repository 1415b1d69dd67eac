//! Facts that are true whatever the rules say: an order that exists, a position that is held.

use super::gate::{Ask, Holding, Risk, Working};
use super::market::VALUE_MAX;
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
        let work = self.ledger.rows[at as usize].work;
        let work = work.with(ask.side, ask.price.unwrap_or(0), ask.qty);
        self.put_work(at, work, 1);
        Ok(Holding(at))
    }

    /// Puts `new` in place of the working part `old` of an order, without asking any rule.
    pub fn rewrite(&mut self, holding: Holding, side: Side, old: Working, new: Working) {
        if let Some(row) = self.ledger.rows.get(holding.0 as usize) {
            let work = row.work.with(side, old.price, -old.qty);
            let work = work.with(side, new.price, new.qty);
            self.put_work(holding.0, work, 0);
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
        let row = &self.ledger.rows[at as usize];
        let (wallet, more) = (row.settle_wallet, lots - row.position);
        if more == 0 {
            return Ok(());
        }
        let (side, qty) = if more > 0 {
            (Side::Buy, more)
        } else {
            (Side::Sell, -more)
        };
        let market = &self.markets[symbol as usize];
        let value = market.value(price, qty).unwrap_or(VALUE_MAX);
        let sign = market.sign();
        let realised = self
            .ledger
            .change_row(at, |row| row.trade(side, qty, value, sign));
        self.ledger.change_wallet(wallet, |wallet| {
            wallet.balance = wallet.balance.saturating_add(realised);
            wallet.realised = wallet.realised.saturating_add(realised);
        });
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
