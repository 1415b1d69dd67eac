//! What becomes of an admitted order: fills, releases, its end.

use super::digest;
use super::gate::{Holding, Risk, is_beyond};
use super::market::{VALUE_MAX, times};
use super::row::{held_on, share};
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
        let at = holding.0;
        let Some(row) = self.ledger.rows.get(at as usize) else {
            return;
        };
        let symbol = row.symbol;
        let prices = (held_price, price);
        let done = if self.markets[symbol as usize].is_spot() {
            self.fill_ordinary::<true>(at, side, prices, qty, is_maker)
        } else {
            self.fill_ordinary::<false>(at, side, prices, qty, is_maker)
        };
        if done {
            return;
        }
        self.change_work(at, side, held_price, -qty, 0);
        let market = &self.markets[symbol as usize];
        // A fill is worth no more than the order of the side that was checked at a worse price.
        let (counted, fee) = market.fill(price, qty, is_maker);
        let value = counted.unwrap_or(VALUE_MAX);
        let (is_spot, asset) = (market.is_spot(), market.settle);
        let realised = self.trade(at, side, price, qty, counted);
        let fees = &mut self.assets[asset as usize].fees;
        *fees = fees.saturating_add(fee);
        if is_spot {
            self.pay(at, side, qty, (value, realised, fee));
        } else {
            let profit = realised.saturating_sub(fee);
            self.ledger.book_profit(at, asset, profit);
        }
        self.markets[symbol as usize].seen = price;
    }

    /// What [`Self::fill`] does in a symbol whose money is short, in one go; answers whether it is
    /// one. If not, nothing has changed.
    #[inline(always)]
    fn fill_ordinary<const IS_SPOT: bool>(
        &mut self,
        at: u32,
        side: Side,
        (held_price, price): (i64, i64),
        qty: i64,
        is_maker: bool,
    ) -> bool {
        let row = &mut self.ledger.rows[at as usize];
        let market = &mut self.markets[row.symbol as usize];
        let Some(plain) = market.plain.as_ref() else {
            return false;
        };
        let Some(money) = price.checked_mul(qty) else {
            return false;
        };
        let value = i128::from(money) * i128::from(plain.unit);
        if value > VALUE_MAX {
            return false;
        }
        let unit = plain.unit;
        let fee_unit = [plain.taker_fee, plain.maker_fee][usize::from(is_maker)];
        let fee = i128::from(money) * i128::from(fee_unit);
        let held = held_on(side, held_price, qty);
        row.work.add(side, -held, -qty);
        let cost = row.cost;
        let realised = row.trade(side, qty, value, true, |lots| {
            i128::from(price * lots) * i128::from(unit)
        });
        if is_beyond(row.cost) {
            // No order of it is ordinary.
            row.profile = NIL;
        }
        let mut profit = 0;
        if !IS_SPOT {
            profit = realised.saturating_sub(fee);
            row.profit = row.profit.saturating_add(profit);
        }
        let change = digest::Fill {
            side,
            qty,
            held,
            cost: row.cost.wrapping_sub(cost),
            profit,
        };
        let owner = digest::half_key(digest::WALLET, row.account, plain.settle);
        self.ledger.digest = self.ledger.digest.wrapping_add(change.sum(row.key, owner));
        let fees = &mut self.assets[plain.settle as usize].fees;
        *fees = fees.saturating_add(fee);
        market.seen = price;
        if IS_SPOT {
            let wallet = [row.settle_wallet, row.base_wallet][side as usize];
            let held = market
                .plain
                .map_or(0, |plain| plain.held(side, -held, -qty));
            self.ledger.wallets[wallet as usize].held += held;
            self.pay(at, side, qty, (value, realised, fee));
        }
        true
    }

    /// Moves the position of a row by `qty` lots worth `counted`, [`VALUE_MAX`] where that is
    /// `None`, and answers the profit it realised.
    #[inline(always)]
    pub(super) fn trade(
        &mut self,
        at: u32,
        side: Side,
        price: i64,
        qty: i64,
        counted: Option<i128>,
    ) -> i128 {
        let market = &self.markets[self.ledger.rows[at as usize].symbol as usize];
        let (value, gains) = (counted.unwrap_or(VALUE_MAX), market.sign() > 0);
        self.ledger.change_position(at, |row| {
            let realised = row.trade(side, qty, value, gains, |lots| {
                // Worth in proportion to its lots, a part is no fraction.
                let part = counted.filter(|_| gains);
                let part = part.and_then(|_| market.value(price, lots));
                part.unwrap_or_else(|| share(value, lots.unsigned_abs(), qty.unsigned_abs()))
            });
            if is_beyond(row.cost) {
                // No order of it is ordinary.
                row.profile = NIL;
            }
            realised
        })
    }

    /// Moves the two assets of a spot fill: what it is worth, the profit it realised, its fee.
    #[inline]
    fn pay(&mut self, at: u32, side: Side, qty: i64, (value, realised, fee): (i128, i128, i128)) {
        let row = &self.ledger.rows[at as usize];
        let (settle, base) = (row.settle_wallet, row.base_wallet);
        let unit = self.markets[row.symbol as usize].base_unit;
        let (paid, received) = match side {
            Side::Buy => (value.saturating_add(fee), i128::from(qty)),
            Side::Sell => (fee.saturating_sub(value), i128::from(-qty)),
        };
        self.ledger.change_wallet(settle, |wallet| {
            wallet.balance = wallet.balance.saturating_sub(paid);
            wallet.realised = wallet.realised.saturating_add(realised.saturating_sub(fee));
        });
        self.ledger.change_wallet(base, |wallet| {
            let amount = times(received, unit).unwrap_or(i128::MAX);
            wallet.balance = wallet.balance.saturating_add(amount);
        });
    }

    /// Gives back what `qty` lots of an order hold: they were canceled, or their time was up.
    #[inline]
    pub fn release(&mut self, holding: Holding, side: Side, held_price: i64, qty: i64) {
        if (holding.0 as usize) < self.ledger.rows.len() {
            self.change_work(holding.0, side, held_price, -qty, 0);
        }
    }

    /// Counts an order of the account as no longer open.
    #[inline]
    pub fn order_closed(&mut self, holding: Holding) {
        if (holding.0 as usize) < self.ledger.rows.len() {
            self.ledger.change_orders(holding.0, -1);
        }
    }

    /// What [`Self::release`] of `qty` lots and [`Self::order_closed`] do, at once.
    #[inline]
    pub fn release_and_close(&mut self, holding: Holding, side: Side, held_price: i64, qty: i64) {
        if (holding.0 as usize) < self.ledger.rows.len() {
            self.change_work(holding.0, side, held_price, -qty, -1);
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
