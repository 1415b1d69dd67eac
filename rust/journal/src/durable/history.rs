//! What happened, command by command, for whoever keeps books of it elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tradecore_core::instrument::Instrument;
use tradecore_core::matching::{Engine, Sink};

use super::JournalError;
use super::blocks::Blocks;
use super::inbox::Shared;
use super::snapshot;
use crate::disk::Disk;
use crate::log::{Base, Piece};
use crate::record::Entry;
use crate::replay::{self, Nobody, ReplayError};
use crate::replica::Replica;

/// The commands of a journal behind one of them, with what each caused.
///
/// A replica executes what is on the medium, and nothing else: what is told here is not lost any
/// more, and is the same whenever it is told. The files it still needs are not let go.
pub struct History<D: Disk> {
    shared: Arc<Shared>,
    blocks: Blocks<D>,
    replica: Replica,
    piece: Piece<'static>,
    /// How far the piece was told.
    at: usize,
    /// The last record told.
    last: u64,
    hold: Arc<AtomicU64>,
}

/// Somebody who reads a journal without its log.
pub struct Reader<D: Disk> {
    pub(super) disk: D,
    pub(super) shared: Arc<Shared>,
}

impl<D: Disk> Reader<D> {
    /// The commands behind record `after` and what each caused, told by a replica from the disk.
    ///
    /// # Errors
    ///
    /// [`ReplayError`] where the records behind `after` were let go, or do not lead where they led.
    pub fn history(
        self,
        instruments: Vec<Arc<Instrument>>,
        after: u64,
    ) -> Result<History<D>, ReplayError<JournalError>> {
        let Self { disk, shared } = self;
        shared.wait(after).map_err(ReplayError::Log)?;
        // Before anything is looked for: what is there now stays.
        let hold = shared.holds().hold(after);
        let base = snapshot::newest(&disk, after).map_err(ReplayError::Log)?;
        let base = base.map(|(head, state)| Base {
            position: head.position,
            state: state.into(),
        });
        let (replica, last) = replay::begin(instruments, base)?;
        let mut history = History {
            shared,
            blocks: Blocks::new(&disk, last).map_err(ReplayError::Log)?,
            replica,
            piece: Piece {
                bytes: Vec::new().into(),
                state_hash: None,
            },
            at: 0,
            last,
            hold,
        };
        while history.last < after {
            history.step(&mut Nobody, &mut |_, _, _, _| ())?;
        }
        Ok(history)
    }
}

impl<D: Disk> History<D> {
    /// Sequence of the last command told.
    pub const fn sequence(&self) -> u64 {
        self.last
    }

    /// Waits until there is more to tell; answers whether there is.
    pub fn wait(&self, patience: Duration) -> bool {
        self.shared.wait_beyond(self.last, patience)
    }

    /// Tells the next command and what it caused, with the engine behind it; answers whether there
    /// was one that is on the medium.
    ///
    /// # Errors
    ///
    /// [`ReplayError`] where the journal cannot be read, or does not lead where it led.
    pub fn next<S: Sink>(
        &mut self,
        out: &mut S,
        tell: &mut dyn FnMut(u64, &Entry<'_>, &Engine, &mut S),
    ) -> Result<bool, ReplayError<JournalError>> {
        let is_there = self.last < self.shared.durable();
        if is_there {
            self.step(out, tell)?;
            self.hold.store(self.last, Ordering::Release);
        }
        Ok(is_there)
    }

    /// The next command; it is on the medium.
    fn step<S: Sink>(
        &mut self,
        out: &mut S,
        tell: &mut dyn FnMut(u64, &Entry<'_>, &Engine, &mut S),
    ) -> Result<(), ReplayError<JournalError>> {
        while self.at >= self.piece.bytes.len() {
            let durable = self.shared.durable();
            let next = self.blocks.next(durable).map_err(ReplayError::Log)?;
            self.piece = next.ok_or(ReplayError::Cut {
                stated: durable,
                found: self.last,
            })?;
            self.at = 0;
            self.compare()?;
        }
        let (replica, last) = (&mut self.replica, &mut self.last);
        let rest = &self.piece.bytes[self.at..];
        self.at += replay::next(replica, last, rest, out, tell)?;
        self.compare()
    }

    /// Compares the state with what a block says of it, at the end of the block.
    fn compare(&self) -> Result<(), ReplayError<JournalError>> {
        if self.at < self.piece.bytes.len() {
            return Ok(());
        }
        replay::compare(&self.replica, self.last, self.piece.state_hash)
    }
}
