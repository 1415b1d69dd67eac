//! A column of a block: whole numbers, 128 at a time in as few bits as the widest of them needs.
//!
//! ```text
//! column := count:uint run*
//! run    := base:diff unit:uint width:u8 bits      of 128 values, the last of what is left
//! value  := base + unit × bits                          all wrapping
//! ```
//!
//! `base` is the least value of the run, `unit` the greatest common divisor of what the others are
//! above it: times in whole milliseconds and quantities in round lots take no bits for their
//! zeros, and a column that does not change takes none at all.

use crate::varint::{put, take, unzigzag, zigzag};

/// Values that share a base, a unit and a width.
const RUN: usize = 128;

/// What stands behind the last column, so that every value can be read with one wide load.
pub(super) const PAD: usize = 16;

/// Appends `values`.
pub(super) fn pack(values: &[i64], out: &mut Vec<u8>) {
    put(out, values.len() as u64);
    for run in values.chunks(RUN) {
        pack_run(run, out);
    }
}

fn pack_run(run: &[i64], out: &mut Vec<u8>) {
    let base = run.iter().copied().min().unwrap_or(0);
    let above = |value: i64| value.wrapping_sub(base).cast_unsigned();
    let mut unit = 0;
    let mut most = 0;
    for value in run {
        let above = above(*value);
        most = most.max(above);
        if unit != 1 {
            unit = common(unit, above);
        }
    }
    let unit = unit.max(1);
    let width = 64 - (most / unit).leading_zeros();
    put(out, zigzag(base));
    put(out, unit);
    out.push(u8::try_from(width).unwrap_or(64));
    let (mut word, mut filled) = (0_u128, 0);
    for value in run {
        let bits = if unit == 1 {
            above(*value)
        } else {
            above(*value) / unit
        };
        word |= u128::from(bits) << filled;
        filled += width;
        if filled >= 64 {
            out.extend_from_slice(&word.to_le_bytes()[..8]);
            word >>= 64;
            filled -= 64;
        }
    }
    let rest = filled.div_ceil(8) as usize;
    out.extend_from_slice(&word.to_le_bytes()[..rest]);
}

/// The greatest common divisor.
const fn common(mut one: u64, mut other: u64) -> u64 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

/// Takes a column of at most `most` values off the front, in place of what `out` holds; how many,
/// or `None` where none stands, and `out` holds nothing that counts.
pub(super) fn unpack(input: &mut &[u8], out: &mut Vec<i64>, most: usize) -> Option<usize> {
    let count = usize::try_from(take(input)?).ok()?;
    if count > most {
        return None;
    }
    out.resize(count, 0);
    for run in out.chunks_mut(RUN) {
        unpack_run(input, run)?;
    }
    Some(count)
}

fn unpack_run(input: &mut &[u8], out: &mut [i64]) -> Option<()> {
    let count = out.len();
    let base = unzigzag(take(input)?);
    let unit = take(input)?.cast_signed();
    let (width, rest) = input.split_first()?;
    let width = usize::from(*width);
    let length = (count * width).div_ceil(8);
    // The pad of the block stands behind the bits of its last run.
    let bits = rest.get(..length + PAD)?;
    *input = &rest[length..];
    let done = match width {
        0 => {
            out.fill(base);
            return Some(());
        }
        1..=NARROW => unpack_eights(width, bits, (base, unit), out),
        33..=64 => 0,
        _ => return None,
    };
    let mask = u64::MAX >> (64 - width);
    for (at, value) in out.iter_mut().enumerate().skip(done) {
        let bit = at * width;
        let mut found = eight(bits, bit >> 3) >> (bit & 7);
        if width > 56 {
            // Of the next eight bytes as many bits as were shifted out: none, or up to seven.
            found |= (eight(bits, (bit >> 3) + 8) << 1) << (63 - (bit & 7));
        }
        *value = base.wrapping_add(unit.wrapping_mul((found & mask).cast_signed()));
    }
    Some(())
}

/// The widest values that are read eight at a time.
const NARROW: usize = 32;

/// Unpacks whole eights of values, which take as many bytes as a value has bits; how many.
fn unpack_eights(width: usize, bits: &[u8], line: (i64, i64), out: &mut [i64]) -> usize {
    macro_rules! by_width {
        ($($width:literal)*) => {
            match width {
                $($width => eights::<$width>(bits, line, out),)*
                _ => 0,
            }
        };
    }
    by_width!(
        1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
        17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32
    )
}

/// [`unpack_eights`] of one width: where each value lies is known beforehand.
fn eights<const WIDTH: usize>(bits: &[u8], (base, unit): (i64, i64), out: &mut [i64]) -> usize {
    let mask = (1_u64 << WIDTH) - 1;
    let (whole, _) = out.as_chunks_mut::<8>();
    let mut from = 0;
    for values in &mut *whole {
        // The last value ends with the eight; what is loaded with it lies in the pad at worst.
        let Some(bytes) = bits.get(from..from + WIDTH + 8) else {
            break;
        };
        for (at, value) in values.iter_mut().enumerate() {
            let bit = at * WIDTH;
            let found = (eight(bytes, bit >> 3) >> (bit & 7)) & mask;
            *value = base.wrapping_add(unit.wrapping_mul(found.cast_signed()));
        }
        from += WIDTH;
    }
    from / WIDTH * 8
}

/// Eight bytes from `at`; what the caller's slice has, by its length.
#[inline(always)]
fn eight(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 8)
        .and_then(|eight| eight.try_into().ok())
        .map_or(0, u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn there_and_back(values: &[i64]) -> Vec<i64> {
        let mut bytes = Vec::new();
        pack(values, &mut bytes);
        let length = bytes.len();
        bytes.extend_from_slice(&[0xa5; PAD]);
        let (mut input, mut out) = (bytes.as_slice(), Vec::new());
        assert_eq!(
            unpack(&mut input, &mut out, values.len()),
            Some(values.len())
        );
        assert_eq!(bytes.len() - input.len(), length);
        out
    }

    proptest! {
        #[test]
        fn values_come_back(
            values in vec(any::<i64>(), 0..400), narrow in 0..64_u32, step in 1..1_000_000_i64,
        ) {
            let shifted: Vec<i64> = values.iter().map(|value| value >> narrow).collect();
            let stepped: Vec<i64> = shifted.iter().map(|value| value.wrapping_mul(step)).collect();
            prop_assert_eq!(there_and_back(&shifted), shifted);
            prop_assert_eq!(there_and_back(&stepped), stepped);
        }

        #[test]
        fn any_bytes_are_a_column_or_none(bytes in vec(any::<u8>(), 0..200)) {
            let mut out = Vec::new();
            let read = unpack(&mut bytes.as_slice(), &mut out, 1000);
            prop_assert!(read.is_none_or(|count| count == out.len() && count <= 1000));
        }
    }

    #[test]
    fn what_does_not_change_takes_no_bits() {
        let mut bytes = Vec::new();
        pack(&[7; 128], &mut bytes);
        assert_eq!(bytes.len(), 5);
        let extremes = [i64::MIN, i64::MAX, 0, i64::MIN];
        assert_eq!(there_and_back(&extremes), extremes);
    }
}
