//! The lock inside every class that has state.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use pyo3::Python;
use pyo3::sync::MutexExt as _;

/// Locks `state`, also after a panic in another thread: the core's own assertions guard what a
/// panic could leave behind, and a refused lock would take every later call down with the first.
#[inline]
pub(crate) fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    match state.try_lock() {
        Ok(held) => held,
        Err(TryLockError::Poisoned(held)) => held.into_inner(),
        Err(TryLockError::WouldBlock) => wait(state),
    }
}

/// Waits without the interpreter: whoever holds the lock may need that to go on (to read a number,
/// to make a report), and would wait for us.
#[cold]
fn wait<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    Python::attach(|py| state.lock_py_attached(py)).unwrap_or_else(PoisonError::into_inner)
}
