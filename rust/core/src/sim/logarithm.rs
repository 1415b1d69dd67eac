//! Powers and logarithms of two in whole numbers: the same on every platform.

/// Bits behind the point of every logarithm here.
pub(super) const LOG_BITS: u32 = 16;

/// Bits behind the point of [`ROOTS`].
const ROOT_BITS: u32 = 62;

/// 2^(1/2), 2^(1/4), … 2^(2⁻¹⁶), rounded down, with [`ROOT_BITS`] bits behind the point.
const ROOTS: [u128; LOG_BITS as usize] = {
    let mut roots = [0; LOG_BITS as usize];
    let mut last = 2_u128 << ROOT_BITS;
    let mut at = 0;
    while at < roots.len() {
        last = (last << ROOT_BITS).isqrt();
        roots[at] = last;
        at += 1;
    }
    roots
};

/// `log2(1 + quantity) × 2¹⁶`, rounded down; zero for less than one.
///
/// Squares the mantissa once for each bit behind the point (J. C. Majithia, D. Levan, *A note on
/// base-2 logarithm computations*, Proc. IEEE 61(10), 1973).
pub(super) fn log2_1p(quantity: i64) -> i64 {
    let value = u64::try_from(quantity).unwrap_or(0) + 1;
    let whole = value.ilog2();
    // The mantissa, 1 up to 2, with 63 bits behind the point.
    let mut mantissa = u128::from(value) << (63 - whole);
    let mut bits = i64::from(whole);
    for _ in 0..LOG_BITS {
        mantissa = (mantissa * mantissa) >> 63;
        let carry = mantissa >> 64;
        mantissa >>= carry;
        bits = 2 * bits + i64::from(carry != 0);
    }
    bits
}

/// `value × 2^(exponent ÷ 2¹⁶)`, rounded down, at most `i64::MAX`.
///
/// Multiplies a root of two for each bit that is set behind the point; `value` is not negative.
pub(super) fn scaled(value: i64, exponent: i64) -> i64 {
    let whole = exponent >> LOG_BITS;
    let mut mantissa = 1_u128 << ROOT_BITS;
    for (at, root) in (1..).zip(ROOTS) {
        if (exponent >> (LOG_BITS - at)) & 1 == 1 {
            mantissa = (mantissa * root) >> ROOT_BITS;
        }
    }
    let value = u128::from(value.unsigned_abs()) * mantissa;
    let shift = i64::from(ROOT_BITS) - whole;
    let shifted = if shift < 0 {
        // More than 2⁶² times a whole number: beyond an `i64` unless it is zero.
        value.saturating_mul(u128::from(u64::MAX))
    } else {
        let right = u32::try_from(shift).unwrap_or(u32::MAX);
        value.checked_shr(right).unwrap_or(0)
    };
    i64::try_from(shifted).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: i64 = 1 << LOG_BITS;

    #[test]
    fn whole_powers_are_exact_and_halves_are_roots() {
        assert_eq!(scaled(1_000_000, 0), 1_000_000);
        assert_eq!(scaled(1_000_000, 3 * ONE), 8_000_000);
        assert_eq!(scaled(1_000_000, -3 * ONE), 125_000);
        assert_eq!(scaled(1_000_000, ONE / 2), 1_414_213);
        assert_eq!(scaled(1_000_000, -ONE / 2), 707_106);
    }

    #[test]
    fn what_does_not_fit_is_the_largest_or_the_least() {
        assert_eq!(scaled(0, 900 * ONE), 0);
        assert_eq!(scaled(1, 63 * ONE), i64::MAX);
        assert_eq!(scaled(i64::MAX, i64::MAX), i64::MAX);
        assert_eq!(scaled(i64::MAX, i64::MIN), 0);
    }

    /// Taking the logarithm and raising two to it gives the number back, to five digits.
    #[test]
    fn one_undoes_the_other() {
        for value in [1, 2, 3, 7, 99, 12_345, 1 << 40] {
            let again = scaled(1_000_000_000, log2_1p(value - 1) - 30 * ONE);
            let exact = (i128::from(value) * 1_000_000_000) >> 30;
            let off = (i128::from(again) - exact).abs();
            assert!(off <= 1 + exact / 40_000, "{value}: {again} for {exact}");
        }
    }
}
