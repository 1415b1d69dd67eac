//! What a trader holds in one instrument, and what it earned: average cost, exact.
//!
//! The cost of what is open is kept as a sum (an `i128` of 10⁻¹⁸ of the settlement currency), never
//! as an average, so nothing leaks: at every moment
//!
//! ```text
//! equity = realized + unrealized − fees + funding = cash flow + value at the mark
//! ```
//!
//! holds to the last digit. A partial close removes `cost × closed ÷ open`, rounded towards zero;
//! the odd 10⁻¹⁸ stays with what is open and is realized with it. A trade through zero is split
//! there. Fees never enter the cost.
//!
//! For an inverse contract a value is counted in coins and *falls* with the price: a buyer of `N`
//! at `p` is credited `N ÷ p` coins (rounded towards zero at 10⁻¹⁸) and owes `N ÷ mark` at the
//! mark. With the sign turned, the same sums serve, and the average entry is the harmonic mean
//! ΣN ÷ Σ(N/p).

use crate::decimal::{Decimal, SCALE_MAX};
use crate::instrument::{ContractKind, Instrument};
use crate::money::{Money, Rate};
use crate::oms::ratio::mul_div;
use crate::units::{Lots, Side, Ticks};

/// One instrument's position and its account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// What is held: above zero long, below short.
    qty: i64,
    /// Σ side × value of what is open; see the module for the sign of inverse contracts.
    cost: i128,
    realized: Money,
    fees: Money,
    funding: Money,
    bought: i64,
    sold: i64,
    adopted_at_ns: Option<i64>,
}

impl Position {
    /// The position after a trade, or `None` when a sum would not fit (nothing is changed then).
    pub fn traded(
        &self,
        instrument: &Instrument,
        side: Side,
        price: Ticks,
        qty: Lots,
        fee: Money,
    ) -> Option<Self> {
        self.dealt(side, qty, fee, |part| {
            signed_value(instrument, side, price, part)
        })
    }

    /// The position when `qty` more (below zero: less) is held, which no fill of ours explains: as
    /// if it had been traded at `price`, which need not lie on the tick, without a fee. `None` when
    /// the price is not above zero or a sum would not fit.
    pub fn adopted(
        &self,
        instrument: &Instrument,
        qty: Lots,
        price: Decimal,
        ts_event_ns: i64,
    ) -> Option<Self> {
        let side = if qty.0 < 0 { Side::Sell } else { Side::Buy };
        let count = Lots(qty.0.checked_abs()?);
        let worth = |part: Lots| worth(instrument, part.0 * side.sign(), price);
        worth(Lots(0))?;
        let adopted_at_ns = Some(ts_event_ns);
        let next = self.dealt(side, count, Money::ZERO, worth)?;
        Some(Self {
            adopted_at_ns,
            ..next
        })
    }

    /// The position after a deal, of a part of which `value` is what it adds to the cost.
    fn dealt(
        &self,
        side: Side,
        qty: Lots,
        fee: Money,
        value: impl Fn(Lots) -> Option<i128>,
    ) -> Option<Self> {
        let mut next = *self;
        let against = side.sign() * self.qty.signum() < 0;
        let closed = if against {
            qty.0.min(self.qty.checked_abs()?)
        } else {
            0
        };
        if closed > 0 {
            let paid = value(Lots(closed))?;
            let removed = mul_div(self.cost, i128::from(closed), i128::from(self.qty.abs()))?;
            next.cost = self.cost.checked_sub(removed)?;
            next.realized = Money(self.realized.0.checked_sub(paid.checked_add(removed)?)?);
        }
        let opened = qty.0 - closed;
        if opened > 0 {
            let paid = value(Lots(opened))?;
            next.cost = next.cost.checked_add(paid)?;
        }
        next.qty = self.qty.checked_add(side.sign().checked_mul(qty.0)?)?;
        next.fees = self.fees.checked_add(fee)?;
        match side {
            Side::Buy => next.bought = self.bought.checked_add(qty.0)?,
            Side::Sell => next.sold = self.sold.checked_add(qty.0)?,
        }
        next.countable()
    }

    /// The position after a funding payment (below zero: paid), or `None` when it does not fit.
    pub fn funded(&self, payment: Money) -> Option<Self> {
        let funding = self.funding.checked_add(payment)?;
        Self { funding, ..*self }.countable()
    }

    /// Itself, where [`Position::cash_flow`] fits.
    fn countable(self) -> Option<Self> {
        let traded = self.realized.0.checked_sub(self.cost)?;
        let paid = traded.checked_sub(self.fees.0)?;
        paid.checked_add(self.funding.0).map(|_| self)
    }

