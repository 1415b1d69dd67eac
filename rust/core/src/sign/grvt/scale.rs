//! What a trader writes, as the integers that are signed: exact, or refused.

use crate::decimal::{Decimal, SCALE_MAX};
use crate::sign::SignError;

/// What happens to decimals the signed integer does not keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExcessDigits {
    /// The message is refused: what is signed is what was asked for.
    Refuse,
    /// They are dropped, as GRVT's own library does.
    Truncate,
}

/// `value × 10^decimals` as a whole number.
pub(super) fn scaled(
    name: &'static str,
    value: Decimal,
    decimals: u32,
    excess: ExcessDigits,
) -> Result<u64, SignError> {
    if value.mantissa() < 0 {
        return Err(SignError::NotPositive { name, value });
    }
    let whole = match value.scale().checked_sub(decimals) {
        None | Some(0) => value
            .mantissa()
            .checked_mul(10_i128.pow(decimals - value.scale())),
        Some(_) if excess == ExcessDigits::Refuse => {
            return Err(SignError::LosesDigits {
                name,
                value,
                decimals,
            });
        }
        Some(extra) => Some(value.mantissa() / 10_i128.pow(extra)),
    };
    whole
        .and_then(|whole| u64::try_from(whole).ok())
        .ok_or(SignError::TooLarge {
            name,
            value,
            decimals,
            bits: u64::BITS,
        })
}

/// As [`scaled`], and above zero even once scaled.
pub(super) fn scaled_positive(
    name: &'static str,
    value: Decimal,
    decimals: u32,
    excess: ExcessDigits,
) -> Result<u64, SignError> {
    match scaled(name, value, decimals, excess)? {
        0 => Err(SignError::NotPositive { name, value }),
        whole => Ok(whole),
    }
}

/// Decimals of an asset, at most eighteen.
pub(super) fn decimals(name: &'static str, value: u32) -> Result<u32, SignError> {
    if value > SCALE_MAX {
        return Err(SignError::TooManyDecimals { name, value });
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(text: &str, decimals: u32, excess: ExcessDigits) -> Result<u64, String> {
        let value = Decimal::parse(text.as_bytes()).unwrap();
        scaled_positive("price", value, decimals, excess).map_err(|error| error.to_string())
    }

    #[test]
    fn keeps_every_digit_it_was_given() {
        for (text, decimals, whole) in [
            ("68900.5", 9, 68_900_500_000_000),
            ("0.000000001", 9, 1),
            ("1.013", 3, 1_013),
            ("7", 0, 7),
            ("18446744073.709551615", 9, u64::MAX),
            ("0.000000000000000001", 18, 1),
        ] {
            for excess in [ExcessDigits::Refuse, ExcessDigits::Truncate] {
                assert_eq!(scale(text, decimals, excess), Ok(whole), "{text}");
            }
        }
    }

    /// The double nearest 8.2 times 1e9 is right, that of 1.1231231234 is not: text never is.
    #[test]
    fn refuses_what_would_lose_digits_unless_told_to_drop_them() {
        for (text, decimals, kept) in [("1.1231231239", 9, 1_123_123_123), ("1.5", 0, 1)] {
            let refused = scale(text, decimals, ExcessDigits::Refuse).unwrap_err();
            assert_eq!(
                refused,
                format!(
                    "price must have at most {decimals} decimals, or digits are lost: price={text}"
                )
            );
            assert_eq!(scale(text, decimals, ExcessDigits::Truncate), Ok(kept));
        }
    }

    #[test]
    fn refuses_numbers_that_cannot_be_signed() {
        for (text, said) in [
            ("0", "above zero"),
            ("-1.5", "above zero"),
            ("-1e-18", "above zero"),
            ("18446744073.709551616", "must fit 64 bits"),
            ("1e37", "must fit 64 bits"),
        ] {
            let refused = scale(text, 9, ExcessDigits::Truncate).unwrap_err();
            assert!(refused.contains(said), "{text}: {refused}");
        }
        let vanished = scale("1e-10", 9, ExcessDigits::Truncate).unwrap_err();
        assert!(vanished.contains("above zero"), "{vanished}");
        let refused = decimals("base_decimals", 19).unwrap_err().to_string();
        assert_eq!(
            refused,
            "base_decimals must be at most 18: base_decimals=19"
        );
    }
}
