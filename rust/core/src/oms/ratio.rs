//! `a × b ÷ c` without losing digits on the way.

/// `value × numerator ÷ denominator`, rounded towards zero, exact in between.
///
/// `None` when the denominator is zero or the quotient does not fit.
pub fn mul_div(value: i128, numerator: i128, denominator: i128) -> Option<i128> {
    let negative = (value < 0) ^ (numerator < 0) ^ (denominator < 0);
    let (a, b, c) = (
        value.unsigned_abs(),
        numerator.unsigned_abs(),
        denominator.unsigned_abs(),
    );
    let quotient = match a.checked_mul(b) {
        Some(product) => product.checked_div(c)?,
        None => wide_div(wide_mul(a, b), c)?,
    };
    let magnitude = i128::try_from(quotient).ok()?;
    Some(if negative { -magnitude } else { magnitude })
}

/// The 256-bit product as `(high, low)`.
fn wide_mul(a: u128, b: u128) -> (u128, u128) {
    const HALF: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & HALF, b >> 64, b & HALF);
    let low = a0 * b0;
    let middle = a1 * b0 + (low >> 64);
    let cross = a0 * b1 + (middle & HALF);
    (
        a1 * b1 + (middle >> 64) + (cross >> 64),
        (cross << 64) | (low & HALF),
    )
}

/// Long division by bits; `None` when the quotient needs more than 128 of them.
fn wide_div((high, low): (u128, u128), divisor: u128) -> Option<u128> {
    if high >= divisor {
        return None;
    }
    let (mut rest, mut quotient) = (high, 0_u128);
    for bit in (0..128).rev() {
        let carry = rest >> 127;
        rest = (rest << 1) | ((low >> bit) & 1);
        if carry == 1 || rest >= divisor {
            rest = rest.wrapping_sub(divisor);
            quotient |= 1 << bit;
        }
    }
    Some(quotient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rounds_towards_zero_and_refuses_what_does_not_fit() {
        assert_eq!(mul_div(7, 3, 2), Some(10));
        assert_eq!(mul_div(-7, 3, 2), Some(-10));
        assert_eq!(mul_div(1, 1, 0), None);
        assert_eq!(mul_div(i128::MAX, 2, 1), None);
        assert_eq!(mul_div(i128::MAX, i128::MAX, i128::MAX), Some(i128::MAX));
    }

    proptest! {
        /// The quotient of a product by one of its factors is the other factor.
        #[test]
        fn undoes_a_multiplication(a in 1..i128::MAX, b in 1..i128::MAX) {
            let (x, y) = (a.unsigned_abs(), b.unsigned_abs());
            prop_assert_eq!(wide_div(wide_mul(x, y), y), Some(x));
            prop_assert_eq!(mul_div(a, b, b), Some(a));
        }

        /// Wide and narrow division agree where both can work.
        #[test]
        fn agrees_with_plain_arithmetic(a: u64, b: u64, c in 1..u128::MAX) {
            let (a, b) = (u128::from(a), u128::from(b));
            prop_assert_eq!(wide_div(wide_mul(a, b), c), Some(a * b / c));
        }
    }
}
