//! What a fill costs: by who came first, and by how much was traded before.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::money::{Money, Rate};
use crate::oms::message::Liquidity;

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

/// Rates from a traded volume on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeTier {
    /// Least volume over the window, in the settlement currency.
    pub from: Money,
    /// What then holds.
    pub fees: Fees,
}

/// A schedule that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeeError {
    /// The first tier must hold for everybody.
    #[error("the first fee tier starts at a volume of 0: from={0}")]
    NoFirst(Money),
    /// Volumes do not rise.
    #[error("volumes of fee tiers rise: {before}, then {after}")]
    Disordered {
        /// One volume.
        before: Money,
        /// The next.
        after: Money,
    },
    /// The window or the volume before the run makes no sense.
    #[error(
        "a fee window has 1 to 366 days and a volume of 0 or more: days={days}, before={before}"
    )]
    Window {
        /// Its length.
        days: usize,
        /// What was traded before.
        before: Money,
    },
}

/// Fee rates by the volume of the days before.
///
/// The tier of a day is set at its start (00:00 UTC) by what was traded on the `days` days before
/// it; a part of that may have been traded before the run, on the day before it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeSchedule {
    tiers: Arc<[FeeTier]>,
    days: usize,
    before: Money,
}

impl From<Fees> for FeeSchedule {
    /// The same rates for any volume.
    fn from(fees: Fees) -> Self {
        let tier = FeeTier {
            from: Money::ZERO,
            fees,
        };
        Self {
            tiers: Arc::new([tier]),
            days: 1,
            before: Money::ZERO,
        }
    }
}

impl FeeSchedule {
    /// Rates by volume over `days`, of an account that traded `before` when the run starts.
    ///
    /// # Errors
    ///
    /// [`FeeError`] when volumes do not rise from zero, or the window makes no sense.
    pub fn tiered(tiers: &[FeeTier], days: usize, before: Money) -> Result<Self, FeeError> {
        if !(1..=366).contains(&days) || before.0 < 0 || before.0 > i128::MAX / 8 {
            return Err(FeeError::Window { days, before });
        }
        let first = tiers.first().map_or(Money(-1), |tier| tier.from);
        if first != Money::ZERO {
            return Err(FeeError::NoFirst(first));
        }
        for pair in tiers.windows(2) {
            let (before, after) = (pair[0].from, pair[1].from);
            if after <= before {
                return Err(FeeError::Disordered { before, after });
            }
        }
        Ok(Self {
            tiers: tiers.into(),
            days,
            before,
        })
    }

    /// What holds for a volume.
    fn at(&self, volume: Money) -> Fees {
        let above = self.tiers.partition_point(|tier| tier.from <= volume);
        self.tiers[above.saturating_sub(1)].fees
    }
}

const DAY_NS: i64 = 86_400_000_000_000;

/// The tier of an account, day by day.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    schedule: FeeSchedule,
    now: Fees,
    day: i64,
    /// What was traded on the days of the window, today last; empty where one tier is for all.
    days: VecDeque<Money>,
}

impl Standing {
    pub(super) fn new(schedule: FeeSchedule) -> Self {
        let now = schedule.at(schedule.before);
        Self {
            schedule,
            now,
            day: i64::MIN,
            days: VecDeque::new(),
        }
    }

    /// The rate of a fill at `now_ns`.
    #[inline]
    pub(super) fn rate(&mut self, now_ns: i64, liquidity: Liquidity) -> Rate {
        if self.schedule.tiers.len() > 1 && now_ns.div_euclid(DAY_NS) != self.day {
            self.turn(now_ns.div_euclid(DAY_NS));
        }
        self.now.rate(liquidity)
    }

    /// A day begins.
    fn turn(&mut self, day: i64) {
        if self.days.is_empty() {
            self.days.extend([self.schedule.before, Money::ZERO]);
        } else {
            let passed = usize::try_from(day - self.day).unwrap_or(0);
            for _ in 0..passed.min(self.schedule.days + 1) {
                self.days.push_back(Money::ZERO);
            }
        }
        while self.days.len() > self.schedule.days + 1 {
            self.days.pop_front();
        }
        self.day = day;
        self.now = self.schedule.at(self.days.iter().copied().sum());
    }

    /// What was traded counts from tomorrow on.
    #[inline]
    pub(super) fn traded(&mut self, notional: Money) {
        if let Some(today) = self.days.back_mut() {
            *today += notional;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::UNIT;

    fn tier(from: i128, maker: i64) -> FeeTier {
        FeeTier {
            from: Money(from * UNIT),
            fees: Fees {
                maker: Rate(maker),
                taker: Rate(2 * maker),
            },
        }
    }

    /// The tier follows the days before, not the day itself, and falls when they leave the window.
    #[test]
    fn a_tier_follows_the_days_before() {
        let tiers = [tier(0, 9), tier(100, 5), tier(1000, -1)];
        let schedule = FeeSchedule::tiered(&tiers, 2, Money(100 * UNIT)).unwrap();
        let mut standing = Standing::new(schedule);
        let traded = [0, 1000, 0, 0, 0, 0];
        let makers: Vec<i64> = (0..)
            .zip(traded)
            .map(|(day, volume)| {
                let maker = standing.rate(day * DAY_NS + 5, Liquidity::Maker).0;
                assert_eq!(
                    standing.rate(day * DAY_NS + 5, Liquidity::Taker).0,
                    2 * maker
                );
                standing.traded(Money(volume * UNIT));
                maker
            })
            .collect();
        assert_eq!(makers, [5, 5, -1, -1, 9, 9]);
    }

    #[test]
    fn impossible_schedules_are_refused() {
        let text = |tiers: &[FeeTier], days, before| {
            let schedule = FeeSchedule::tiered(tiers, days, Money(before));
            schedule.unwrap_err().to_string()
        };
        assert!(text(&[], 30, 0).starts_with("the first fee tier"));
        assert!(text(&[tier(1, 0)], 30, 0).ends_with("from=1"));
        assert!(text(&[tier(0, 0), tier(0, 1)], 30, 0).starts_with("volumes of fee tiers rise"));
        assert!(text(&[tier(0, 0)], 0, 0).contains("days=0"));
        assert!(text(&[tier(0, 0)], 30, -1).starts_with("a fee window"));
    }
}
