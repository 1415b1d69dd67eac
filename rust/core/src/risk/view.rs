//! Looking at accounts without changing them.

use super::digest;
use super::gate::{Holding, Risk};
use super::market::SymbolTerms;
use super::row::Row;
use crate::money::Money;
use crate::units::Side;

/// An account in a symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Signed lots; on spot markets what was traded here, not what was deposited.
    pub qty: i64,
    /// What it cost, signed like it; over the lots it is the average price.
    pub cost: Money,
    /// Lots of working buys.
    pub working_buy: i64,
    /// Lots of working sells.
    pub working_sell: i64,
}

/// An account's money in one asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// All there is: deposits, trades, realised profit, less fees.
    pub total: Money,
    /// Kept back for working spot orders.
    pub held: Money,
    /// Profit of closed positions less fees, of the symbols that settle in the asset.
    pub realised: Money,
    /// Profit of open positions, at mark or else the last trade.
    pub unrealised: Money,
    /// Initial margin of positions and working orders.
    pub margin: Money,
}

impl Risk {
    /// Whether accounts are kept.
    pub const fn keeps_accounts(&self) -> bool {
        self.keeps_accounts
    }

    /// By which terms accounts are kept, of each instrument in order; empty where they are not.
    pub fn terms(&self) -> &[SymbolTerms] {
        &self.terms
    }

    /// The user an account belongs to.
    #[inline]
    pub fn user(&self, account: u32) -> u32 {
        let seat = self.ledger.find_seat(account);
        seat.map_or(account, |seat| self.ledger.seats[seat as usize].user)
    }

    /// The group whose orders do not trade with each other.
    #[inline]
    pub fn group(&self, account: u32) -> u32 {
        let seat = self.ledger.find_seat(account);
        seat.map_or(account, |seat| self.ledger.seats[seat as usize].group)
    }

    /// Where an account's numbers in a symbol are kept; [`Holding::NONE`] when there are none.
    pub fn holding(&self, account: u32, symbol: u32) -> Holding {
        let row = self.ledger.find_row(account, symbol);
        row.map_or(Holding::NONE, Holding)
    }

    /// An account in a symbol.
    pub fn position(&self, account: u32, symbol: u32) -> Position {
        let row = self.ledger.find_row(account, symbol);
        row.map_or_else(Position::default, |at| {
            described(&self.ledger.rows[at as usize])
        })
    }

    /// Every position or working order of an account, as symbol and numbers, in order of symbol.
    pub fn positions(&self, account: u32) -> Vec<(u32, Position)> {
        let Some(seat) = self.ledger.find_seat(account) else {
            return Vec::new();
        };
        let rows = self.ledger.rows_of(seat);
        let mut all: Vec<_> = rows.map(|(_, row)| (row.symbol, described(row))).collect();
        all.retain(|(_, position)| *position != Position::default());
        all.sort_unstable_by_key(|(symbol, _)| *symbol);
        all
    }

    /// An account's money in an asset.
    pub fn balance(&self, account: u32, asset: u32) -> Balance {
        let place = self.asset(asset);
        let wallet = place.and_then(|place| self.ledger.find_wallet(account, place));
        let (Some(at), Some(seat)) = (wallet, self.ledger.find_seat(account)) else {
            return Balance::default();
        };
        let wallet = self.ledger.money(self.ledger.seats[seat as usize].rows, at);
        let sums = self.exposure(seat, wallet.asset);
        let sums = sums.unwrap_or_default();
        Balance {
            total: Money(wallet.balance),
            held: Money(wallet.held),
            realised: Money(wallet.realised),
            unrealised: Money(sums.unrealised),
            margin: Money(sums.margin),
        }
    }

    /// What an account may take out of an asset, or pay spot orders with; below 0 nothing.
    pub fn free(&self, account: u32, asset: u32) -> Money {
        let place = self.asset(asset);
        let wallet = place.and_then(|place| self.ledger.find_wallet(account, place));
        let (Some(at), Some(seat)) = (wallet, self.ledger.find_seat(account)) else {
            return Money::ZERO;
        };
        let wallet = self.ledger.money(self.ledger.seats[seat as usize].rows, at);
        let free = self.free_of_margin(seat, wallet.asset, wallet.free());
        // What cannot be counted cannot be given out.
        Money(free.unwrap_or(i128::MIN))
    }

    /// Profit of an account since the start of the day, of the symbols that settle in an asset.
    pub fn day_profit(&self, account: u32, asset: u32) -> Money {
        let place = self.asset(asset);
        let wallet = place.and_then(|place| self.ledger.find_wallet(account, place));
        wallet.map_or(Money::ZERO, |at| {
            let day_start = self.ledger.day_starts[at as usize];
            Money(self.profit_of(at).saturating_sub(day_start))
        })
    }

    /// Open orders of an account.
    pub fn open_orders(&self, account: u32) -> u32 {
        let seat = self.ledger.find_seat(account);
        let rows = seat.map(|seat| self.ledger.rows_of(seat));
        rows.into_iter().flatten().map(|(_, row)| row.orders).sum()
    }

    /// Fees collected in an asset.
    pub fn fees(&self, asset: u32) -> Money {
        let place = self.asset(asset);
        Money(place.map_or(0, |place| self.assets[place as usize].fees))
    }

    /// Deposits less withdrawals of an asset, over all accounts.
    pub fn deposits(&self, asset: u32) -> Money {
        let place = self.asset(asset);
        Money(place.map_or(0, |place| self.assets[place as usize].deposits))
    }

    /// A sum over the whole state: equal for equal states, whatever led there.
    ///
    /// The part of accounts and settings is kept up to date with every change, so asking costs a
    /// few operations a symbol and asset.
    pub fn hash(&self) -> u128 {
        let markets = (0..).zip(&self.markets).map(|(symbol, market)| {
            let numbers = [market.mark.into(), market.seen.into()];
            digest::key(digest::MARKET, symbol, 0).wrapping_mul(digest::numbers(&numbers))
        });
        let assets = self.assets.iter().map(|asset| {
            let numbers = [asset.fees, asset.deposits];
            digest::key(digest::ASSET, asset.id, 0).wrapping_mul(digest::numbers(&numbers))
        });
        let kept = self.digest.wrapping_add(self.ledger.digest);
        markets.chain(assets).fold(kept, u128::wrapping_add)
    }

    /// Accounts that ever traded or were told of, in no order that means anything.
    pub fn accounts(&self) -> impl Iterator<Item = u32> {
        self.ledger.seats.iter().map(|seat| seat.account)
    }

    /// The place of an asset in the list.
    pub(super) fn asset(&self, id: u32) -> Option<u32> {
        let at = self.assets.iter().position(|asset| asset.id == id)?;
        u32::try_from(at).ok()
    }

    /// Profit of a wallet, realised and not.
    pub(super) fn profit_of(&self, at: u32) -> i128 {
        let wallet = &self.ledger.wallets[at as usize];
        let Some(seat) = self.ledger.find_seat(wallet.account) else {
            return wallet.realised;
        };
        let sums = self.exposure(seat, wallet.asset).unwrap_or_default();
        let realised = self
            .ledger
            .money(self.ledger.seats[seat as usize].rows, at)
            .realised;
        realised.saturating_add(sums.unrealised)
    }
}

fn described(row: &Row) -> Position {
    Position {
        qty: row.position,
        cost: Money(row.cost),
        working_buy: row.work.on(Side::Buy),
        working_sell: row.work.on(Side::Sell),
    }
}
