//! A flat table in large pages, where the system has them.
//!
//! Whoever reads a table of many megabytes in no order waits for the translation of addresses as
//! long as for the memory itself; a large page is one translation for 512 small ones.
#![cfg_attr(
    all(target_os = "linux", not(miri)),
    expect(
        unsafe_code,
        reason = "advice about memory has no safe name; nothing else is here"
    )
)]

use std::ops::{Deref, DerefMut};

/// Tables below so many bytes are left as they are.
const LARGE: usize = 1 << 22;

/// A vector whose memory is asked for in large pages once it is large.
#[derive(Debug)]
pub(crate) struct Large<T>(Vec<T>);

impl<T> Large<T> {
    /// An empty table with room for `items`.
    pub(crate) fn with_capacity(items: usize) -> Self {
        let items = Vec::with_capacity(items);
        advise(&items);
        Self(items)
    }

    /// Items in it.
    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Makes room for exactly `more` items.
    pub(crate) fn reserve_exact(&mut self, more: usize) {
        self.0.reserve_exact(more);
        advise(&self.0);
    }

    /// Adds an item behind the last one.
    #[inline]
    pub(crate) fn push(&mut self, item: T) {
        if self.0.len() == self.0.capacity() {
            self.reserve_exact(self.0.len().max(64));
        }
        self.0.push(item);
    }

    /// Takes the last item away.
    pub(crate) fn pop(&mut self) -> Option<T> {
        self.0.pop()
    }

    /// Takes all but the first `len` items away.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }
}

impl<T> Default for Large<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Clone for Large<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::with_capacity(self.0.len());
        copy.0.extend_from_slice(&self.0);
        copy
    }
}

impl<T> Deref for Large<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> DerefMut for Large<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

/// Asks for large pages under a table, as far as they are wholly its own.
#[cfg(all(target_os = "linux", not(miri)))]
fn advise<T>(items: &Vec<T>) {
    use rustix::mm::{Advice, madvise};
    const PAGE: usize = 1 << 12;
    let bytes = items.capacity() * size_of::<T>();
    if bytes < LARGE {
        return;
    }
    let start = items.as_ptr().cast_mut().cast::<u8>();
    let skipped = start.align_offset(PAGE);
    let whole = bytes.saturating_sub(skipped) / PAGE * PAGE;
    // SAFETY: the range lies within one live allocation, and this advice changes neither what is in
    // it nor whether it may be read; that it is refused is of no consequence.
    let _ = unsafe { madvise(start.add(skipped).cast(), whole, Advice::LinuxHugepage) };
}

#[cfg(not(all(target_os = "linux", not(miri))))]
fn advise<T>(items: &Vec<T>) {
    let _ = (items, LARGE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_a_vector_however_large_it_grows() {
        let mut table = Large::default();
        let mut twin = Vec::new();
        for number in 0..1_500_000_u64 {
            table.push(number);
            twin.push(number);
        }
        assert!(table.0.capacity() * size_of::<u64>() > LARGE);
        assert!(table.clone()[..] == twin[..]);
        assert_eq!((table.pop(), table.len()), (twin.pop(), twin.len()));
        table.truncate(3);
        assert_eq!(table[..], [0, 1, 2]);
    }
}
