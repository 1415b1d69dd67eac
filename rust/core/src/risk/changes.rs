//! Changing the books while keeping their running sum.

use super::digest;
use super::ledger::{Ledger, Recent, Seat, Wallet};
use super::row::{Row, held_on};
use crate::units::Side;

impl Ledger {
    /// Lets `qty` more work at `price` in a row, less where it is negative; opens or closes
    /// `orders`. Keeps the running sum.
    #[inline(always)]
    pub(super) fn change_work(&mut self, at: u32, side: Side, price: i64, qty: i64, orders: i32) {
        let row = &mut self.rows[at as usize];
        let money = held_on(side, price, qty);
        let more = digest::order(side, qty, money);
        let more = more.wrapping_add(digest::open_orders(orders.into()));
        self.digest = self.digest.wrapping_add(digest::working(row.key, more));
        row.work.add(side, money, qty);
        debug_assert!(
            row.orders.checked_add_signed(orders).is_some(),
            "Invariant: an order closes once"
        );
        row.orders = row.orders.saturating_add_signed(orders);
    }

    /// Opens or closes orders of a row and keeps the running sum.
    #[inline(always)]
    pub(super) fn change_orders(&mut self, at: u32, orders: i32) {
        let row = &mut self.rows[at as usize];
        let more = digest::open_orders(orders.into());
        self.digest = self.digest.wrapping_add(digest::working(row.key, more));
        debug_assert!(
            row.orders.checked_add_signed(orders).is_some(),
            "Invariant: an order closes once"
        );
        row.orders = row.orders.saturating_add_signed(orders);
    }

    /// Puts what works in row `read` into the empty row `at`, which it answers.
    pub(super) fn put_work(&mut self, at: u32, read: &Row) -> Row {
        let row = &mut self.rows[at as usize];
        (row.work, row.orders) = (read.work, read.orders);
        let [bought, sold] = [Side::Buy, Side::Sell].map(|side| row.work.on(side));
        let sum = digest::order(Side::Buy, bought, row.work.buys)
            .wrapping_add(digest::order(Side::Sell, sold, 0))
            .wrapping_add(digest::open_orders(row.orders.into()));
        self.digest = self.digest.wrapping_add(digest::working(row.key, sum));
        *row
    }

    /// Changes the position of a row and keeps the running sum.
    #[inline(always)]
    pub(super) fn change_position<R>(&mut self, at: u32, change: impl FnOnce(&mut Row) -> R) -> R {
        let row = &mut self.rows[at as usize];
        let (lots, cost) = (row.position, row.cost);
        let answer = change(row);
        let more = digest::position(row.position.wrapping_sub(lots), row.cost.wrapping_sub(cost));
        let key = digest::widened(row.key);
        self.digest = self.digest.wrapping_add(key.wrapping_mul(more));
        answer
    }

    /// Books what a fill of a derivative brought, in its row: until somebody asks for the money of
    /// the account, its wallet need not be touched.
    #[inline(always)]
    pub(super) fn book_profit(&mut self, at: u32, asset: u32, profit: i128) {
        let row = &mut self.rows[at as usize];
        row.profit = row.profit.saturating_add(profit);
        let key = digest::key(digest::WALLET, row.account, asset);
        let more = digest::profit(profit);
        self.digest = self.digest.wrapping_add(key.wrapping_mul(more));
    }

    /// A wallet with what the rows of its account, of which `first` is any, keep of it.
    #[inline]
    pub(super) fn money(&self, first: u32, wallet: u32) -> Wallet {
        let mut money = self.wallets[wallet as usize];
        for (_, row) in self.circle(first) {
            if row.settle_wallet == wallet {
                money.balance = money.balance.saturating_add(row.profit);
                money.realised = money.realised.saturating_add(row.profit);
            }
        }
        money
    }

    /// Changes a wallet and keeps the running sum.
    #[inline(always)]
    pub(super) fn change_wallet<R>(&mut self, at: u32, change: impl FnOnce(&mut Wallet) -> R) -> R {
        let wallet = &mut self.wallets[at as usize];
        let (balance, realised) = (wallet.balance, wallet.realised);
        let answer = change(wallet);
        let more = digest::wallet(
            wallet.balance.wrapping_sub(balance),
            wallet.realised.wrapping_sub(realised),
        );
        let key = digest::widened(wallet.key);
        self.digest = self.digest.wrapping_add(key.wrapping_mul(more));
        answer
    }

    /// Sets the profit the day of a wallet starts with and keeps the running sum.
    pub(super) fn set_day_start(&mut self, at: u32, profit: i128) {
        let wallet = &self.wallets[at as usize];
        let before = std::mem::replace(&mut self.day_starts[at as usize], profit);
        let delta = digest::day_start(profit).wrapping_sub(digest::day_start(before));
        let key = digest::key(digest::WALLET, wallet.account, wallet.asset);
        self.digest = self.digest.wrapping_add(key.wrapping_mul(delta));
    }

    /// Changes a seat and keeps the running sum.
    #[inline(always)]
    pub(super) fn change_seat<R>(&mut self, at: u32, change: impl FnOnce(&mut Seat) -> R) -> R {
        let seat = &mut self.seats[at as usize];
        let before = digest::seat(seat);
        let answer = change(seat);
        let delta = digest::seat(seat).wrapping_sub(before);
        let key = digest::key(digest::SEAT, seat.account, 0);
        self.digest = self.digest.wrapping_add(key.wrapping_mul(delta));
        answer
    }

    /// Remembers the last order of a row and keeps the running sum.
    pub(super) fn set_recent(&mut self, at: u32, recent: Recent) {
        let row = &self.rows[at as usize];
        let before = std::mem::replace(&mut self.recent[at as usize], recent);
        let delta = digest::recent(&recent).wrapping_sub(digest::recent(&before));
        let key = digest::key(digest::RECENT, row.account, row.symbol);
        self.digest = self.digest.wrapping_add(key.wrapping_mul(delta));
    }
}
