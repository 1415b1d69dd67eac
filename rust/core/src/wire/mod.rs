//! A book on its way between processes: what changed, as one protobuf message.
//!
//! ```text
//! message BookUpdate {
//!   uint64 first_id = 1;  uint64 last_id = 2;  bool is_snapshot = 3;
//!   sint64 ts_event_ns = 4;  sint64 ts_recv_ns = 5;
//!   repeated sint64 bid_ticks = 6;  repeated uint64 bid_lots = 7;
//!   repeated sint64 ask_ticks = 8;  repeated uint64 ask_lots = 9;
//!   bool is_stale = 10;
//! }
//! ```
//!
//! Written by hand, so that a level costs a few nanoseconds at either end; any protobuf reader
//! understands it. [`BookUpdate`] is the message, [`Follower`] applies messages to a book.
//!
//! Source: Protocol Buffers, *Encoding*.

mod decode;
mod encode;
mod follow;
#[cfg(test)]
mod tests;

pub use decode::WireError;
pub use follow::Follower;

use crate::market::Level;

/// What changed of a book, or the whole of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BookUpdate {
    /// Ids and times.
    pub head: Head,
    /// Levels with what rests there now; zero removes one. On the wire bids come first.
    pub levels: Vec<Level>,
}

/// What an update says besides its levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// A book that has every update before this id may take the levels; 0 in a snapshot.
    pub first_id: u64,
    /// The last update of the venue contained.
    pub last_id: u64,
    /// Whether the levels are the whole book.
    pub is_snapshot: bool,
    /// The sender knows that its book is not the venue's.
    pub is_stale: bool,
    /// The venue's time of the last change, in nanoseconds since 1970.
    pub ts_event_ns: i64,
    /// The sender's time of receipt of the last change, in nanoseconds since 1970.
    pub ts_recv_ns: i64,
}
