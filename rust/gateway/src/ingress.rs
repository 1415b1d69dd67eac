//! What waits for the sequencer: a bounded queue, and nothing is ever dropped from it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::act::Ask;

/// Requests on their way in.
pub(crate) struct Ingress {
    inside: Mutex<Inside>,
    work: Condvar,
    most: usize,
    depth: AtomicUsize,
}

#[derive(Default)]
struct Inside {
    asks: VecDeque<Ask>,
    /// Somebody else gave the engine a command.
    is_called: bool,
    is_closed: bool,
    is_waiting: bool,
}

impl Ingress {
    /// Room for `most` requests.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            inside: Mutex::default(),
            work: Condvar::new(),
            most,
            depth: AtomicUsize::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes requests from the front of `asks` for as long as there is room; the rest stays.
    pub(crate) fn put(&self, asks: &mut VecDeque<Ask>) {
        let mut inside = self.lock();
        let room = self.most.saturating_sub(inside.asks.len());
        inside.asks.extend(asks.drain(..room.min(asks.len())));
        self.depth.store(inside.asks.len(), Ordering::Relaxed);
        self.call_on(inside);
    }

    /// Takes one request that must come in whatever waits: it makes room rather than taking it.
    pub(crate) fn put_first(&self, ask: Ask) {
        let mut inside = self.lock();
        inside.asks.push_back(ask);
        self.call_on(inside);
    }

    /// Has the sequencer look at what others did.
    pub(crate) fn call(&self) {
        let mut inside = self.lock();
        inside.is_called = true;
        self.call_on(inside);
    }

    /// What waits is still taken, and nothing more comes.
    pub(crate) fn close(&self) {
        let mut inside = self.lock();
        inside.is_closed = true;
        self.call_on(inside);
    }

    fn call_on(&self, mut inside: MutexGuard<'_, Inside>) {
        if std::mem::take(&mut inside.is_waiting) {
            drop(inside);
            self.work.notify_one();
        }
    }

    /// Moves at most `most` requests to `batch` once there are some or somebody called; `false`
    /// when nothing comes any more.
    pub(crate) fn take(&self, batch: &mut Vec<Ask>, most: usize) -> bool {
        let mut inside = self.lock();
        loop {
            let is_called = std::mem::take(&mut inside.is_called);
            if is_called || !inside.asks.is_empty() {
                let count = inside.asks.len().min(most);
                batch.extend(inside.asks.drain(..count));
                self.depth.store(inside.asks.len(), Ordering::Relaxed);
                return true;
            }
            if inside.is_closed {
                return false;
            }
            inside.is_waiting = true;
            inside = self
                .work
                .wait(inside)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// How many wait.
    pub(crate) fn depth(&self) -> usize {
        self.depth.load(Ordering::Relaxed)
    }
}
