//! Exact decimal text, so that a price never passes through binary floating point.

use std::fmt;

/// Most digits after the point that the core keeps: the scale of [`crate::money::Money`].
pub const SCALE_MAX: u32 = 18;

/// `mantissa × 10^-scale`, exact.
///
/// Parsed from what a person or a venue wrote. Two values are equal when they print the same
/// number, whatever their scale: `1.50 == 1.5`, because trailing zeros are dropped on construction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

/// Why a text is not a decimal number the core accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// No digit where one is needed, or a character that is no part of a number.
    #[error("is not a decimal number")]
    Malformed,
    /// More digits than a 128-bit mantissa or eighteen decimals hold.
    #[error("has more digits than the core keeps (18 decimals, 38 digits in all)")]
    TooLong,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self {
        mantissa: 0,
        scale: 0,
    };

    /// One.
    pub const ONE: Self = Self {
        mantissa: 1,
        scale: 0,
    };

    /// 10⁻⁹, the step of a fee rate.
    pub const NANO: Self = Self {
        mantissa: 1,
        scale: 9,
    };

    /// Builds `mantissa × 10^-scale`; trailing zeros are dropped.
    ///
    /// # Errors
    ///
    /// [`DecimalError::TooLong`] when more than eighteen decimals remain.
    pub fn new(mut mantissa: i128, mut scale: u32) -> Result<Self, DecimalError> {
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        if scale > SCALE_MAX {
            return Err(DecimalError::TooLong);
        }
        Ok(Self { mantissa, scale })
    }

    /// Parses `-12.50`, `.5`, `3`, `1e-8`, `+2.5E+3`.
    ///
    /// # Errors
    ///
    /// [`DecimalError::Malformed`] for anything else, `nan` and `inf` included;
    /// [`DecimalError::TooLong`] for numbers that would lose digits.
    #[inline]
    pub fn parse(text: &[u8]) -> Result<Self, DecimalError> {
        Self::parse_short(text).map_or_else(|| Self::parse_any(text), Ok)
    }

    /// Up to eighteen digits and at most one point: what nearly every price is.
    #[inline]
    fn parse_short(text: &[u8]) -> Option<Self> {
        if text.is_empty() || text.len() > 18 || text == b"." {
            return None;
        }
        let mut mantissa: i64 = 0;
        let mut point = text.len();
        for (at, byte) in text.iter().enumerate() {
            let digit = byte.wrapping_sub(b'0');
            if digit < 10 {
                mantissa = mantissa * 10 + i64::from(digit);
            } else if *byte == b'.' && point == text.len() {
                point = at;
            } else {
                return None;
            }
        }
        let mut scale = u32::try_from(text.len().saturating_sub(point + 1)).ok()?;
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Some(Self {
            mantissa: i128::from(mantissa),
            scale,
        })
    }

    fn parse_any(text: &[u8]) -> Result<Self, DecimalError> {
        let (negative, digits) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        let mut mantissa: i128 = 0;
        let mut decimals: i64 = 0;
        let mut seen_digit = false;
        let mut seen_point = false;
        let mut exponent: i64 = 0;
        for (at, byte) in digits.iter().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    seen_digit = true;
                    mantissa = mantissa
                        .checked_mul(10)
                        .and_then(|m| m.checked_add(i128::from(byte - b'0')))
                        .ok_or(DecimalError::TooLong)?;
                    decimals += i64::from(seen_point);
                }
                b'.' if !seen_point => seen_point = true,
                b'e' | b'E' if seen_digit => {
                    exponent = parse_exponent(&digits[at + 1..])?;
                    break;
                }
                _ => return Err(DecimalError::Malformed),
            }
        }
        if !seen_digit {
            return Err(DecimalError::Malformed);
        }
        if negative {
            mantissa = -mantissa;
        }
        let mut scale = decimals - exponent;
        while scale < 0 && mantissa != 0 {
            mantissa = mantissa.checked_mul(10).ok_or(DecimalError::TooLong)?;
            scale += 1;
        }
        while scale > i64::from(SCALE_MAX) && mantissa % 10 == 0 && mantissa != 0 {
            mantissa /= 10;
            scale -= 1;
        }
        if mantissa == 0 {
            return Ok(Self::ZERO);
        }
        Self::new(
            mantissa,
            u32::try_from(scale).map_err(|_| DecimalError::TooLong)?,
        )
    }

    /// The digits as one integer; the value is `mantissa × 10^-scale`.
    pub const fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// Digits after the point, at most [`SCALE_MAX`], without trailing zeros.
    pub const fn scale(self) -> u32 {
        self.scale
    }

    /// The value as a whole number of 10⁻¹⁸, or `None` when it does not fit 128 bits.
    pub fn to_atto(self) -> Option<i128> {
        self.mantissa
            .checked_mul(10_i128.pow(SCALE_MAX - self.scale))
    }

    /// The inverse of [`Decimal::to_atto`].
    pub fn from_atto(atto: i128) -> Self {
        Self::new(atto, SCALE_MAX).unwrap_or(Self::ZERO)
    }

    /// `units × step`, exact: turns ticks or lots back into a price or quantity.
    pub fn times(self, units: i64) -> Option<Self> {
        let mantissa = self.mantissa.checked_mul(i128::from(units))?;
        Self::new(mantissa, self.scale).ok()
    }

    /// How many whole `step`s make up this value; `None` when it is not a multiple, or the
    /// count does not fit an `i64`.
    pub fn in_units_of(self, step: Self) -> Option<i64> {
        if let (Ok(value), Ok(unit), Some(shift)) = (
            i64::try_from(self.mantissa),
            i64::try_from(step.mantissa),
            step.scale.checked_sub(self.scale),
        ) && let Some(value) = value.checked_mul(POWERS[shift as usize])
        {
            // What nearly every price is: both fit a register, and the step has more decimals.
            return value
                .checked_rem(unit)
                .is_some_and(|rest| rest == 0)
                .then(|| value / unit);
        }
        let scale = self.scale.max(step.scale);
        let value = self.mantissa.checked_mul(10_i128.pow(scale - self.scale))?;
        let step = step.mantissa.checked_mul(10_i128.pow(scale - step.scale))?;
        if step == 0 || value % step != 0 {
            return None;
        }
        i64::try_from(value / step).ok()
    }

    /// The multiple of `step` at or below this value, as a count.
    pub fn floor_units_of(self, step: Self) -> Option<i64> {
        let scale = self.scale.max(step.scale);
        let value = self.mantissa.checked_mul(10_i128.pow(scale - self.scale))?;
        let step = step.mantissa.checked_mul(10_i128.pow(scale - step.scale))?;
        if step <= 0 {
            return None;
        }
        i64::try_from(value.div_euclid(step)).ok()
    }

    /// Whether the value is above zero.
    pub const fn is_positive(self) -> bool {
        self.mantissa > 0
    }
}

