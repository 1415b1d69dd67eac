//! Integers of variable length: LEB128, and the zigzag of differences that wrap.

use crate::instrument::COUNT_MAX;

pub(super) fn diff(out: &mut Vec<u8>, value: i64, before: &mut i64) {
    uint(out, zigzag(value.wrapping_sub(*before)));
    *before = value;
}

pub(super) fn diff_id(out: &mut Vec<u8>, value: u64, before: &mut u64) {
    uint(out, zigzag(value.wrapping_sub(*before).cast_signed()));
    *before = value;
}

#[inline]
pub(super) fn undiff(input: &mut &[u8], before: &mut i64) -> Option<i64> {
    *before = before.wrapping_add(unzigzag(read_uint(input)?));
    Some(*before)
}

#[inline]
pub(super) fn undiff_id(input: &mut &[u8], before: &mut u64) -> Option<u64> {
    *before = before.wrapping_add(unzigzag(read_uint(input)?).cast_unsigned());
    Some(*before)
}

/// A quantity is never negative, and two of them can be added.
#[inline]
pub(super) fn read_qty(input: &mut &[u8]) -> Option<i64> {
    let qty = i64::try_from(read_uint(input)?).ok()?;
    (qty < COUNT_MAX).then_some(qty)
}

pub(super) const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

pub(super) const fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

pub(super) fn uint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

#[inline]
pub(super) fn read_uint(input: &mut &[u8]) -> Option<u64> {
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
