//! Limit up, limit down: the price band of the US plan to address extraordinary volatility.

use crate::instrument::Instrument;
use crate::money::UNIT;
use crate::units::Ticks;

/// How closely the plan watches a stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tier {
    /// Large stocks and some funds.
    One,
    /// All others.
    Two,
}

/// The lowest and the highest price at which trades may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Band {
    /// Lowest.
    pub lower: Ticks,
    /// Highest.
    pub upper: Ticks,
}

/// The band around `reference`, the mean of the last five minutes' trades.
///
/// Its width follows the `previous_close`: 5 % (tier 2: 10 %) above 3.00, 20 % down to 0.75, and
/// below that 0.15 or 75 % of the reference, whichever is less. Near the close it is doubled. The
/// ends are rounded to the nearest tick. `None` when a price is not positive or beyond counting.
///
/// Source: NMS Plan to Address Extraordinary Market Volatility, appendix A.
pub fn luld(
    instrument: &Instrument,
    tier: Tier,
    reference: Ticks,
    previous_close: Ticks,
    is_doubled: bool,
) -> Option<Band> {
    let tick = instrument.tick_size().to_atto()?;
    let money = |ticks: Ticks| {
        i128::from(ticks.0)
            .checked_mul(tick)
            .filter(|money| *money > 0)
    };
    let (reference, close) = (money(reference)?, money(previous_close)?);
    // In hundredths of 10⁻¹⁸, where every percentage is whole.
    let hundredths = reference.checked_mul(100)?;
    let part = |percent: i128| reference.checked_mul(percent);
    let width = if close > 3 * UNIT {
        part(match tier {
            Tier::One => 5,
            Tier::Two => 10,
        })?
    } else if close >= UNIT * 3 / 4 {
        part(20)?
    } else {
        part(75)?.min(15 * UNIT)
    };
    let width = width.checked_mul(if is_doubled { 2 } else { 1 })?;
    let step = tick.checked_mul(100)?;
    let nearest = |price: i128| {
        let ticks = price.checked_add(step / 2)?.div_euclid(step);
        i64::try_from(ticks).ok().map(Ticks)
    };
    Some(Band {
        lower: nearest(hundredths.checked_sub(width)?.max(0))?,
        upper: nearest(hundredths.checked_add(width)?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decimal::Decimal;
    use crate::instrument::{ContractKind, InstrumentSpec};
    use crate::money::Rate;

    fn band(tier: Tier, reference: i64, close: i64, is_doubled: bool) -> Option<(i64, i64)> {
        let stock = Instrument::new(InstrumentSpec {
            symbol: "STOCK".into(),
            kind: ContractKind::Spot,
            tick_size: Decimal::parse(b"0.01").unwrap(),
            lot_size: Decimal::ONE,
            multiplier: Decimal::ONE,
            min_notional: Decimal::ZERO,
            maker_fee: Rate(0),
            taker_fee: Rate(0),
        });
        let (reference, close) = (Ticks(reference), Ticks(close));
        let band = luld(&stock.unwrap(), tier, reference, close, is_doubled)?;
        Some((band.lower.0, band.upper.0))
    }

    #[test]
    fn the_previous_close_decides_the_width() {
        assert_eq!(
            band(Tier::One, 10_000, 10_000, false),
            Some((9_500, 10_500))
        );
        assert_eq!(band(Tier::Two, 10_000, 301, false), Some((9_000, 11_000)));
        assert_eq!(band(Tier::One, 300, 300, false), Some((240, 360)));
        assert_eq!(band(Tier::Two, 75, 75, false), Some((60, 90)));
        assert_eq!(band(Tier::One, 74, 74, false), Some((59, 89)));
        assert_eq!(band(Tier::One, 10, 74, false), Some((3, 18)));
    }

    #[test]
    fn near_the_close_it_is_doubled_and_ends_at_zero() {
        assert_eq!(band(Tier::One, 10_000, 10_000, true), Some((9_000, 11_000)));
        assert_eq!(band(Tier::One, 10, 10, true), Some((0, 25)));
    }

    #[test]
    fn ends_are_rounded_to_the_nearest_tick() {
        assert_eq!(band(Tier::One, 1_009, 1_000, false), Some((959, 1_059)));
        assert_eq!(band(Tier::One, 1_011, 1_000, false), Some((960, 1_062)));
    }

    #[test]
    fn what_cannot_be_counted_has_no_band() {
        assert_eq!(band(Tier::One, 0, 1, false), None);
        assert_eq!(band(Tier::One, 1, -1, false), None);
        assert_eq!(band(Tier::One, i64::MAX, i64::MAX, false), None);
    }
}
