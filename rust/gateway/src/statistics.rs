//! What a server did, in numbers that only grow.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Upper ends of the classes of a latency, in microseconds.
pub const LATENCY_US: [u64; 19] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000,
    200_000, 500_000, 1_000_000,
];

/// Numbers of a server.
#[derive(Default)]
pub(crate) struct Statistics {
    latency: [AtomicU64; LATENCY_US.len() + 1],
    latency_sum_ns: AtomicU64,
    done: AtomicU64,
    refused: Mutex<BTreeMap<&'static str, u64>>,
    connections: AtomicI64,
    sessions: AtomicI64,
}

/// Numbers of a server, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Requests whose answer took at most so long as the class of [`LATENCY_US`] says, each class
    /// by itself; the last is beyond all.
    pub latency: Vec<u64>,
    /// Of all of them together, in nanoseconds.
    pub latency_sum_ns: u64,
    /// Requests done.
    pub done: u64,
    /// Requests refused, by code.
    pub refused: BTreeMap<&'static str, u64>,
    /// Open connections.
    pub connections: i64,
    /// Sessions with a connection.
    pub sessions: i64,
    /// Requests that wait for the sequencer.
    pub depth: usize,
}

impl Statistics {
    pub(crate) fn answered(&self, took_ns: i64) {
        let took_ns = u64::try_from(took_ns).unwrap_or(0);
        let class = LATENCY_US.partition_point(|end| end * 1_000 < took_ns);
        self.latency[class].fetch_add(1, Ordering::Relaxed);
        self.latency_sum_ns.fetch_add(took_ns, Ordering::Relaxed);
    }

    pub(crate) fn done(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self, code: &'static str) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        *refused.entry(code).or_default() += 1;
    }

    pub(crate) fn connected(&self, more: i64) {
        self.connections.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn joined(&self, more: i64) {
        self.sessions.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self, depth: usize) -> Snapshot {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        Snapshot {
            latency: self
                .latency
                .iter()
                .map(|n| n.load(Ordering::Relaxed))
                .collect(),
            latency_sum_ns: self.latency_sum_ns.load(Ordering::Relaxed),
            done: self.done.load(Ordering::Relaxed),
            refused: refused.clone(),
            connections: self.connections.load(Ordering::Relaxed),
            sessions: self.sessions.load(Ordering::Relaxed),
            depth,
        }
    }
}
