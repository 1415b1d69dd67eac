//! The venue's account of our trading, exact to the last digit.

use std::sync::Arc;

use crate::instrument::{ContractKind, Instrument};
use crate::money::{Money, Rate};
use crate::oms::message::Liquidity;
use crate::oms::ratio::mul_div;
use crate::units::{Lots, Side, Ticks};

use super::error::SimError;
use super::fees::{FeeSchedule, Standing};
use super::funding::{FundingRecord, Mark};
use super::journal::{FillRecord, Journal};
use super::mid::Mid;

/// Whose fee a fill pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Of whoever rested or came.
    Trader(Liquidity),
    /// Of whoever was liquidated: a taker's, at the rate of liquidations.
    Liquidated,
}

/// What trading at `price` against the middle earned or cost, and what the position then did.
///
/// `spread + inventory - fees + funding` is the whole profit, to the last digit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Profit {
    /// Better than the middle at the moment of each fill, times quantity.
    pub spread: Money,
    /// What the position gained as the middle moved.
    pub inventory: Money,
    /// Fees paid; negative is a net rebate.
    pub fees: Money,
    /// Funding received; below zero it was paid.
    pub funding: Money,
    /// Cash plus position at the last middle, less fees, plus funding.
    pub total: Money,
}

/// What fills had gained against their middle some time later; below zero: they were picked off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Markout {
    /// Over all fills whose later middle is known.
    pub gain: Money,
    /// How many those are.
    pub fills: u64,
}

const RATE_UNIT: i128 = 1_000_000_000;

/// Cash, position, fees and funding of one trader in one instrument.
#[derive(Clone, Debug)]
pub struct Ledger {
    instrument: Arc<Instrument>,
    standing: Standing,
    schedule: FeeSchedule,
    liquidation: Rate,
    cash: Money,
    fees_paid: Money,
    funding: Money,
    spread: Money,
    position: Lots,
    volume: Money,
}

impl Ledger {
    /// An empty account; a liquidation costs `liquidation` of what it trades.
    pub fn new(instrument: Arc<Instrument>, schedule: FeeSchedule, liquidation: Rate) -> Self {
        Self {
            instrument,
            standing: Standing::new(schedule.clone()),
            schedule,
            liquidation,
            cash: Money::ZERO,
            fees_paid: Money::ZERO,
            funding: Money::ZERO,
            spread: Money::ZERO,
            position: Lots(0),
            volume: Money::ZERO,
        }
    }

    /// Books a fill; returns its fee. `None`, and nothing booked, when the amounts do not fit.
    pub fn fill(
        &mut self,
        ts_ns: i64,
        side: Side,
        (price, qty): (Ticks, Lots),
        role: Role,
        mid: Mid,
    ) -> Option<Money> {
        let notional = self.instrument.notional(price, qty).filter(in_bounds)?;
        let rate = match role {
            Role::Trader(liquidity) => self.standing.rate(ts_ns, liquidity),
            Role::Liquidated => self.liquidation,
        };
        let fee = notional.fee(rate)?;
        let paid = self.flow(side, notional);
        let at_mid = self
            .value(mid, qty)
            .map_or(paid, |value| self.flow(side, value));
        // Cash and fees are never more than the volume, so they fit where it does.
        let volume = Some(self.volume + notional).filter(in_bounds)?;
        let spread = Some(self.spread + paid - at_mid).filter(in_bounds)?;
        let position = self.position.0.checked_add(side.sign() * qty.0)?;
        position.checked_abs()?;
        (self.volume, self.spread, self.position) = (volume, spread, Lots(position));
        self.cash += paid;
        self.fees_paid += fee;
        self.standing.traded(notional);
        Some(fee)
    }

    /// Books a funding payment; returns what was received, below zero when paid.
    ///
    /// `− position at the mark × rate`, rounded towards zero, as [`crate::oms::Position`] counts.
    /// `None`, and nothing booked, when the amount does not fit or the mark is unknown.
    pub fn fund(&mut self, rate: Rate, mark: Mark) -> Option<Money> {
        let held = match mark {
            Mark::Mid(mid) => self.value(mid, self.position)?,
            Mark::Nano(price) => self.value_at(price, self.position)?,
        };
        let amount = mul_div(held.0, -i128::from(rate.0), RATE_UNIT)?;
        self.funding = Some(Money(self.funding.0.checked_add(amount)?)).filter(in_bounds)?;
        Some(Money(amount))
    }

    /// Funding received so far; below zero it was paid.
    pub const fn funding(&self) -> Money {
        self.funding
    }

    /// What the account has gained: cash and position at `mid`, less fees, plus funding.
    pub fn gain(&self, mid: Mid) -> Money {
        self.cash + self.mark(mid) - self.fees_paid + self.funding
    }

    /// What the position is worth at `mid`, whichever way it is.
    pub fn exposure(&self, position: Lots, mid: Mid) -> Option<Money> {
        self.value(mid, Lots(position.0.checked_abs()?))
    }

    /// Cash that trading has moved, before fees.
    pub const fn cash(&self) -> Money {
        self.cash
    }

    /// Fees paid so far; negative is a net rebate.
    pub const fn fees_paid(&self) -> Money {
        self.fees_paid
    }

    /// Lots held; negative is short.
    pub const fn position(&self) -> Lots {
        self.position
    }

    /// What was traded, in the settlement currency.
    pub const fn volume(&self) -> Money {
        self.volume
    }

    /// What the position is worth at `mid`: the cash that closing it there would move.
    pub fn mark(&self, mid: Mid) -> Money {
        self.worth(self.position, mid)
    }

