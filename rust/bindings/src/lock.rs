//! The lock inside every class that has state.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks `state`, also after a panic in another thread: the core's own assertions guard what a
/// panic could leave behind, and a refused lock would take every later call down with the first.
#[inline]
pub(crate) fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
