//! The log of a venue: in memory, or in a folder.

use crate::disk::LocalDisk;
use crate::durable::{DurableLog, JournalError, Waiter};
use crate::log::{Base, Block, CommandLog, Piece};
use crate::memory::MemoryLog;

/// The log of a venue.
///
/// An outcome is at hand as soon as its command is appended; whoever passes it on waits for
/// [`VenueLog::pending`] first, and others may come in between.
pub enum VenueLog {
    /// Lasts as long as the process.
    Memory(MemoryLog),
    /// Outlasts it.
    Local(Box<DurableLog<LocalDisk>>),
}

impl VenueLog {
    /// Refuses when there is no place for so many bytes of records, as [`Block::relieves`] says.
    ///
    /// # Errors
    ///
    /// [`JournalError`]; nothing was changed.
    pub fn admit(&self, bytes: usize, relieves: bool) -> Result<(), JournalError> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Local(log) => log.admit(bytes, relieves),
        }
    }

    /// Whom to ask, and for which record, before what came of the commands so far is passed on.
    pub fn pending(&self) -> Option<(Waiter, u64)> {
        match self {
            Self::Memory(_) => None,
            Self::Local(log) => log.pending(),
        }
    }

    /// The journal, where there is one.
    pub fn local(&self) -> Option<&DurableLog<LocalDisk>> {
        match self {
            Self::Memory(_) => None,
            Self::Local(log) => Some(log),
        }
    }

    /// Writes what waits and lets go of the disk.
    ///
    /// # Errors
    ///
    /// [`JournalError`] where something could not be written.
    pub fn close(&mut self) -> Result<(), JournalError> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Local(log) => log.close(),
        }
    }
}

impl CommandLog for VenueLog {
    type Error = JournalError;

    #[inline]
    fn append(&mut self, block: Block<'_>) -> Result<u64, JournalError> {
        match self {
            Self::Memory(log) => log.append(block).map_err(|never| match never {}),
            Self::Local(log) => log.append(block),
        }
    }

    #[inline]
    fn position(&self) -> u64 {
        match self {
            Self::Memory(log) => log.position(),
            Self::Local(log) => log.position(),
        }
    }

    #[inline]
    fn durable(&self) -> u64 {
        self.position()
    }

    #[inline]
    fn is_long(&self) -> bool {
        match self {
            Self::Memory(log) => log.is_long(),
            Self::Local(log) => log.is_long(),
        }
    }

    fn rebase(&mut self, base: Base<'_>) -> Result<(), JournalError> {
        match self {
            Self::Memory(log) => log.rebase(base).map_err(|never| match never {}),
            Self::Local(log) => log.rebase(base),
        }
    }

    #[inline]
    fn wants_hash(&self) -> bool {
        match self {
            Self::Memory(_) => false,
            Self::Local(log) => log.wants_hash(),
        }
    }

    fn mark(&mut self, state_hash: u128) -> Result<(), JournalError> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Local(log) => log.mark(state_hash),
        }
    }

    fn base(&self) -> Result<Option<Base<'_>>, JournalError> {
        match self {
            Self::Memory(log) => log.base().map_err(|never| match never {}),
            Self::Local(log) => log.base(),
        }
    }

    fn tail(&self, after: u64) -> impl Iterator<Item = Result<Piece<'_>, JournalError>> {
        let (memory, local) = match self {
            Self::Memory(log) => (Some(log.tail(after)), None),
            Self::Local(log) => (None, Some(log.tail(after))),
        };
        let memory = memory.into_iter().flatten();
        let memory = memory.map(|piece| piece.map_err(|never| match never {}));
        memory.chain(local.into_iter().flatten())
    }
}
