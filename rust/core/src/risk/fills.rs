//! What becomes of an admitted order: fills, releases, its end.

use super::gate::{Holding, Risk};
use super::market::VALUE_MAX;
use crate::book::arena::NIL;
use crate::units::Side;

impl Risk {
    /// Books a fill of `qty` lots at `price` of an order whose money is held at `held_price`.
    ///
    /// Moves the lots from working to position, settles money and fee, and gives back what the
    /// hold kept beyond it. `held_price` is 0 for a market order. All prices in ticks.
    #[inline]
    pub fn fill(
        &mut self,
        holding: Holding,
        side: Side,
        held_price: i64,
        price: i64,
        qty: i64,
        is_maker: bool,
    ) {
        if holding == Holding::NONE {
            return;
        }
        let Some(row) = self.ledger.rows.get(holding.0 as usize) else {
            return;
        };
        let (symbol, settle, base) = (row.symbol, row.settle_wallet, row.base_wallet);
        let market = &self.markets[symbol as usize];
        // A fill is worth no more than the order of the side that was checked at a worse price.
        let value = market.value(price, qty).unwrap_or(VALUE_MAX);
        let fee = market.fee(value, price, qty, is_maker);
        let (sign, asset) = (market.sign(), market.settle);
        let base_amount = i128::from(side.sign() * qty).saturating_mul(market.base_unit);
        let is_spot = market.is_spot();
        let mut realised = 0;
        let before = self.ledger.change_row(holding.0, |row| {
            realised = row.trade(side, qty, value, sign);
            let after = row.work.with(side, held_price, -qty);
            std::mem::replace(&mut row.work, after)
        });
        if is_spot {
            self.move_held(holding.0, &before);
        }
        let paid = if is_spot {
            i128::from(-side.sign()) * value
        } else {
            realised
        };
        if (paid, fee) != (0, 0) {
            self.ledger.change_wallet(settle, |wallet| {
                wallet.balance = wallet.balance.saturating_add(paid).saturating_sub(fee);
                wallet.realised = wallet.realised.saturating_add(realised).saturating_sub(fee);
            });
            self.assets[asset as usize].fees = self.assets[asset as usize].fees.saturating_add(fee);
        }
        if base != NIL {
            self.ledger.change_wallet(base, |wallet| {
                wallet.balance = wallet.balance.saturating_add(base_amount);
            });
        }
        self.markets[symbol as usize].seen = price;
    }

    /// Gives back what `qty` lots of an order hold: they were canceled, or their time was up.
    #[inline]
    pub fn release(&mut self, holding: Holding, side: Side, held_price: i64, qty: i64) {
        if let Some(row) = self.ledger.rows.get(holding.0 as usize) {
            let work = row.work.with(side, held_price, -qty);
            self.put_work(holding.0, work, 0);
        }
    }

    /// Counts an order of the account as no longer open.
    #[inline]
    pub fn order_closed(&mut self, holding: Holding) {
        if (holding.0 as usize) < self.ledger.rows.len() {
            self.ledger.change_row(holding.0, |row| {
                debug_assert!(row.orders > 0, "Invariant: an order closes once");
                row.orders = row.orders.saturating_sub(1);
            });
        }
    }

    /// What [`Self::release`] of `qty` lots and [`Self::order_closed`] do, at once.
    #[inline]
    pub fn release_and_close(&mut self, holding: Holding, side: Side, held_price: i64, qty: i64) {
        if let Some(row) = self.ledger.rows.get(holding.0 as usize) {
            debug_assert!(row.orders > 0, "Invariant: an order closes once");
            let work = row.work.with(side, held_price, -qty);
            self.put_work(holding.0, work, -1);
        }
    }

    /// Lots an order of `side` may trade now without taking the position beyond zero.
    #[inline]
    pub fn reducible(&self, holding: Holding, side: Side) -> i64 {
        self.ledger
            .rows
            .get(holding.0 as usize)
            .filter(|row| row.position.signum() == -side.sign())
            .map_or(0, |row| row.position.abs())
    }
}
