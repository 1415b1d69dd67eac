//! The venue's account of our trading, exact to the last digit.

use std::sync::Arc;

use crate::instrument::{ContractKind, Instrument};
use crate::money::{Money, Rate};
use crate::oms::message::Liquidity;
use crate::units::{Lots, Side, Ticks};

use super::error::SimError;
use super::journal::FillRecord;
use super::mid::Mid;

/// Fee rates; both are named, there is no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fees {
    /// Of a fill that rested; negative is a rebate.
    pub maker: Rate,
    /// Of a fill that came.
    pub taker: Rate,
}

impl Fees {
    const fn rate(self, liquidity: Liquidity) -> Rate {
        match liquidity {
            Liquidity::Maker => self.maker,
            Liquidity::Taker => self.taker,
        }
    }
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
    /// Funding received; always zero here, it is not modelled.
    pub funding: Money,
    /// Cash plus position at the last middle, less fees.
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

/// Cash, position and fees of one trader in one instrument.
#[derive(Clone, Debug)]
pub struct Ledger {
    instrument: Arc<Instrument>,
    fees: Fees,
    cash: Money,
    fees_paid: Money,
    spread: Money,
    position: Lots,
    volume: Money,
}

impl Ledger {
    /// An empty account.
    pub fn new(instrument: Arc<Instrument>, fees: Fees) -> Self {
        Self {
            instrument,
            fees,
            cash: Money::ZERO,
            fees_paid: Money::ZERO,
            spread: Money::ZERO,
            position: Lots(0),
            volume: Money::ZERO,
        }
    }

    /// Books a fill; returns its fee. `None`, and nothing booked, when the amounts do not fit.
    pub fn fill(
        &mut self,
        side: Side,
        price: Ticks,
        qty: Lots,
        liquidity: Liquidity,
        mid: Mid,
    ) -> Option<Money> {
        let notional = self.instrument.notional(price, qty).filter(in_bounds)?;
        let fee = notional.fee(self.fees.rate(liquidity))?;
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
        Some(fee)
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
            funding: Money::ZERO,
            total: gross - self.fees_paid,
        }
    }

    /// Rebuilds cash, fees, spread and position from the fills and compares to the last digit.
    ///
    /// # Errors
    ///
    /// [`SimError::NotConserved`] when one differs.
    pub fn check(&self, fills: &[FillRecord]) -> Result<(), SimError> {
        let mut again = Self::new(Arc::clone(&self.instrument), self.fees);
        for fill in fills {
            let fee = again.fill(fill.side, fill.price, fill.qty, fill.liquidity, fill.mid);
            same("fee", fee.unwrap_or_default(), fill.fee)?;
        }
        same("cash", self.cash, again.cash)?;
        same("fees", self.fees_paid, again.fees_paid)?;
        same("spread", self.spread, again.spread)?;
        same(
            "position",
            Money(self.position.0.into()),
            Money(again.position.0.into()),
        )
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
