//! Funding: what holders of a perpetual contract pay each other, when, and by what mark.

use std::sync::Arc;

use crate::money::{Money, Rate};
use crate::units::Lots;

use super::mid::Mid;

/// One payment of all holders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundingDue {
    /// Venue time.
    pub ts_ns: i64,
    /// What longs pay of the value of their position; below zero shorts pay.
    pub rate: Rate,
    /// What the position is valued at, in half ticks; unknown for the middle of the book.
    pub mark: Mid,
}

/// What a position is valued at when funding is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A middle of the book.
    Mid(Mid),
    /// A price in 10⁻⁹ quote units, which need not lie on a tick; unknown at 0.
    Nano(i64),
}

impl Mark {
    /// Whether it was there.
    pub const fn is_known(self) -> bool {
        match self {
            Self::Mid(mid) => mid.is_known(),
            Self::Nano(price) => price > 0,
        }
    }
}

/// When funding is paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Funding {
    /// As the recording tells, which may be never.
    #[default]
    Recorded,
    /// At every whole multiple of an interval since 1970, at one rate and the middle of the book.
    Every {
        /// Nanoseconds, above zero.
        interval_ns: i64,
        /// Of each payment.
        rate: Rate,
    },
    /// As recorded, times rising.
    At(Arc<[FundingDue]>),
}

/// A schedule that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FundingError {
    /// Payments without time between them.
    #[error("funding is paid every second or less often: interval_ns={0}")]
    Interval(i64),
    /// Times do not rise.
    #[error("times of funding rise: {before} ns, then {after} ns")]
    Disordered {
        /// One time.
        before: i64,
        /// The next.
        after: i64,
    },
}

impl Funding {
    /// One rate at every whole multiple of `interval_ns` since 1970.
    ///
    /// # Errors
    ///
    /// [`FundingError::Interval`] below a second.
    pub const fn every(interval_ns: i64, rate: Rate) -> Result<Self, FundingError> {
        if interval_ns < 1_000_000_000 {
            return Err(FundingError::Interval(interval_ns));
        }
        Ok(Self::Every { interval_ns, rate })
    }

    /// Payments as recorded.
    ///
    /// # Errors
    ///
    /// [`FundingError::Disordered`] when times do not rise.
    pub fn at(payments: &[FundingDue]) -> Result<Self, FundingError> {
        for pair in payments.windows(2) {
            let (before, after) = (pair[0].ts_ns, pair[1].ts_ns);
            if after <= before {
                return Err(FundingError::Disordered { before, after });
            }
        }
        Ok(Self::At(payments.into()))
    }

    /// The first payment after `now_ns`.
    pub(super) fn next(&self, now_ns: i64) -> Option<FundingDue> {
        match self {
            Self::Recorded => None,
            Self::Every { interval_ns, rate } => {
                let since = now_ns.rem_euclid(*interval_ns);
                Some(FundingDue {
                    ts_ns: now_ns.checked_add(interval_ns - since)?,
                    rate: *rate,
                    mark: Mid::default(),
                })
            }
            Self::At(payments) => {
                let at = payments.partition_point(|due| due.ts_ns <= now_ns);
                payments.get(at).copied()
            }
        }
    }
}

/// A payment as the venue booked it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundingRecord {
    /// Venue time.
    pub ts_ns: i64,
    /// What was held; negative is short.
    pub position: Lots,
    /// What it was valued at.
    pub mark: Mark,
    /// What longs paid.
    pub rate: Rate,
    /// What was received; below zero it was paid.
    pub amount: Money,
    /// How many fills came before it.
    pub fills: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payments_come_at_multiples_or_as_recorded() {
        let every = Funding::every(8_000_000_000, Rate(100)).unwrap();
        let at = |funding: &Funding, now| funding.next(now).map(|due| due.ts_ns);
        assert_eq!(at(&every, 0), Some(8_000_000_000));
        assert_eq!(at(&every, 7_999_999_999), Some(8_000_000_000));
        assert_eq!(at(&every, -1), Some(0));
        assert_eq!(at(&every, i64::MAX), None);
        let due = |ts_ns| FundingDue {
            ts_ns,
            rate: Rate(1),
            mark: Mid(200),
        };
        let told = Funding::at(&[due(5), due(9)]).unwrap();
        assert_eq!(
            [4, 5, 9].map(|now| at(&told, now)),
            [Some(5), Some(9), None]
        );
        assert_eq!(at(&Funding::Recorded, 0), None);
    }

    #[test]
    fn impossible_schedules_are_refused() {
        let text = |error: FundingError| error.to_string();
        assert!(text(Funding::every(0, Rate(1)).unwrap_err()).ends_with("interval_ns=0"));
        let due = FundingDue {
            ts_ns: 5,
            rate: Rate(1),
            mark: Mid(0),
        };
        assert!(text(Funding::at(&[due, due]).unwrap_err()).ends_with("5 ns, then 5 ns"));
    }
}
