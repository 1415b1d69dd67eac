//! The share of a queue's front when cancels favour its longer part.

use super::logarithm::{LOG_BITS, log2_1p, scaled};

/// The exponent of [`super::QueueModel::PowerProbability`], 0.01 to 10 in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Power(u32);

/// Largest exponent, in hundredths.
const HUNDREDTHS_MAX: u32 = 1000;

/// Widest number whose third power times an `i64` still fits an `i128`.
const SHARE_BITS: u32 = 20;

/// Bits behind the point of a ratio of two parts of a queue.
const RATIO_BITS: u32 = 32;

impl Power {
    /// Cancels come evenly from the whole queue.
    pub const LINEAR: Self = Self(100);

    /// `n` as an exponent; `None` unless 1 to 10.
    pub const fn new(n: u32) -> Option<Self> {
        if n >= 1 && n <= HUNDREDTHS_MAX / 100 {
            Some(Self(n * 100))
        } else {
            None
        }
    }

    /// An exponent of so many hundredths; `None` unless 1 to 1000.
    pub const fn hundredths(n: u32) -> Option<Self> {
        if n >= 1 && n <= HUNDREDTHS_MAX {
            Some(Self(n))
        } else {
            None
        }
    }

    /// The exponent in hundredths.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// `canceled × ahead^n ÷ (ahead^n + behind^n)`, rounded down.
    pub(super) fn share(self, canceled: i64, ahead: i64, behind: i64) -> i64 {
        let part = match self.0 {
            100 => whole(canceled, ahead, behind, 1),
            200 => whole(canceled, ahead, behind, 2),
            300 => whole(canceled, ahead, behind, 3),
            n => by_logarithm(canceled, ahead, behind, n),
        };
        i64::try_from(part).unwrap_or(canceled)
    }
}

/// Exact, but that queues of more than 2²⁰ lots are first halved until they fit.
fn whole(canceled: i64, ahead: i64, behind: i64, power: u32) -> i128 {
    let bits = 64 - ahead.max(behind).leading_zeros();
    let shift = bits.saturating_sub(SHARE_BITS);
    let front = i128::from(ahead >> shift).pow(power);
    let back = i128::from(behind >> shift).pow(power);
    if front == 0 {
        return 0;
    }
    i128::from(canceled) * front / (front + back)
}

/// `canceled ÷ (1 + (behind ÷ ahead)^n)`, the power taken by its logarithm.
fn by_logarithm(canceled: i64, ahead: i64, behind: i64, hundredths: u32) -> i128 {
    if ahead <= 0 {
        return 0;
    }
    if behind <= 0 {
        return i128::from(canceled);
    }
    let log = log2_1p(behind - 1) - log2_1p(ahead - 1);
    let exponent = (log * i64::from(hundredths)).div_euclid(100);
    let one = 1_i64 << RATIO_BITS;
    let ratio = scaled(1, exponent + i64::from(RATIO_BITS << LOG_BITS));
    i128::from(canceled) * i128::from(one) / (i128::from(one) + i128::from(ratio))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_is_a_hundredth_up_to_ten() {
        assert!([0, 1001].map(Power::hundredths).iter().all(Option::is_none));
        assert!([1, 1000].map(Power::hundredths).iter().all(Option::is_some));
        assert_eq!(Power::new(2), Power::hundredths(200));
        assert_eq!((Power::new(0), Power::new(11)), (None, None));
    }

    /// Between whole exponents the share lies between their shares; halves split evenly for any.
    #[test]
    fn shares_grow_with_the_exponent() {
        for (ahead, behind) in [(9, 1), (50, 49), (1 << 40, 1 << 20)] {
            let shares: Vec<i64> = [1, 50, 100, 150, 200, 250, 300, 400, 1000]
                .into_iter()
                .filter_map(Power::hundredths)
                .map(|power| power.share(1_000_000, ahead, behind))
                .collect();
            // The two ways of counting differ by less than a unit.
            let rises = |pair: &[i64]| pair[0] <= pair[1] + 1;
            assert!(shares.windows(2).all(rises), "{shares:?}");
        }
        let half = Power::hundredths(150).map(|power| power.share(1000, 7, 7));
        assert_eq!(half, Some(500));
    }

    /// By logarithm a share differs from the exact one by less than a ten-thousandth.
    #[test]
    fn the_two_ways_agree() {
        for (ahead, behind) in [(1, 1), (3, 17), (1000, 999), (77, 5_000)] {
            for power in 1..=3 {
                let exact = whole(1_000_000, ahead, behind, power);
                let near = by_logarithm(1_000_000, ahead, behind, power * 100);
                assert!((exact - near).abs() <= 100, "{exact} {near}");
            }
        }
    }

    #[test]
    fn an_empty_part_gives_all_or_nothing() {
        for n in [50, 100, 150, 300, 1000] {
            let share = |a, b| Power::hundredths(n).map(|power| power.share(10, a, b));
            assert_eq!(share(0, 5), Some(0));
            assert_eq!(share(5, 0), Some(10));
        }
    }
}
