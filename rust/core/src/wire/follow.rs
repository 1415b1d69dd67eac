//! A book that follows another one, message by message.

use super::{BookUpdate, Head};
use crate::mirror::{Book, DepthSync, Outcome, UpdateIds};

/// Applies updates to a book in their order, and notices when one is missing.
///
/// Deltas that come before their snapshot wait for it. A lost message makes the book stale, and so
/// does a sender whose ids run backwards while its clock does not: it began anew.
#[derive(Debug, Default)]
pub struct Follower {
    sync: DepthSync,
    /// Of the last change taken.
    taken: Times,
    /// Of the last delta that waits.
    waiting: Times,
}

#[derive(Clone, Copy, Debug, Default)]
struct Times {
    event_ns: i64,
    recv_ns: i64,
}

impl Follower {
    /// Waits for a snapshot.
    pub fn new() -> Self {
        Self::default()
    }

    /// The last update of the venue the book contains; `None` while it waits for a snapshot.
    pub const fn last_id(&self) -> Option<u64> {
        self.sync.last_id()
    }

    /// The venue's time of the last change taken, in nanoseconds since 1970; 0 before any.
    pub const fn ts_event_ns(&self) -> i64 {
        self.taken.event_ns
    }

    /// The sender's time of receipt of the last change taken, in nanoseconds since 1970.
    pub const fn ts_recv_ns(&self) -> i64 {
        self.taken.recv_ns
    }

    /// Forgets everything: the book is empty, and stale until a snapshot arrives.
    pub fn clear(&mut self, book: &mut Book) {
        book.clear();
        *self = Self::default();
    }

    /// Takes a message; answers whether the book, or what is known of it, changed.
    pub fn apply(&mut self, book: &mut Book, update: &BookUpdate) -> bool {
        let head = &update.head;
        // A snapshot taken beside the stream holds changes that the stream has yet to tell, so a
        // lower id alone is no restart; one that was received later is.
        let restarted = self.last_id().is_some_and(|last| head.last_id < last)
            && head.ts_recv_ns > self.taken.recv_ns;
        if restarted || (head.is_snapshot && head.is_stale) {
            self.sync.reset();
            book.mark_stale();
        }
        let was_stale = book.is_stale();
        let outcome = if head.is_snapshot {
            self.sync.snapshot(book, head.last_id, &update.levels)
        } else {
            let ids = UpdateIds {
                first: head.first_id,
                last: head.last_id,
                prev: None,
            };
            self.sync.delta(book, ids, &update.levels)
        };
        self.remember(head, outcome);
        if head.is_stale {
            book.mark_stale();
            self.sync.reset();
        }
        restarted || matches!(outcome, Outcome::Applied) || was_stale != book.is_stale()
    }

    fn remember(&mut self, head: &Head, outcome: Outcome) {
        let times = Times {
            event_ns: head.ts_event_ns,
            recv_ns: head.ts_recv_ns,
        };
        match outcome {
            // A snapshot that deltas were waiting for is as late as the last of them.
            Outcome::Applied if self.last_id() == Some(head.last_id) => self.taken = times,
            Outcome::Applied => self.taken = self.waiting,
            Outcome::Buffered | Outcome::Gap { .. } if !head.is_snapshot => self.waiting = times,
            Outcome::Gap { .. } => self.taken = times,
            Outcome::Buffered | Outcome::Ignored => {}
        }
    }
}
