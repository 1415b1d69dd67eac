//! A log that lasts as long as the process.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::convert::Infallible;

use crate::log::{Base, Block, CommandLog};

/// Bytes of a sealed block: the unit in which memory is taken and given back.
const SEALED_BYTES: usize = 1 << 16;
/// Above so many bytes of records a base stands for them: some quarter of a million commands.
const TAIL_BYTES_MAX: usize = 1 << 24;

/// Records in memory: durable as soon as they are there, gone with the process.
///
/// It holds a base and at most about the larger of [`MemoryLog::new`]'s limit and the base's own
/// length of records behind it, so that a process may run for as long as it likes.
#[derive(Clone, Debug)]
pub struct MemoryLog {
    /// Position and bytes.
    base: Option<(u64, Vec<u8>)>,
    /// The last one is being written; no record lies in two.
    blocks: VecDeque<Vec<u8>>,
    /// Of all blocks.
    bytes: usize,
    bytes_max: usize,
    position: u64,
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self::new(TAIL_BYTES_MAX)
    }
}

impl MemoryLog {
    /// An empty log that becomes long above `bytes_max` bytes of records.
    pub const fn new(bytes_max: usize) -> Self {
        Self {
            base: None,
            blocks: VecDeque::new(),
            bytes: 0,
            bytes_max,
            position: 0,
        }
    }

    /// Bytes of records it holds behind its base.
    pub const fn tail_bytes(&self) -> usize {
        self.bytes
    }
}

impl CommandLog for MemoryLog {
    type Error = Infallible;

    #[inline]
    fn append(&mut self, block: Block<'_>) -> Result<u64, Infallible> {
        assert!(
            block.first == self.position + 1,
            "Invariant: records of a log are numbered without a gap"
        );
        match self.blocks.back_mut() {
            Some(last) if last.len() + block.bytes.len() <= last.capacity() => {
                last.extend_from_slice(block.bytes);
            }
            _ => {
                let mut last = Vec::with_capacity(SEALED_BYTES.max(block.bytes.len()));
                last.extend_from_slice(block.bytes);
                self.blocks.push_back(last);
            }
        }
        self.bytes += block.bytes.len();
        self.position = block.last();
        Ok(self.position)
    }

    #[inline]
    fn position(&self) -> u64 {
        self.position
    }

    #[inline]
    fn durable(&self) -> u64 {
        self.position
    }

    /// A base as long as the records costs no more than they did: the work stays in proportion.
    #[inline]
    fn is_long(&self) -> bool {
        self.bytes > self.bytes_max
            && self.bytes > self.base.as_ref().map_or(0, |(_, state)| state.len())
    }

    fn rebase(&mut self, base: Base<'_>) -> Result<(), Infallible> {
        assert!(
            base.position == self.position,
            "Invariant: a base in memory stands for every record"
        );
        self.base = Some((base.position, base.state.to_vec()));
        self.blocks.clear();
        self.bytes = 0;
        Ok(())
    }

    fn base(&self) -> Option<Base<'_>> {
        let (position, state) = self.base.as_ref()?;
        Some(Base {
            position: *position,
            state,
        })
    }

    fn tail(&self) -> impl Iterator<Item = Result<Cow<'_, [u8]>, Infallible>> {
        self.blocks
            .iter()
            .map(|block| Ok(Cow::from(block.as_slice())))
    }
}
