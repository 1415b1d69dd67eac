//! The state as bytes: the same bytes for the same state, and no other state from them.
//!
//! Little-endian, in ascending order of account and symbol, without what is empty. Places in
//! tables are not kept: a [`super::Holding`] is looked up again after reading.

use std::sync::Arc;

use super::gate::{Holding, Risk};
use super::ledger::Recent;
use super::limits::Limits;
use super::market::SymbolTerms;
use super::row::{Row, Work};
use super::scope::{Scope, TradingState};
use super::settings::DEPOSITS_MAX;
use crate::book::arena::NIL;
use crate::instrument::{COUNT_MAX, Instrument};
use crate::money::Rate;
use crate::units::Side;

const VERSION: u32 = 1;

/// Why bytes are no snapshot of this venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Written by another version.
    #[error("a risk snapshot must be of version {VERSION}: version={0}")]
    Version(u32),
    /// They end too early.
    #[error("a risk snapshot ends early: needs {needed} more bytes, has {left}")]
    Short {
        /// Bytes the next number takes.
        needed: usize,
        /// Bytes there are.
        left: usize,
    },
    /// They go on after the end.
    #[error("a risk snapshot ends where its last part does: {0} bytes more")]
    Long(usize),
    /// A number no state could have brought about, or one out of order.
    #[error("a risk snapshot holds only what the rules allow, in order: part={0}")]
    Invalid(&'static str),
}

