//! Accounts, their rows and their money, in flat tables that only grow.

use super::digest;
use super::market::Market;
use super::row::Row;
use crate::book::arena::NIL;
use crate::book::index::IdIndex;
use crate::large::Large;
use crate::prefetch::prefetch;

/// Accounts below this number are found by one array read.
const NEAR_END: u32 = 1 << 20;

/// One account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    pub(super) account: u32,
    pub(super) user: u32,
    /// Whose orders do not trade with each other.
    pub(super) group: u32,
    /// Any of its rows, [`NIL`] when it has none.
    pub(super) rows: u32,
    /// When the next order may come at the latest pace (GCRA); `i64::MIN` before the first one.
    pub(super) arrival_ns: i64,
}

impl Seat {
    /// A seat as it is made.
    pub(super) const fn new(account: u32) -> Self {
        Self {
            account,
            user: account,
            group: account,
            rows: NIL,
            arrival_ns: i64::MIN,
        }
    }

    /// Whether it says no more than a new one, rows apart.
    pub(super) const fn is_plain(&self) -> bool {
        let own = self.user == self.account && self.group == self.account;
        own && self.arrival_ns == i64::MIN
    }
}

/// Where an account below [`NEAR_END`] is found.
#[derive(Clone, Copy, Debug)]
struct Near {
    seat: u32,
    /// The row asked for last: most accounts ask for the same one again.
    row: u32,
}

const NOBODY: Near = Near {
    seat: NIL,
    row: NIL,
};

/// One asset of one account, in 10⁻¹⁸ units; one cache line.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(64))]
pub(super) struct Wallet {
    /// What is there, held or not: deposits, trades, realised profit, fees.
    pub(super) balance: i128,
    /// Kept back for working spot orders; follows from the rows.
    pub(super) held: i128,
    /// Profit of closed positions less fees, of the symbols that settle in the asset.
    pub(super) realised: i128,
    pub(super) account: u32,
    /// Place in the list of assets.
    pub(super) asset: u32,
    /// As [`digest::half_key`] names it.
    pub(super) key: u64,
}

impl Wallet {
    /// What is not held.
    #[inline]
    pub(super) const fn free(&self) -> i128 {
        self.balance.saturating_sub(self.held)
    }
}

/// The last order of a row, kept only where a rule asks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Recent {
    /// Signed by the side; 0 when there was none.
    pub(super) qty: i64,
    pub(super) price: i64,
    pub(super) at_ns: i64,
}

/// Lengths of the tables that grow when a new account asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    seats: usize,
    rows: usize,
    wallets: usize,
}

/// Every account that ever traded, or was told of.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    near: Large<Near>,
    far: IdIndex,
    pub(super) seats: Vec<Seat>,
    by_symbol: IdIndex,
    pub(super) rows: Large<Row>,
    pub(super) recent: Vec<Recent>,
    by_asset: IdIndex,
    pub(super) wallets: Large<Wallet>,
    /// Profit, realised and not, of each wallet at the start of the day.
    pub(super) day_starts: Vec<i128>,
    /// Running sum over all of it: equal for equal states, however they came about.
    pub(super) digest: u128,
}

impl Ledger {
    /// The seat of `account`, if it ever asked.
    #[inline]
    pub(super) fn find_seat(&self, account: u32) -> Option<u32> {
        if account < NEAR_END {
            let near = self.near.get(account as usize);
            return near.map(|near| near.seat).filter(|seat| *seat != NIL);
        }
        self.far.get(u64::from(account))
    }

    /// The seat of `account`; `None` when there are as many as can be counted.
    pub(super) fn seat(&mut self, account: u32) -> Option<u32> {
        self.find_seat(account).or_else(|| self.add_seat(account))
    }

    #[cold]
    fn add_seat(&mut self, account: u32) -> Option<u32> {
        let at = next_place(self.seats.len())?;
        self.seats.push(Seat::new(account));
        if account < NEAR_END {
            let needed = account as usize + 1;
            while self.near.len() < needed {
                self.near.push(NOBODY);
            }
            self.near[account as usize].seat = at;
        } else {
            self.far.insert(u64::from(account), at);
        }
        Some(at)
    }

    /// The row of an account in a symbol, if there is one.
    #[inline]
    pub(super) fn find_row(&self, account: u32, symbol: u32) -> Option<u32> {
        let seat = self.find_seat(account)?;
        self.by_symbol.get(key(seat, symbol))
    }

    /// The row of an account in a symbol, if there is one; remembered for the next order.
    #[inline(always)]
    pub(super) fn known_row(&mut self, account: u32, symbol: u32) -> Option<u32> {
        if let Some(near) = self.near.get(account as usize)
            && let Some(row) = self.rows.get(near.row as usize)
            && row.symbol == symbol
        {
            return Some(near.row);
        }
        self.other_row(account, symbol)
    }

    #[inline(never)]
    fn other_row(&mut self, account: u32, symbol: u32) -> Option<u32> {
        let at = self.find_row(account, symbol)?;
        if let Some(near) = self.near.get_mut(account as usize) {
            near.row = at;
        }
        Some(at)
    }

    /// Asks for the memory where an account is found.
    #[inline(always)]
    pub(super) fn prefetch_account(&self, account: u32) {
        prefetch(&self.near, account as usize);
    }

    /// Asks for the row an account asked for last.
    #[inline(always)]
    pub(super) fn prefetch_last_row(&self, account: u32) {
        if let Some(near) = self.near.get(account as usize) {
            self.prefetch_row(near.row);
        }
    }

