//! Eight bytes of text at a time: how many digits they begin with and what number those say, or how
//! many bytes of a string may be passed over.
//!
//! A byte is tested in its place within a word. A carry or a borrow can only spoil places behind a
//! byte that was found, so the first one found is right, and no other is looked at.

/// One in every byte.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The top bit of every byte.
const TOPS: u64 = ONES << 7;
/// The digit zero in every byte.
const ZEROS: u64 = ONES * b'0' as u64;
/// A point where the digit zero is zero.
const POINT: u64 = (b'.' ^ b'0') as u64;
/// What lifts a ten, and nothing below it, into the top bit.
const ABOVE_NINE: u64 = ONES * (0x80 - 10);

/// Eight bytes, of which the first `count` are digits.
#[derive(Clone, Copy)]
pub(super) struct Eight {
    /// The value of each digit, the first in the lowest byte; anything behind them.
    digits: u64,
    pub(super) count: usize,
}

impl Eight {
    /// The first eight bytes of `text`, if it has so many.
    #[inline(always)]
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let digits = u64::from_le_bytes(*text.first_chunk()?) ^ ZEROS;
        let beyond = (digits.wrapping_add(ABOVE_NINE) | digits) & TOPS;
        let count = beyond.trailing_zeros() as usize / 8;
        Some(Self { digits, count })
    }

    /// The digits of a number with a point among the first eight bytes of `text`, of which it has
    /// one before the point at least, and how many it has there. Of a longer number these are not
    /// all.
    #[inline(always)]
    pub(super) fn around_point(text: &[u8]) -> Option<(Self, usize)> {
        let word = u64::from_le_bytes(*text.first_chunk()?) ^ ZEROS;
        let beyond = (word.wrapping_add(ABOVE_NINE) | word) & TOPS;
        let whole = beyond.trailing_zeros() as usize / 8;
        if whole.wrapping_sub(1) > 6 || (word >> bits(whole)) & 0xFF != POINT {
            return None;
        }
        // A point spoils no place behind it, so the next one found is right too.
        let behind = beyond & beyond.wrapping_sub(1);
        let end = behind.trailing_zeros() as usize / 8;
        let before = (1_u64 << bits(whole)).wrapping_sub(1);
        let digits = word & before | (word >> 8) & !before;
        let count = end.wrapping_sub(1);
        Some((Self { digits, count }, whole))
    }

    /// Whether every digit from place `from` on, which is one of them, is zero.
    #[inline(always)]
    pub(super) const fn is_zero_from(self, from: usize) -> bool {
        self.at_the_top() >> bits(8_usize.wrapping_sub(self.count).wrapping_add(from)) == 0
    }

    /// The first `count` of the digits.
    #[inline(always)]
    pub(super) const fn first(self, count: usize) -> Self {
        Self { count, ..self }
    }

    /// The number the digits say; there is one at least.
    #[inline(always)]
    pub(super) const fn value(self) -> i64 {
        let digits = self.at_the_top();
        let pairs = digits.wrapping_mul(1 + (10 << 8)) >> 8 & 0x00FF_00FF_00FF_00FF;
        let fours = pairs.wrapping_mul(1 + (100 << 16)) >> 16 & 0x0000_FFFF_0000_FFFF;
        (fours.wrapping_mul(1 + (10_000 << 32)) >> 32).cast_signed()
    }

    /// The digits, of which there is one at least, with zeros before the first.
    #[inline(always)]
    const fn at_the_top(self) -> u64 {
        self.digits
            .wrapping_shl(bits(8_usize.wrapping_sub(self.count)))
    }
}

/// The bits of so many bytes, fewer than eight.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "fewer than eight")]
const fn bits(bytes: usize) -> u32 {
    (bytes as u32).wrapping_mul(8)
}

/// How many bytes at the front of `text`, which has eight, are part of a string: no quote, no
/// backslash, nothing below a blank.
#[inline(always)]
pub(super) fn plain(text: &[u8; 8]) -> usize {
    let word = u64::from_le_bytes(*text);
    let quote = word ^ (ONES * u64::from(b'"'));
    let slash = word ^ (ONES * u64::from(b'\\'));
    let found = quote.wrapping_sub(ONES) & !quote
        | slash.wrapping_sub(ONES) & !slash
        | word.wrapping_sub(ONES * u64::from(b' ')) & !word;
    (found & TOPS).trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn digits_are_counted_and_add_up(bytes in prop::array::uniform8(prop_oneof![
            4 => b'0'..=b'9', 1 => any::<u8>(),
        ])) {
            let eight = Eight::of(&bytes).unwrap();
            let count = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
            prop_assert_eq!(eight.count, count);
            for from in 0..count {
                let zero = bytes[from..count].iter().all(|byte| *byte == b'0');
                prop_assert_eq!(eight.is_zero_from(from), zero);
                let first = eight.first(from + 1);
                let text = std::str::from_utf8(&bytes[..=from]).unwrap();
                prop_assert_eq!(first.value(), text.parse::<i64>().unwrap());
            }
        }

        #[test]
        fn digits_stand_around_a_point(bytes in prop::array::uniform8(prop_oneof![
            4 => b'0'..=b'9', 1 => Just(b'.'), 1 => any::<u8>(),
        ])) {
            let is_digit = |byte: &&u8| byte.is_ascii_digit();
            let digits = |bytes: &[u8]| bytes.iter().take_while(is_digit).count();
            let whole = digits(&bytes);
            let read = Eight::around_point(&bytes);
            prop_assert_eq!(read.is_some(), whole > 0 && bytes.get(whole) == Some(&b'.'));
            if let Some((eight, before)) = read {
                let behind = digits(&bytes[whole + 1..]);
                prop_assert_eq!((before, eight.count), (whole, whole + behind));
                let text = [&bytes[..whole], &bytes[whole + 1..][..behind]].concat();
                let text = String::from_utf8(text).unwrap();
                prop_assert_eq!(eight.value(), text.parse::<i64>().unwrap());
            }
        }

        #[test]
        fn a_string_ends_at_the_first_byte_that_may_end_it(bytes in prop::array::uniform8(
            prop_oneof![4 => b' '..=b'~', 1 => any::<u8>()],
        )) {
            let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
            let count = bytes.iter().take_while(|byte| !ends(byte)).count();
            prop_assert_eq!(plain(&bytes), count);
        }
    }

    #[test]
    fn less_than_eight_bytes_are_none() {
        assert!(Eight::of(b"1234567").is_none());
    }
}
