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
    /// Whether they may use what is kept back when there is no more space: they take risk away.
    pub relieves: bool,
}

impl Block<'_> {
    /// Sequence of the last record.
    pub const fn last(&self) -> u64 {
        self.first + self.count - 1
    }
}

/// A state that stands for every record up to a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base<'a> {
    /// Sequence of the last record in it.
    pub position: u64,
    /// As [`tradecore_core::matching::Engine::snapshot`] writes it.
    pub state: Cow<'a, [u8]>,
}

/// Whole records, as they are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// One behind the other.
    pub bytes: Cow<'a, [u8]>,
    /// Of the state they lead to, where it was written down.
    pub state_hash: Option<u128>,
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
    /// Its own; then nothing was appended. Where nobody knows what was written before, every
    /// further append refuses as well.
    fn append(&mut self, block: Block<'_>) -> Result<u64, Self::Error>;

    /// Of the last record appended.
    fn position(&self) -> u64;

    /// Of the last record whose outcome may be let out; never goes back.
    fn durable(&self) -> u64;

    /// Whether it has become so long that a base should stand for what it holds.
    fn is_long(&self) -> bool;

    /// Puts a state in the place of every record up to `base.position`.
    ///
    /// # Errors
    ///
    /// Its own; what was there before is still there.
    fn rebase(&mut self, base: Base<'_>) -> Result<(), Self::Error>;

    /// Whether it wants to know the state its records lead to, to compare it with its own replay.
    fn wants_hash(&self) -> bool {
        false
    }

    /// The hash of the state behind the last record.
    ///
    /// # Errors
    ///
    /// Its own.
    fn mark(&mut self, state_hash: u128) -> Result<(), Self::Error> {
        let _: u128 = state_hash;
        Ok(())
    }

    /// The state that stands for the oldest records, if any does.
    ///
    /// # Errors
    ///
    /// Its own.
    fn base(&self) -> Result<Option<Base<'_>>, Self::Error>;

    /// Whole records behind `after`, in order, in pieces; those of a base are not asked for.
    fn tail(&self, after: u64) -> impl Iterator<Item = Result<Piece<'_>, Self::Error>>;
}