    /// What `position` is worth at `mid`; nothing where that is unknown.
    pub fn worth(&self, position: Lots, mid: Mid) -> Money {
        let closing = if position.0 > 0 {
            Side::Sell
        } else {
            Side::Buy
        };
        self.value(mid, Lots(position.0.abs()))
            .map_or(Money::ZERO, |value| self.flow(closing, value))
    }

    /// The whole profit at `mid` and where it came from.
    pub fn profit(&self, mid: Mid) -> Profit {
        let gross = self.cash + self.mark(mid);
        Profit {
            spread: self.spread,
            inventory: gross - self.spread,
            fees: self.fees_paid,
            funding: self.funding,
            total: gross - self.fees_paid + self.funding,
        }
    }

    /// Rebuilds cash, fees, funding, spread and position from what the journal has and compares to
    /// the last digit.
    ///
    /// # Errors
    ///
    /// [`SimError::NotConserved`] when one differs.
    pub fn check(&self, journal: &Journal) -> Result<(), SimError> {
        let instrument = Arc::clone(&self.instrument);
        let mut again = Self::new(instrument, self.schedule.clone(), self.liquidation);
        let mut payments = journal.fundings().iter().peekable();
        for (at, fill) in journal.fills().iter().enumerate() {
            while let Some(paid) = payments.next_if(|paid| paid.fills <= at) {
                again.repay(paid)?;
            }
            let terms = (fill.price, fill.qty);
            let fee = again.fill(fill.ts_ns, fill.side, terms, fill.role, fill.mid);
            same("fee", fee.unwrap_or_default(), fill.fee)?;
        }
        for paid in payments {
            again.repay(paid)?;
        }
        same("cash", self.cash, again.cash)?;
        same("fees", self.fees_paid, again.fees_paid)?;
        same("funding", self.funding, again.funding)?;
        same("spread", self.spread, again.spread)?;
        same(
            "position",
            Money(self.position.0.into()),
            Money(again.position.0.into()),
        )
    }

    fn repay(&mut self, paid: &FundingRecord) -> Result<(), SimError> {
        let amount = self.fund(paid.rate, paid.mark);
        same("a funding payment", amount.unwrap_or_default(), paid.amount)
    }

    /// What holding `qty` gained (bought: as the middle rose) from one middle to a later one.
    pub fn drift(&self, side: Side, qty: Lots, from: Mid, to: Mid) -> Option<Money> {
        let (from, to) = (self.value(from, qty)?, self.value(to, qty)?);
        Some(self.flow(side, from) - self.flow(side, to))
    }

    /// What the fills had gained against their middle 1, 5 and 30 seconds later.
    pub fn markouts(&self, fills: &[FillRecord]) -> [Markout; 3] {
        let mut sums = [Markout::default(); 3];
        for fill in fills {
            for (sum, later) in sums.iter_mut().zip(fill.later) {
                if let Some(gain) = self.drift(fill.side, fill.qty, fill.mid, later)
                    && let Some(gain) = sum.gain.checked_add(gain)
                {
                    sum.gain = gain;
                    sum.fills += 1;
                }
            }
        }
        sums
    }

    /// The cash that a trade worth `value` moves: a buyer pays, but gains coins of an inverse
    /// contract.
    fn flow(&self, side: Side, value: Money) -> Money {
        let bought = match self.instrument.kind() {
            ContractKind::Spot | ContractKind::Linear => Money(-value.0),
            ContractKind::Inverse => value,
        };
        match side {
            Side::Buy => bought,
            Side::Sell => -bought,
        }
    }

    /// What `qty` is worth at a middle, rounded towards zero at 10⁻¹⁸; `None` when there is none.
    fn value(&self, mid: Mid, qty: Lots) -> Option<Money> {
        if !mid.is_known() {
            return None;
        }
        let unit = self.instrument.unit_value().checked_mul(qty.0.into())?;
        let twice = i128::from(mid.0);
        match self.instrument.kind() {
            ContractKind::Spot | ContractKind::Linear => unit.checked_mul(twice).map(|v| v / 2),
            ContractKind::Inverse => unit.checked_mul(2)?.checked_div(twice),
        }
        .map(Money)
        .filter(in_bounds)
    }
}

impl Ledger {
    /// What `qty` is worth at a price of 10⁻⁹ quote units, rounded towards zero at 10⁻¹⁸.
    fn value_at(&self, price_nano: i64, qty: Lots) -> Option<Money> {
        let unit = self.instrument.unit_value().checked_mul(qty.0.into())?;
        let tick = self.instrument.tick_size();
        let price = 10_i128
            .checked_pow(tick.scale())?
            .checked_mul(price_nano.into())?;
        let tick = tick.mantissa().checked_mul(RATE_UNIT)?;
        match self.instrument.kind() {
            ContractKind::Spot | ContractKind::Linear => mul_div(unit, price, tick),
            ContractKind::Inverse => mul_div(unit, tick, price),
        }
        .map(Money)
        .filter(in_bounds)
    }
}

/// Whether any seven such amounts can be added up: what keeps an account out of overflow.
const fn in_bounds(amount: &Money) -> bool {
    amount.0.unsigned_abs() <= i128::MAX.unsigned_abs() / 8
}

/// `Ok` when two figures are the same to the last digit.
pub(super) fn same(what: &'static str, left: Money, right: Money) -> Result<(), SimError> {
    if left == right {
        return Ok(());
    }
    Err(SimError::NotConserved {
        what,
        left: left.to_string(),
        right: right.to_string(),
    })
}