    /// What the holder receives (below zero: pays) at `rate` per `interval_ns` for `elapsed_ns`.
    ///
    /// `−side × value at the mark × rate × elapsed ÷ interval`, rounded towards zero, so that two
    /// equal and opposite holders pay each other exactly. A rate above zero is paid by longs.
    /// `None` when the interval is zero or the amount does not fit.
    pub fn funding_payment(
        &self,
        instrument: &Instrument,
        mark: Ticks,
        rate: Rate,
        elapsed_ns: u64,
        interval_ns: u64,
    ) -> Option<Money> {
        const RATE_UNIT: i128 = 1_000_000_000;
        let held = instrument.notional(mark, Lots(self.qty))?.0;
        let numerator = -i128::from(rate.0) * i128::from(elapsed_ns);
        mul_div(held, numerator, RATE_UNIT * i128::from(interval_ns)).map(Money)
    }

    /// What is held: above zero long, below short.
    pub const fn qty(&self) -> Lots {
        Lots(self.qty)
    }

    /// The average price paid for what is open, to 18 decimals (rounded down); `None` when flat.
    ///
    /// The harmonic mean for an inverse contract.
    pub fn average_price(&self, instrument: &Instrument) -> Option<Decimal> {
        let tick = instrument.tick_size();
        let tick_atto = tick
            .mantissa()
            .checked_mul(10_i128.pow(SCALE_MAX - tick.scale()))?;
        let per_tick = instrument
            .unit_value()
            .checked_mul(i128::from(self.qty.unsigned_abs()))?;
        let cost = self.cost.checked_abs()?;
        let atto = match instrument.kind() {
            ContractKind::Spot | ContractKind::Linear => mul_div(cost, tick_atto, per_tick),
            ContractKind::Inverse => mul_div(per_tick, tick_atto, cost),
        };
        atto.map(Decimal::from_atto)
    }

    /// Profit taken by closing, before fees and funding.
    pub const fn realized(&self) -> Money {
        self.realized
    }

    /// Profit that closing at `mark` would take; `None` where [`Position::value`] is.
    pub fn unrealized(&self, instrument: &Instrument, mark: Decimal) -> Option<Money> {
        self.value(instrument, mark)?
            .0
            .checked_sub(self.cost)
            .map(Money)
    }

    /// What the position is worth at `mark` beside its cash flow: below zero for a short, and for a
    /// long of an inverse contract.
    ///
    /// A mark (a middle, an index) need not lie on the tick; the value is rounded towards zero at
    /// 10⁻¹⁸. `None` when the mark is not above zero or the value does not fit.
    pub fn value(&self, instrument: &Instrument, mark: Decimal) -> Option<Money> {
        worth(instrument, self.qty, mark).map(Money)
    }

    /// Fees paid; below zero when rebates outweigh them.
    pub const fn fees(&self) -> Money {
        self.fees
    }

    /// Funding received; below zero when paid.
    pub const fn funding(&self) -> Money {
        self.funding
    }

    /// Everything received less everything paid: trades, fees, funding.
    pub fn cash_flow(&self) -> Money {
        Money(self.realized.0 - self.cost) - self.fees + self.funding
    }

    /// Volume bought.
    pub const fn bought(&self) -> Lots {
        Lots(self.bought)
    }

    /// Volume sold.
    pub const fn sold(&self) -> Lots {
        Lots(self.sold)
    }

    /// The venue's time of what was adopted last; `None` where our fills explain everything.
    pub const fn adopted_at_ns(&self) -> Option<i64> {
        self.adopted_at_ns
    }
}

/// What `qty` at `price` adds to the cost of a position.
fn signed_value(instrument: &Instrument, side: Side, price: Ticks, qty: Lots) -> Option<i128> {
    let value = instrument.notional(price, qty)?.0;
    let falls_with_price = matches!(instrument.kind(), ContractKind::Inverse);
    let negative = falls_with_price != (side == Side::Sell);
    Some(if negative { -value } else { value })
}

/// What `lots` (below zero: short) are worth at `price`, rounded towards zero at 10⁻¹⁸.
fn worth(instrument: &Instrument, lots: i64, price: Decimal) -> Option<i128> {
    let tick = instrument.tick_size();
    let units = instrument.unit_value().checked_mul(i128::from(lots))?;
    let price_part = price.mantissa().checked_mul(10_i128.pow(tick.scale()))?;
    let tick_part = tick.mantissa().checked_mul(10_i128.pow(price.scale()))?;
    if !price.is_positive() {
        return None;
    }
    let value = match instrument.kind() {
        ContractKind::Spot | ContractKind::Linear => mul_div(units, price_part, tick_part)?,
        ContractKind::Inverse => mul_div(units, tick_part, price_part)?.checked_neg()?,
    };
    Some(value)
}
