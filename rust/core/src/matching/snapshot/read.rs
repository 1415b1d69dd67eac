//! Numbers from bytes, never beyond their end.

use std::ops::Range;

use crate::instrument::COUNT_MAX;
use crate::matching::snapshot::SnapshotError;

/// A place in a snapshot.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// At the first byte.
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes were read.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// The next `count` bytes.
    pub(super) fn slice(&mut self, count: u64) -> Result<&'a [u8], SnapshotError> {
        let left = &self.bytes[self.at..];
        let taken = usize::try_from(count).ok().and_then(|end| left.get(..end));
        let short = SnapshotError::Short {
            needed: count,
            left: left.len() as u64,
            at: self.at,
        };
        let taken = taken.ok_or(short)?;
        self.at += taken.len();
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let mut array = [0; N];
        array.copy_from_slice(self.slice(N as u64)?);
        Ok(array)
    }

    pub(super) fn byte(&mut self) -> Result<u8, SnapshotError> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn word32(&mut self) -> Result<u32, SnapshotError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn word(&mut self) -> Result<u64, SnapshotError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn number(&mut self) -> Result<i64, SnapshotError> {
        self.array().map(i64::from_le_bytes)
    }

    pub(super) fn wide(&mut self) -> Result<u128, SnapshotError> {
        self.array().map(u128::from_le_bytes)
    }

    /// A number in `range`.
    pub(super) fn within(
        &mut self,
        range: Range<i64>,
        rule: &'static str,
    ) -> Result<i64, SnapshotError> {
        let number = self.number()?;
        self.hold(range.contains(&number), rule, number.into())?;
        Ok(number)
    }

    /// A count of ticks or lots, or zero.
    pub(super) fn count(&mut self, rule: &'static str) -> Result<i64, SnapshotError> {
        self.within(0..COUNT_MAX, rule)
    }

    /// A time in nanoseconds since 1970.
    pub(super) fn time(&mut self) -> Result<i64, SnapshotError> {
        let time = self.number()?;
        self.hold(time >= 0, "a time is not before 1970", time.into())?;
        Ok(time)
    }

    /// One of `all`, by its number.
    pub(super) fn choice<T: Copy>(
        &mut self,
        all: &[T],
        rule: &'static str,
    ) -> Result<T, SnapshotError> {
        let number = self.byte()?;
        let choice = all.get(usize::from(number)).copied();
        choice.ok_or_else(|| self.broken(rule, number.into()))
    }

    /// An error unless the rule holds.
    pub(super) fn hold(
        &self,
        holds: bool,
        rule: &'static str,
        value: i128,
    ) -> Result<(), SnapshotError> {
        if holds {
            Ok(())
        } else {
            Err(self.broken(rule, value))
        }
    }

    /// What is said of a rule that does not hold.
    pub(super) const fn broken(&self, rule: &'static str, value: i128) -> SnapshotError {
        SnapshotError::Rule {
            rule,
            value,
            at: self.at,
        }
    }
}
