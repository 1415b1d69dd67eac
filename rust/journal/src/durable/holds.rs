//! How far back the files of a journal are still needed, and by whom.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Readers that are somewhere in a journal.
#[derive(Debug, Default)]
pub(super) struct Holds(Mutex<Vec<Weak<AtomicU64>>>);

impl Holds {
    /// A reader who has read up to a record; it moves its number on, and is gone with it.
    pub(super) fn hold(&self, sequence: u64) -> Arc<AtomicU64> {
        let hold = Arc::new(AtomicU64::new(sequence));
        let mut holds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        holds.push(Arc::downgrade(&hold));
        hold
    }

    /// The record the slowest reader has read; the end of all numbers where nobody reads.
    pub(super) fn least(&self) -> u64 {
        let mut holds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        holds.retain(|hold| hold.strong_count() > 0);
        let alive = holds.iter().filter_map(Weak::upgrade);
        let read = alive.map(|hold| hold.load(Ordering::Acquire));
        read.min().unwrap_or(u64::MAX)
    }
}