impl Risk {
    /// Appends the whole state to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        put(out, &VERSION.to_le_bytes());
        self.write_settings(out);
        let places = |len: usize| (0..).take(len);
        let ledger = &self.ledger;
        let mut seats: Vec<_> = ledger.seats.iter().collect();
        seats.retain(|seat| !seat.is_plain());
        seats.sort_unstable_by_key(|seat| seat.account);
        count(out, seats.len());
        for seat in seats {
            for number in [seat.account, seat.user, seat.group] {
                put(out, &number.to_le_bytes());
            }
            put(out, &seat.arrival_ns.to_le_bytes());
        }
        let asset = |at: u32| self.assets[at as usize].id;
        let money = places(ledger.wallets.len()).map(|at| {
            let seat = ledger.find_seat(ledger.wallets[at as usize].account);
            let rows = seat.map_or(NIL, |seat| ledger.seats[seat as usize].rows);
            ledger.money(rows, at)
        });
        let mut wallets: Vec<_> = money.zip(&ledger.day_starts).collect();
        wallets
            .retain(|(wallet, day_start)| [wallet.balance, wallet.realised, **day_start] != [0; 3]);
        wallets.sort_unstable_by_key(|(wallet, _)| (wallet.account, asset(wallet.asset)));
        count(out, wallets.len());
        for (wallet, day_start) in wallets {
            put(out, &wallet.account.to_le_bytes());
            put(out, &asset(wallet.asset).to_le_bytes());
            for amount in [wallet.balance, wallet.realised, *day_start] {
                put(out, &amount.to_le_bytes());
            }
        }
        let mut rows: Vec<u32> = places(ledger.rows.len()).collect();
        rows.retain(|at| {
            let at = *at as usize;
            !ledger.rows[at].is_empty() || ledger.recent[at] != Recent::default()
        });
        rows.sort_unstable_by_key(|at| {
            let row = &ledger.rows[*at as usize];
            (row.account, row.symbol)
        });
        count(out, rows.len());
        for at in rows {
            write_row(out, &ledger.rows[at as usize], &ledger.recent[at as usize]);
        }
    }

    fn write_settings(&self, out: &mut Vec<u8>) {
        count(out, self.terms.len());
        for terms in &self.terms {
            put(out, &terms.base.to_le_bytes());
            put(out, &terms.quote.to_le_bytes());
            put(out, &terms.initial_margin.0.to_le_bytes());
            put(out, &terms.max_spread_ticks.to_le_bytes());
        }
        for market in &self.markets {
            put(out, &market.mark.to_le_bytes());
            put(out, &market.seen.to_le_bytes());
        }
        for asset in &self.assets {
            put(out, &asset.fees.to_le_bytes());
            put(out, &asset.deposits.to_le_bytes());
        }
        count(out, self.rules.limits.len());
        for (scope, limits) in &self.rules.limits {
            write_scope(out, *scope);
            for number in limits.numbers() {
                put(out, &number.to_le_bytes());
            }
        }
        count(out, self.rules.states.len());
        for (scope, state) in &self.rules.states {
            write_scope(out, *scope);
            put(out, &[*state as u8]);
        }
    }

    /// The state [`Self::write`] wrote, for the same `instruments`.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] for anything else.
    pub fn read(bytes: &[u8], instruments: &[Arc<Instrument>]) -> Result<Self, SnapshotError> {
        let mut from = Reader { bytes };
        let version = u32::from_le_bytes(from.take()?);
        if version != VERSION {
            return Err(SnapshotError::Version(version));
        }
        let mut risk = Self::new(instruments);
        risk.read_terms(&mut from)?;
        risk.read_rules(&mut from)?;
        risk.read_seats(&mut from)?;
        risk.read_wallets(&mut from)?;
        risk.read_rows(&mut from)?;
        if from.bytes.is_empty() {
            Ok(risk)
        } else {
            Err(SnapshotError::Long(from.bytes.len()))
        }
    }

    /// The row of a live order, made where it holds nothing, because then none was kept.
    ///
    /// [`Holding::NONE`] while no accounts are kept, or where there is no room for another row.
    pub fn row_of_live(&mut self, account: u32, symbol: u32) -> Holding {
        let market = self.markets.get(symbol as usize);
        let row = market.and_then(|market| self.ledger.row(account, symbol, market));
        row.map_or(Holding::NONE, Holding)
    }

    fn read_terms(&mut self, from: &mut Reader) -> Result<(), SnapshotError> {
        let mut terms = Vec::new();
        for _ in 0..from.count()? {
            terms.push(SymbolTerms {
                base: u32::from_le_bytes(from.take()?),
                quote: u32::from_le_bytes(from.take()?),
                initial_margin: Rate(i64::from_le_bytes(from.take()?)),
                max_spread_ticks: i64::from_le_bytes(from.take()?),
            });
        }
        if !terms.is_empty() {
            self.keep_accounts(&terms)
                .map_err(|_| SnapshotError::Invalid("terms"))?;
        }
        for market in &mut self.markets {
            (market.mark, market.seen) = (from.ticks("mark")?, from.ticks("seen")?);
        }
        for asset in &mut self.assets {
            (asset.fees, asset.deposits) = (from.amount("fees")?, from.amount("deposits")?);
        }
        Ok(())
    }

    fn read_rules(&mut self, from: &mut Reader) -> Result<(), SnapshotError> {
        let mut last = None;
        for _ in 0..from.count()? {
            let scope = ascending(&mut last, from.scope()?, "limits")?;
            let mut numbers = [0; 11];
            for number in &mut numbers {
                *number = i128::from_le_bytes(from.take()?);
            }
            let limits =
                Limits::from_numbers(numbers).filter(|limits| *limits != Limits::default());
            let limits = limits.ok_or(SnapshotError::Invalid("limits"))?;
            let known = self.set_limits(scope, limits);
            known.map_err(|_| SnapshotError::Invalid("limits"))?;
        }
        let mut last = None;
        for _ in 0..from.count()? {
            let scope = ascending(&mut last, from.scope()?, "states")?;
            let [number] = from.take()?;
            let state = TradingState::ALL.get(usize::from(number)).copied();
            let state = state.filter(|state| *state != TradingState::Active);
            let state = state.ok_or(SnapshotError::Invalid("states"))?;
            let known = self.set_state(scope, state);
            known.map_err(|_| SnapshotError::Invalid("states"))?;
        }
        Ok(())
    }

    fn read_seats(&mut self, from: &mut Reader) -> Result<(), SnapshotError> {
        let invalid = SnapshotError::Invalid("seats");
        let mut last = None;
        for _ in 0..from.count()? {
            let account = ascending(&mut last, u32::from_le_bytes(from.take()?), "seats")?;
            let user = u32::from_le_bytes(from.take()?);
            let group = u32::from_le_bytes(from.take()?);
            let arrival_ns = i64::from_le_bytes(from.take()?);
            let at = self.ledger.seat(account).ok_or(invalid)?;
            let is_plain = self.ledger.change_seat(at, |seat| {
                (seat.user, seat.group) = (user, group);
                seat.arrival_ns = arrival_ns;
                seat.is_plain()
            });
            if is_plain {
                return Err(invalid);
            }
        }
        Ok(())
    }

    fn read_wallets(&mut self, from: &mut Reader) -> Result<(), SnapshotError> {
        let invalid = SnapshotError::Invalid("wallets");
        let mut last = None;
        for _ in 0..from.count()? {
            let account = u32::from_le_bytes(from.take()?);
            let asset = u32::from_le_bytes(from.take()?);
            ascending(&mut last, (account, asset), "wallets")?;
            let amounts = [
                from.amount("wallets")?,
                from.amount("wallets")?,
                from.amount("wallets")?,
            ];
            let place = self.asset(asset).ok_or(invalid)?;
            let at = self.ledger.wallet(account, place).ok_or(invalid)?;
            if amounts == [0; 3] {
                return Err(invalid);
            }
            let [balance, realised, day_start] = amounts;
            self.ledger.change_wallet(at, |wallet| {
                (wallet.balance, wallet.realised) = (balance, realised);
            });
            self.ledger.set_day_start(at, day_start);
        }
        Ok(())
    }

    fn read_rows(&mut self, from: &mut Reader) -> Result<(), SnapshotError> {
        let invalid = SnapshotError::Invalid("rows");
        let mut last = None;
        for _ in 0..from.count()? {
            let account = u32::from_le_bytes(from.take()?);
            let symbol = u32::from_le_bytes(from.take()?);
            ascending(&mut last, (account, symbol), "rows")?;
            let read = from.row(account, symbol)?;
            let recent = Recent {
                qty: i64::from_le_bytes(from.take()?),
                price: i64::from_le_bytes(from.take()?),
                at_ns: i64::from_le_bytes(from.take()?),
            };
            if read.is_empty() && recent == Recent::default() {
                return Err(invalid);
            }
            let market = self.markets.get(symbol as usize).ok_or(invalid)?;
            let holds = market
                .held_for_buys(&read.work)
                .max(market.held_for_sells(&read.work));
            if market.is_spot() && holds > 2 * DEPOSITS_MAX {
                return Err(invalid);
            }
            let at = self.ledger.row(account, symbol, market).ok_or(invalid)?;
            let wallets = self.ledger.rows[at as usize];
            for wallet in [wallets.settle_wallet, wallets.base_wallet] {
                let held = self
                    .ledger
                    .wallets
                    .get(wallet as usize)
                    .map_or(0, |w| w.held);
                if held > 2 * DEPOSITS_MAX {
                    return Err(invalid);
                }
            }
            self.ledger.change_position(at, |row| {
                (row.position, row.cost) = (read.position, read.cost);
            });
            self.put_work(at, &read);
            self.ledger.set_recent(at, recent);
        }
        Ok(())
    }
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
}

