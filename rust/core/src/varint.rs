//! Integers of variable length (LEB128, as protobuf writes them) and the zigzag of signed ones.

/// Small for numbers near zero of either sign.
#[inline]
pub(crate) const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// What [`zigzag`] was made of.
#[inline]
pub(crate) const fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// Appends a number, seven bits a byte, the lowest first.
#[inline]
pub(crate) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// How many bytes [`put`] appends.
#[inline]
pub(crate) const fn size(value: u64) -> usize {
    // (bits + 6) / 7 without the division, one for zero: bits is at most 64.
    (((value | 1).ilog2() as usize + 1) * 9 + 64) / 64
}

/// Takes a number off the front; `None` where the bytes end in it or it is beyond 64 bits.
#[inline]
pub(crate) fn take(input: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    let mut shift = 0;
    loop {
        let (byte, rest) = input.split_first()?;
        *input = rest;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            return None;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        shift += 7;
        if shift > 63 {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back_and_take_the_bytes_foretold(bits in 0..64_u32, low in any::<u64>()) {
            let value = low >> bits;
            let mut out = Vec::new();
            put(&mut out, value);
            prop_assert_eq!(out.len(), size(value));
            prop_assert_eq!(take(&mut out.as_slice()), Some(value));
            prop_assert_eq!(take(&mut &out[..out.len() - 1]), None);
            prop_assert_eq!(zigzag(unzigzag(value)), value);
        }
    }

    #[test]
    fn more_than_64_bits_are_no_number() {
        assert_eq!(size(0), 1);
        assert_eq!(size(u64::MAX), 10);
        let mut long = [0xff; 10];
        long[9] = 1;
        assert_eq!(take(&mut long.as_slice()), Some(u64::MAX));
        long[9] = 2;
        assert_eq!(take(&mut long.as_slice()), None);
        assert_eq!(take(&mut [0x80; 11].as_slice()), None);
    }
}
