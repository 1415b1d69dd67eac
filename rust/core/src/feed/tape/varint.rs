//! Differences that wrap as integers of variable length, and quantities.

use crate::instrument::COUNT_MAX;

pub(super) use crate::varint::{put as uint, take as read_uint, unzigzag, zigzag};

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