fn count(out: &mut Vec<u8>, len: usize) {
    put(out, &(len as u64).to_le_bytes());
}

fn write_scope(out: &mut Vec<u8>, scope: Scope) {
    put(out, &scope.number().to_le_bytes());
    put(out, &scope.id().to_le_bytes());
}

fn write_row(out: &mut Vec<u8>, row: &Row, recent: &Recent) {
    put(out, &row.account.to_le_bytes());
    put(out, &row.symbol.to_le_bytes());
    for lots in [
        row.position,
        row.work.on(Side::Buy),
        row.work.on(Side::Sell),
    ] {
        put(out, &lots.to_le_bytes());
    }
    put(out, &row.work.buys.to_le_bytes());
    put(out, &row.cost.to_le_bytes());
    put(out, &row.orders.to_le_bytes());
    for number in [recent.qty, recent.price, recent.at_ns] {
        put(out, &number.to_le_bytes());
    }
}

/// `this`, if it comes after the last one.
fn ascending<T: Copy + Ord>(
    last: &mut Option<T>,
    this: T,
    part: &'static str,
) -> Result<T, SnapshotError> {
    if last.replace(this).is_some_and(|last| last >= this) {
        return Err(SnapshotError::Invalid(part));
    }
    Ok(this)
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let Some((first, rest)) = self.bytes.split_first_chunk() else {
            return Err(SnapshotError::Short {
                needed: N,
                left: self.bytes.len(),
            });
        };
        self.bytes = rest;
        Ok(*first)
    }

    fn count(&mut self) -> Result<u64, SnapshotError> {
        self.take().map(u64::from_le_bytes)
    }

    /// A price, or 0 for none.
    fn ticks(&mut self, part: &'static str) -> Result<i64, SnapshotError> {
        let ticks = i64::from_le_bytes(self.take()?);
        let counts = (0..COUNT_MAX).contains(&ticks);
        counts.then_some(ticks).ok_or(SnapshotError::Invalid(part))
    }

    /// Money so far from the end of counting that sums of it do not reach it.
    fn amount(&mut self, part: &'static str) -> Result<i128, SnapshotError> {
        let amount = i128::from_le_bytes(self.take()?);
        let counts = amount.unsigned_abs() <= i128::MAX.unsigned_abs() / 4;
        counts.then_some(amount).ok_or(SnapshotError::Invalid(part))
    }

    fn scope(&mut self) -> Result<Scope, SnapshotError> {
        let number = u16::from_le_bytes(self.take()?);
        let id = u32::from_le_bytes(self.take()?);
        Scope::from_number(number, id).ok_or(SnapshotError::Invalid("scope"))
    }

    fn row(&mut self, account: u32, symbol: u32) -> Result<Row, SnapshotError> {
        let mut row = Row::new(account, symbol);
        row.position = i64::from_le_bytes(self.take()?);
        let (bought, sold) = (self.ticks("rows")?, self.ticks("rows")?);
        row.work = Work::new(self.amount("rows")?, bought, sold);
        row.cost = self.amount("rows")?;
        row.orders = u32::from_le_bytes(self.take()?);
        let lots = i128::from(row.position.unsigned_abs()) + i128::from(bought) + i128::from(sold);
        // No order has a price of `COUNT_MAX`.
        let buys = 0..=i128::from(bought) * i128::from(COUNT_MAX);
        if lots >= i128::from(COUNT_MAX) || !buys.contains(&row.work.buys) {
            return Err(SnapshotError::Invalid("rows"));
        }
        Ok(row)
    }
}
