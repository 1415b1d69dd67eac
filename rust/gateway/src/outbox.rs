//! What the sequencer said, on its way to the thread that writes.

use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::sync::{Mutex, PoisonError};

use crate::act::Saying;

/// Has the thread that writes look up.
type Wake = Box<dyn Fn() + Send + Sync>;

/// Sayings in the order they may be let out.
pub(crate) struct Outbox {
    said: Mutex<Vec<Saying>>,
    wake: Wake,
    /// The reader looks at nothing until it is woken.
    sleeps: AtomicBool,
}

impl Outbox {
    pub(crate) fn new(wake: Wake) -> Self {
        Self {
            said: Mutex::default(),
            wake,
            sleeps: AtomicBool::new(false),
        }
    }

    /// Adds sayings; the memory of `said` stays.
    pub(crate) fn put(&self, said: &mut Vec<Saying>) {
        if said.is_empty() {
            return;
        }
        let mut all = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        all.append(said);
        drop(all);
        self.wake();
    }

    /// Wakes the reader, where it sleeps.
    pub(crate) fn wake(&self) {
        // What was done before is seen by a reader who is not woken.
        fence(Ordering::SeqCst);
        if self.sleeps.swap(false, Ordering::AcqRel) {
            (self.wake)();
        }
    }

    /// Moves everything to the end of `said`.
    pub(crate) fn take(&self, said: &mut Vec<Saying>) {
        let mut all = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.append(&mut all);
    }

    pub(crate) fn is_empty(&self) -> bool {
        let all = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        all.is_empty()
    }

    /// The reader will sleep; it looks once more before it does.
    pub(crate) fn sleep(&self) {
        self.sleeps.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
    }

    /// The reader is awake, whoever woke it.
    pub(crate) fn awake(&self) {
        self.sleeps.store(false, Ordering::Release);
    }
}
