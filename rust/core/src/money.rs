//! Money: an exact count of 10⁻¹⁸ units of some currency.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use crate::decimal::Decimal;

/// An amount of one currency in units of 10⁻¹⁸ (so ±1.7 × 10²⁰ whole units fit).
///
/// Which currency is a matter of the place it stands in: the quote currency of a linear
/// instrument, the settlement coin of an inverse one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Money(pub i128);

/// A fee or funding rate in units of 10⁻⁹: 2 basis points are `Rate(200_000)`, below 0 a rebate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Rate(pub i64);

/// One whole unit of money.
pub const UNIT: i128 = 1_000_000_000_000_000_000;

const RATE_UNIT: i128 = 1_000_000_000;

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `self × rate`, rounded up (against whoever pays); a rebate is rounded towards zero.
    ///
    /// `None` when the product does not fit.
    pub fn fee(self, rate: Rate) -> Option<Self> {
        let rate = i128::from(rate.0);
        let whole = (self.0 / RATE_UNIT).checked_mul(rate)?;
        let part = (self.0 % RATE_UNIT) * rate;
        let rounded = part.div_euclid(RATE_UNIT) + i128::from(part.rem_euclid(RATE_UNIT) != 0);
        whole.checked_add(rounded).map(Self)
    }

    /// The sum, or `None` when it does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The exact decimal value.
    pub fn to_decimal(self) -> Decimal {
        Decimal::from_atto(self.0)
    }
}

impl Rate {
    /// The rate of a fraction (`0.0002` is 2 basis points); `None` when it is no multiple of 10⁻⁹.
    pub fn from_decimal(fraction: Decimal) -> Option<Self> {
        fraction.in_units_of(Decimal::NANO).map(Self)
    }

    /// The rate as a fraction.
    pub fn to_decimal(self) -> Decimal {
        Decimal::NANO.times(self.0).unwrap_or(Decimal::ZERO)
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_decimal().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_is_rounded_against_the_payer() {
        assert_eq!(
            Money(45_000 * UNIT).fee(Rate(500_000)),
            Some(Money(22_500_000_000_000_000_000))
        );
        assert_eq!(Money(1).fee(Rate(1)), Some(Money(1)));
        assert_eq!(Money(1).fee(Rate(0)), Some(Money(0)));
    }

    #[test]
    fn a_rebate_is_rounded_towards_zero() {
        assert_eq!(
            Money(45_000 * UNIT).fee(Rate(-100_000)),
            Some(Money(-4_500_000_000_000_000_000))
        );
        assert_eq!(Money(1).fee(Rate(-1)), Some(Money(0)));
    }
}
