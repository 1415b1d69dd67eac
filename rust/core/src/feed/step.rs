//! Whole steps in a number as it is written.

use super::eight::Eight;
use crate::decimal::Decimal;
use crate::instrument::COUNT_MAX;

/// Most digits that are added up; more go through [`Decimal`].
const DIGITS_MAX: usize = 18;

/// A step of `mantissa × 10^-decimals`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    mantissa: i64,
    decimals: usize,
    /// 10^decimals, or zero where there are too many to count with.
    unit: i64,
}

impl Step {
    /// 10⁻⁹.
    pub(super) const NANO: Self = Self {
        mantissa: 1,
        decimals: 9,
        unit: POWERS[9],
    };

    pub(super) fn new(step: Decimal) -> Self {
        let decimals = step.scale() as usize;
        Self {
            // A step beyond this range sends every number the long way round.
            mantissa: i64::try_from(step.mantissa()).unwrap_or(0),
            decimals,
            unit: POWERS.get(decimals).copied().unwrap_or(0),
        }
    }

    /// Whole steps in a plain number (`61837.63000000`), `None` for what needs a second look.
    #[inline]
    pub(super) fn count(&self, text: &[u8]) -> Option<i64> {
        match self.front(text)? {
            (count, []) => Some(count),
            _ => None,
        }
    }

    /// Whole steps in the plain number at the front of `text`, and what stands behind it.
    #[inline(always)]
    pub(super) fn front<'a>(&self, text: &'a [u8]) -> Option<(i64, &'a [u8])> {
        let (value, rest) = match self.shortest(text) {
            Some(read) => read,
            None => self.longer(text)?,
        };
        let count = match self.mantissa {
            1 => value,
            0 => return None,
            step if value % step == 0 => value / step,
            _ => return None,
        };
        (count < COUNT_MAX).then_some((count, rest))
    }

    /// The number at the front of `text` in units of the step's last decimal, where it has a point
    /// and fits eight bytes.
    #[inline(always)]
    fn shortest<'a>(&self, text: &'a [u8]) -> Option<(i64, &'a [u8])> {
        let (digits, whole) = Eight::around_point(text)?;
        let rest = &text[digits.count + 1..];
        if self.decimals > DIGITS_MAX - 7 || matches!(rest, [b'0'..=b'9', ..]) {
            return None;
        }
        let most = whole + self.decimals;
        if digits.count > most {
            let is_whole = digits.is_zero_from(most);
            return is_whole.then(|| (digits.first(most).value(), rest));
        }
        let missing = POWERS[most - digits.count];
        Some((digits.value().wrapping_mul(missing), rest))
    }

    /// The same for any number of at most eighteen digits.
    #[inline(never)]
    fn longer<'a>(&self, text: &'a [u8]) -> Option<(i64, &'a [u8])> {
        self.short(text).or_else(|| self.long(text))
    }

    /// The same, where it has at most seven digits before the point, and text enough behind it.
    #[inline]
    fn short<'a>(&self, text: &'a [u8]) -> Option<(i64, &'a [u8])> {
        let whole = Eight::of(text)?;
        if whole.count.wrapping_sub(1) > 6 || self.decimals > DIGITS_MAX - 7 {
            return None;
        }
        let value = whole.value().wrapping_mul(self.unit);
        let text = &text[whole.count..];
        let [b'.', text @ ..] = text else {
            return Some((value, text));
        };
        let fraction = Eight::of(text)?;
        let behind = &text[fraction.count..];
        if let [b'0'..=b'9', ..] = behind {
            return None;
        }
        let fraction = if fraction.count > self.decimals {
            if !fraction.is_zero_from(self.decimals) {
                return None;
            }
            fraction.first(self.decimals)
        } else {
            fraction
        };
        let value = match fraction.count {
            0 => value,
            count if count == self.decimals => value.wrapping_add(fraction.value()),
            count => {
                let missing = POWERS[self.decimals - count];
                value.wrapping_add(fraction.value().wrapping_mul(missing))
            }
        };
        Some((value, behind))
    }

    /// The same, digit by digit.
    fn long<'a>(&self, text: &'a [u8]) -> Option<(i64, &'a [u8])> {
        let (mut value, mut rest) = front_digits(0, text);
        let whole = text.len() - rest.len();
        if whole == 0 || whole + self.decimals > DIGITS_MAX {
            return None;
        }
        let mut missing = self.decimals;
        if let [b'.', after @ ..] = rest {
            let most = missing.min(after.len());
            let left;
            (value, left) = front_digits(value, &after[..most]);
            let taken = most - left.len();
            missing -= taken;
            rest = &after[taken..];
            while missing == 0
                && let [b'0', more @ ..] = rest
            {
                rest = more;
            }
        }
        Some((value * POWERS[missing], rest))
    }
}

/// The digits at the front of `text` written behind `value`, and what stands behind them. Wraps
/// where there are too many.
#[inline]
fn front_digits(mut value: i64, mut text: &[u8]) -> (i64, &[u8]) {
    while let Some(eight) = Eight::of(text)
        && eight.count == 8
    {
        let more = eight.value();
        value = value.wrapping_mul(POWERS[8]).wrapping_add(more);
        text = &text[8..];
    }
    while let [byte @ b'0'..=b'9', rest @ ..] = text {
        value = value.wrapping_mul(10).wrapping_add(i64::from(byte - b'0'));
        text = rest;
    }
    (value, text)
}

/// A whole number that fits 63 bits.
#[inline]
pub(super) fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 19 {
        return None;
    }
    // Nineteen digits are below 2^64, so what is not below 2^63 shows as a sign.
    match front_digits(0, text) {
        (value @ 0.., []) => Some(value.cast_unsigned()),
        _ => None,
    }
}

const POWERS: [i64; DIGITS_MAX + 1] = {
    let mut powers = [1; DIGITS_MAX + 1];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};