    /// Asks for both lines of a row: what an order touches, and what a fill needs besides.
    #[inline(always)]
    pub(super) fn prefetch_row(&self, at: u32) {
        prefetch(&self.rows, at as usize);
        if let Some(row) = self.rows.get(at as usize) {
            prefetch(std::slice::from_ref(&row.cost), 0);
        }
    }

    /// Asks for the money of a row.
    #[inline(always)]
    pub(super) fn prefetch_money(&self, at: u32) {
        if let Some(row) = self.rows.get(at as usize) {
            prefetch(&self.wallets, row.settle_wallet as usize);
            prefetch(&self.wallets, row.base_wallet as usize);
        }
    }

    /// Asks for the money of the row an account asked for last.
    #[inline(always)]
    pub(super) fn prefetch_last_wallet(&self, account: u32) {
        if let Some(near) = self.near.get(account as usize) {
            self.prefetch_money(near.row);
        }
    }

    /// The row of an account in a symbol, made when there is none.
    pub(super) fn row(&mut self, account: u32, symbol: u32, market: &Market) -> Option<u32> {
        self.known_row(account, symbol)
            .or_else(|| self.add_row(account, symbol, market))
    }

    #[cold]
    fn add_row(&mut self, account: u32, symbol: u32, market: &Market) -> Option<u32> {
        let seat = self.seat(account)?;
        let settle_wallet = self.wallet(account, market.settle)?;
        let base_wallet = if market.is_spot() {
            self.wallet(account, market.base)?
        } else {
            NIL
        };
        let at = next_place(self.rows.len())?;
        let first = std::mem::replace(&mut self.seats[seat as usize].rows, at);
        // Into the circle behind the first one, or a circle of its own.
        let next = self.rows.get_mut(first as usize);
        let next = next.map_or(at, |first| std::mem::replace(&mut first.next, at));
        self.rows.push(Row {
            next,
            settle_wallet,
            base_wallet,
            seat,
            ..Row::new(account, symbol)
        });
        self.recent.push(Recent::default());
        if let Some(near) = self.near.get_mut(account as usize) {
            near.row = at;
        }
        self.by_symbol.insert(key(seat, symbol), at);
        Some(at)
    }

    /// How far the tables reach, for [`Self::forget`].
    pub(super) const fn extent(&self) -> Extent {
        Extent {
            seats: self.seats.len(),
            rows: self.rows.len(),
            wallets: self.wallets.len(),
        }
    }

    /// Takes back what was added beyond `extent`, all of it still empty.
    #[cold]
    pub(super) fn forget(&mut self, extent: &Extent) {
        while self.rows.len() > extent.rows {
            self.forget_last_row();
        }
        self.recent.truncate(extent.rows);
        for at in (extent.wallets..self.wallets.len()).rev() {
            let wallet = self.wallets[at];
            if let Some(seat) = self.find_seat(wallet.account) {
                self.by_asset.remove(key(seat, wallet.asset));
            }
        }
        self.wallets.truncate(extent.wallets);
        self.day_starts.truncate(extent.wallets);
        for seat in self.seats.drain(extent.seats..) {
            if seat.account < NEAR_END {
                self.near[seat.account as usize] = NOBODY;
            } else {
                self.far.remove(u64::from(seat.account));
            }
        }
    }

    fn forget_last_row(&mut self) {
        let at = next_place(self.rows.len().saturating_sub(1)).unwrap_or(NIL);
        let before = self.circle(at).find(|(_, row)| row.next == at);
        let before = before.map_or(at, |(before, _)| before);
        let Some(row) = self.rows.pop() else { return };
        self.by_symbol.remove(key(row.seat, row.symbol));
        let remaining = self.rows.get_mut(before as usize);
        let first = remaining.map_or(NIL, |remaining| {
            remaining.next = row.next;
            before
        });
        self.seats[row.seat as usize].rows = first;
        if let Some(near) = self.near.get_mut(row.account as usize) {
            near.row = first;
        }
    }

    /// The wallet of an account for an asset, if there is one.
    pub(super) fn find_wallet(&self, account: u32, asset: u32) -> Option<u32> {
        self.by_asset.get(key(self.find_seat(account)?, asset))
    }

    /// The wallet of an account for an asset, made when there is none.
    pub(super) fn wallet(&mut self, account: u32, asset: u32) -> Option<u32> {
        let key = key(self.seat(account)?, asset);
        if let Some(at) = self.by_asset.get(key) {
            return Some(at);
        }
        let at = next_place(self.wallets.len())?;
        self.wallets.push(Wallet {
            account,
            asset,
            key: digest::half_key(digest::WALLET, account, asset),
            ..Wallet::default()
        });
        self.day_starts.push(0);
        self.by_asset.insert(key, at);
        Some(at)
    }

    /// Rows of one account.
    pub(super) fn rows_of(&self, seat: u32) -> impl Iterator<Item = (u32, &Row)> {
        self.circle(self.seats[seat as usize].rows)
    }

    /// All rows of the account row `first` belongs to, beginning with it.
    #[inline]
    pub(super) fn circle(&self, first: u32) -> impl Iterator<Item = (u32, &Row)> {
        let mut next = Some(first);
        std::iter::from_fn(move || {
            let at = next?;
            let row = self.rows.get(at as usize)?;
            next = Some(row.next).filter(|next| *next != first);
            Some((at, row))
        })
    }
}

#[inline]
fn key(seat: u32, other: u32) -> u64 {
    u64::from(seat) << 32 | u64::from(other)
}

/// The place behind the last one of a table, as long as it can be told from [`NIL`].
fn next_place(len: usize) -> Option<u32> {
    u32::try_from(len).ok().filter(|at| *at != NIL)
}