/// 10ⁿ for every n a scale can be.
const POWERS: [i64; SCALE_MAX as usize + 1] = {
    let mut powers = [1; SCALE_MAX as usize + 1];
    let mut n = 1;
    while n < powers.len() {
        powers[n] = powers[n - 1] * 10;
        n += 1;
    }
    powers
};

fn parse_exponent(text: &[u8]) -> Result<i64, DecimalError> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 4 {
        return Err(DecimalError::Malformed);
    }
    let mut value = 0;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return Err(DecimalError::Malformed);
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Ok(if negative { -value } else { value })
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.mantissa);
        }
        let unit = 10_u128.pow(self.scale);
        let digits = self.mantissa.unsigned_abs();
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let width = self.scale as usize;
        write!(f, "{sign}{}.{:0width$}", digits / unit, digits % unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> String {
        Decimal::parse(text.as_bytes()).map_or_else(|error| error.to_string(), |d| d.to_string())
    }

    #[test]
    fn prints_what_was_written_without_trailing_zeros() {
        for (text, printed) in [
            ("50000.0", "50000"),
            ("-0.10", "-0.1"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e-8", "0.00000001"),
            ("2.5E+3", "2500"),
            ("0e-99", "0"),
            ("100e-20", "0.000000000000000001"),
        ] {
            assert_eq!(parsed(text), printed, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_a_number() {
        for text in [
            "", ".", "-", "nan", "inf", "1.2.3", "0x10", "1e", "1e99999", "1 ",
        ] {
            assert_eq!(parsed(text), "is not a decimal number", "{text:?}");
        }
    }

    #[test]
    fn refuses_digits_it_could_not_keep() {
        for text in ["1e-19", "1e40", "0.1234567890123456789"] {
            assert!(
                parsed(text).starts_with("has more digits"),
                "{text:?}: {}",
                parsed(text)
            );
        }
    }

    #[test]
    fn counts_whole_steps_only() {
        let tick = Decimal::parse(b"0.05").unwrap();
        assert_eq!(Decimal::parse(b"1.15").unwrap().in_units_of(tick), Some(23));
        assert_eq!(Decimal::parse(b"1.16").unwrap().in_units_of(tick), None);
        assert_eq!(
            Decimal::parse(b"-1.16").unwrap().floor_units_of(tick),
            Some(-24)
        );
        assert_eq!(tick.times(23), Some(Decimal::parse(b"1.15").unwrap()));
    }
}
