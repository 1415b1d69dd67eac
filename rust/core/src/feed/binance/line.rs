//! One symbol's share of a connection.

use super::decoder::Decoder;
use crate::instrument::Instrument;
use crate::mirror::{Book, Changes, DepthSync, Outcome, UpdateIds, every_level};
use crate::wire::{BookUpdate, Head};

/// When something happened, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Times {
    /// By the venue's clock.
    pub(super) event_ns: i64,
    /// By ours, when we heard of it.
    pub(super) recv_ns: i64,
}

/// The decoder of one symbol, the sequence of its deltas and what they changed.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) decoder: Decoder,
    sync: DepthSync,
    changes: Changes,
    /// The last update the book contains, also while it is stale.
    last_id: u64,
    /// The `last_id` of the last update that was taken.
    told_id: u64,
    /// When the book changed last.
    changed: Times,
    /// The latest time the venue named.
    ts_event_ns: Option<i64>,
}

impl Line {
    pub(super) fn new(instrument: &Instrument) -> Self {
        Self {
            decoder: Decoder::new(instrument),
            sync: DepthSync::new(),
            changes: Changes::new(),
            last_id: 0,
            told_id: 0,
            changed: Times::default(),
            ts_event_ns: None,
        }
    }

    /// The time of a frame: what it names, else the latest time named before, else our own.
    #[inline]
    pub(super) fn clock(&mut self, named: Option<i64>, recv_ns: i64) -> Times {
        self.ts_event_ns = self.ts_event_ns.max(named);
        Times {
            event_ns: named.or(self.ts_event_ns).unwrap_or(recv_ns),
            recv_ns,
        }
    }

    /// Takes a delta of the levels in the decoder's buffer.
    #[inline]
    pub(super) fn delta(&mut self, book: &mut Book, ids: UpdateIds, times: Times) -> Outcome {
        let levels = &self.decoder.levels;
        let outcome = self.sync.delta(book, ids, levels);
        match outcome {
            Outcome::Applied => {
                self.changes.note(levels);
                self.last_id = ids.last;
                self.changed = times;
            }
            Outcome::Gap { .. } => self.changes.note_state(),
            Outcome::Buffered | Outcome::Ignored => {}
        }
        outcome
    }

    /// Takes a snapshot of the levels in the decoder's buffer.
    pub(super) fn snapshot(&mut self, book: &mut Book, id: u64, times: Times) -> Outcome {
        let outcome = self.sync.snapshot(book, id, &self.decoder.levels);
        if outcome == Outcome::Ignored {
            return outcome;
        }
        self.changes.note_whole();
        self.last_id = self.sync.last_id().unwrap_or(id);
        self.changed = times;
        // What was waiting for the snapshot is younger.
        if self.last_id != id {
            self.changed.event_ns = self.ts_event_ns.unwrap_or(times.event_ns);
        }
        outcome
    }

    /// Empties the book, which is stale until a snapshot arrives.
    pub(super) fn clear(&mut self, book: &mut Book) {
        book.clear();
        self.sync.reset();
        self.decoder.forget_stream();
        self.last_id = 0;
        self.changes.note_whole();
    }

    /// What changed since this was asked last, each level once; `None` for nothing.
    pub(super) fn take_update(&mut self, book: &Book) -> Option<BookUpdate> {
        if !self.changes.is_any() {
            return None;
        }
        let mut levels = Vec::new();
        let is_snapshot = self.changes.take(book, &mut levels);
        let mut head = self.head(book, is_snapshot);
        if !is_snapshot {
            head.first_id = self.told_id.saturating_add(1).min(self.last_id);
        }
        self.told_id = self.last_id;
        Some(BookUpdate { head, levels })
    }

    /// The whole book, whatever was taken.
    pub(super) fn whole(&self, book: &Book) -> BookUpdate {
        let mut levels = Vec::new();
        every_level(book, &mut levels);
        let head = self.head(book, true);
        BookUpdate { head, levels }
    }

    const fn head(&self, book: &Book, is_snapshot: bool) -> Head {
        Head {
            first_id: 0,
            last_id: self.last_id,
            is_snapshot,
            is_stale: book.is_stale(),
            ts_event_ns: self.changed.event_ns,
            ts_recv_ns: self.changed.recv_ns,
        }
    }
}
