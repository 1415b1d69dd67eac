//! A venue's book by price, rebuilt from what the venue publishes.
//!
//! [`Book`] holds the levels, [`DepthSync`] decides which message may change it, [`Changes`]
//! remembers what did, [`analytics`] reads prices off its touch, [`checksum`] compares it with
//! somebody else's.

pub mod analytics;
mod book;
mod changes;
pub mod checksum;
mod ladder;
#[cfg(test)]
mod naive;
mod sync;

pub use book::{Book, Depth};
pub use changes::{CHANGES_MAX, Changes};
pub use sync::{BUFFERED_DELTAS_MAX, BUFFERED_LEVELS_MAX, DepthSync, Outcome, UpdateIds};

pub(crate) use changes::every_level;
