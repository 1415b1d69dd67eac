//! Which blocks of a journal are whole and follow each other, and what is behind them.

use super::block::{ALIGN, BLOCK_MAGIC, digest, parse};
use super::{BLOCKS_AT, BlockHead, Digest};

/// What the next block has to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    /// Number of the next block, and sequence of its first record; `None` where older segments
    /// were released and the first block is believed.
    pub(crate) next: Option<(u64, u64)>,
    /// Digest of the last block; of no meaning where `next` is `None`.
    pub(crate) digest: Digest,
}

impl Chain {
    /// Of a journal with nothing in it.
    pub(crate) const START: Self = Self {
        next: Some((1, 1)),
        digest: [0; 32],
    };

    /// Of a journal whose first segments were released.
    pub(crate) const RELEASED: Self = Self {
        next: None,
        digest: [0; 32],
    };

    fn is_next(&self, head: &BlockHead) -> bool {
        self.next
            .is_none_or(|next| next == (head.number, head.first) && self.digest == head.prev)
    }

    pub(crate) fn follow(&mut self, head: &BlockHead, digest: Digest) {
        self.next = Some((head.number + 1, head.last() + 1));
        self.digest = digest;
    }

    /// Sequence of the last record.
    pub(crate) fn last(&self) -> u64 {
        self.next.map_or(0, |(_, next)| next - 1)
    }

    /// Number of the last block.
    pub(crate) fn block(&self) -> u64 {
        self.next.map_or(0, |(next, _)| next - 1)
    }
}

/// A block in its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    pub(crate) head: BlockHead,
    pub(crate) records: &'a [u8],
}

/// Walks through the blocks of one segment.
#[derive(Debug)]
pub(crate) struct Scanner<'a> {
    place: (u64, u64),
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    /// `place` is salt and number of the segment.
    pub(crate) const fn new(place: (u64, u64), bytes: &'a [u8]) -> Self {
        let at = BLOCKS_AT;
        Self { place, bytes, at }
    }

    /// Begins somewhere else than at the first block.
    pub(crate) const fn behind(place: (u64, u64), bytes: &'a [u8], at: usize) -> Self {
        Self { place, bytes, at }
    }

    /// The next block that follows the chain, which goes on behind it.
    pub(crate) fn next(&mut self, chain: &mut Chain) -> Option<Found<'a>> {
        let (head, records, block) = parse(self.place, self.bytes.get(self.at..)?)?;
        if !chain.is_next(&head) {
            return None;
        }
        chain.follow(&head, digest(block));
        self.at += block.len();
        Some(Found { head, records })
    }

    /// Where the next block would begin.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    /// A whole block anywhere from here on that is not before number `from`: the length of a
    /// broken one may be what is broken.
    pub(crate) fn later(&self, from: u64) -> Option<u64> {
        let places = (self.at..self.bytes.len()).step_by(ALIGN);
        places
            .filter(|at| self.bytes[*at..].starts_with(&BLOCK_MAGIC))
            .filter_map(|at| parse(self.place, &self.bytes[at..]))
            .map(|(head, ..)| head.number)
            .find(|number| *number >= from)
    }
}

/// Where the last byte that is not zero ends.
pub(crate) fn extent(bytes: &[u8]) -> usize {
    let zeros = bytes.iter().rev().take_while(|byte| **byte == 0).count();
    bytes.len() - zeros
}
