//! What a sequencer asks of a log.

use std::borrow::Cow;
use std::error::Error;

/// Records in a row, as they are appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// Sequence of the first record.
    pub first: u64,
    /// How many there are.
    pub count: u64,
    /// One behind the other.
    pub bytes: &'a [u8],
}

impl Block<'_> {
    /// Sequence of the last record.
    pub const fn last(&self) -> u64 {
        self.first + self.count - 1
    }
}

/// A state that stands for every record up to a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base<'a> {
    /// Sequence of the last record in it.
    pub position: u64,
    /// As [`tradecore_core::matching::Engine::snapshot`] writes it.
    pub state: &'a [u8],
}

/// A log of encoded commands. A position is the sequence of a record, 0 before the first.
///
/// How far [`Self::durable`] may stay behind [`Self::position`] is the log's limit: one that is too
/// far behind waits in `append`, or refuses.
pub trait CommandLog {
    /// Why it could not write or read.
    type Error: Error;

    /// Appends records that continue what is there, and answers the position of the last.
    ///
    /// # Errors
    ///
    /// Its own; after one every further append refuses, as nobody knows what was written.
    fn append(&mut self, block: Block<'_>) -> Result<u64, Self::Error>;

    /// Of the last record appended.
    fn position(&self) -> u64;

    /// Of the last record that will not be lost; never goes back.
    fn durable(&self) -> u64;

    /// Whether it has become so long that a base should stand for what it holds.
    fn is_long(&self) -> bool;

    /// Puts a state in the place of every record up to `base.position`.
    ///
    /// # Errors
    ///
    /// Its own; what was there before is still there.
    fn rebase(&mut self, base: Base<'_>) -> Result<(), Self::Error>;

    /// The state that stands for the oldest records, if any does.
    fn base(&self) -> Option<Base<'_>>;

    /// The bytes of whole records behind the base, in order, in pieces.
    fn tail(&self) -> impl Iterator<Item = Result<Cow<'_, [u8]>, Self::Error>>;
}
