//! The shadow of an engine: it lives on what is on the disk, and snapshots are taken of it.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};

use tradecore_core::instrument::Instrument;

use super::JournalError;
use super::background;
use super::blocks::{Blocks, first_block};
use super::file::read;
use super::holds::Holds;
use super::inbox::Shared;
use super::snapshot::{self, SnapshotHead};
use super::survey::numbers;
use crate::disk::Disk;
use crate::log::Base;
use crate::replay::{self, Nobody, ReplayError};
use crate::replica::Replica;
use crate::segment::{Digest, SegmentHead};

/// A block behind which the state is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) salt: u64,
    pub(super) position: u64,
    pub(super) block: u64,
    pub(super) digest: Digest,
    pub(super) state_hash: u128,
}

/// Who is told of marks.
pub(super) enum Shadow<D: Disk> {
    /// A thread; a mark it has no time for is passed over.
    Beside(SyncSender<Mark>),
    /// Done at once.
    Inline(Painter<D>),
}

impl<D: Disk> Shadow<D> {
    /// A thread that takes snapshots until nobody tells it of marks any more.
    pub(super) fn beside(
        painter: Painter<D>,
        shared: Weak<Shared>,
    ) -> io::Result<(Self, JoinHandle<()>)> {
        let (send, marks): (_, Receiver<Mark>) = sync_channel(1);
        let thread = thread::Builder::new()
            .name("journal-shadow".to_owned())
            .spawn(move || {
                background::give_way();
                for mark in marks {
                    if let Err(error @ JournalError::State { .. }) = painter.paint(&mark)
                        && let Some(shared) = shared.upgrade()
                    {
                        shared.stop(error.to_string());
                    }
                }
            })?;
        Ok((Self::Beside(send), thread))
    }

    /// A block with a state hash is on the medium.
    ///
    /// # Errors
    ///
    /// [`JournalError::State`]; a snapshot that cannot be written costs no more than itself.
    pub(super) fn tell(&self, mark: Mark) -> Result<(), JournalError> {
        match self {
            Self::Beside(marks) => drop(marks.try_send(mark)),
            Self::Inline(painter) => {
                if let Err(error @ JournalError::State { .. }) = painter.paint(&mark) {
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

/// Who takes snapshots.
#[derive(Clone)]
pub(super) struct Painter<D> {
    pub(super) disk: D,
    pub(super) instruments: Vec<Arc<Instrument>>,
    pub(super) holds: Arc<Holds>,
    pub(super) keeps_all: bool,
}

impl<D: Disk> Painter<D> {
    /// Replays the disk up to a mark, compares, and puts the state in the place of what led to it.
    pub(super) fn paint(&self, mark: &Mark) -> Result<(), JournalError> {
        let replica = self.replay(mark)?;
        let mut state = Vec::new();
        replica.snapshot(&mut state);
        drop(replica);
        let head = SnapshotHead {
            salt: mark.salt,
            position: mark.position,
            block: mark.block,
            digest: mark.digest,
            state_hash: mark.state_hash,
        };
        snapshot::store(&self.disk, &head, &state)?;
        let again = read(&self.disk, &snapshot::name(mark.position))?;
        let restored = snapshot::parse(&again)
            .filter(|(said, _)| *said == head)
            .and_then(|(_, state)| Replica::restore(self.instruments.clone(), state).ok());
        let found = restored.map_or(0, |replica| replica.state_hash());
        Self::compare(mark, found)?;
        if let Some(position) = snapshot::thin(&self.disk, self.holds.least())?
            && !self.keeps_all
        {
            self.release(position)?;
        }
        Ok(())
    }

    fn replay(&self, mark: &Mark) -> Result<Replica, JournalError> {
        let base = snapshot::newest(&self.disk, mark.position)?;
        let base = base.map(|(head, state)| Base {
            position: head.position,
            state: state.into(),
        });
        let begun = replay::begin(self.instruments.clone(), base);
        let (mut replica, mut last) = begun.map_err(stopped)?;
        let mut blocks = Blocks::new(&self.disk, last)?;
        while let Some(piece) = blocks.next(mark.position)? {
            replay::follow(&mut replica, &mut last, &piece, &mut Nobody).map_err(stopped)?;
        }
        if last != mark.position {
            let (stated, found) = (mark.position, last);
            return Err(stopped(ReplayError::Cut { stated, found }));
        }
        Self::compare(mark, replica.state_hash())?;
        Ok(replica)
    }

    fn compare(mark: &Mark, found: u128) -> Result<(), JournalError> {
        if mark.state_hash == found {
            return Ok(());
        }
        Err(JournalError::State {
            position: mark.position,
            stated: mark.state_hash,
            found,
        })
    }

    /// Takes away segments that hold nothing behind a position.
    fn release(&self, position: u64) -> Result<(), JournalError> {
        let names = self
            .disk
            .list()
            .map_err(JournalError::of("list the files of a journal"))?;
        for pair in numbers(&names)?.windows(2) {
            let found = first_block(&self.disk, pair[1])?;
            if found.is_none_or(|head| head.first > position + 1) {
                break;
            }
            self.disk
                .remove(&SegmentHead::name(pair[0]))
                .map_err(JournalError::of("remove an old segment"))?;
        }
        Ok(())
    }
}

fn stopped(error: ReplayError<JournalError>) -> JournalError {
    match error {
        ReplayError::Log(error) => error,
        ReplayError::State {
            position,
            stated,
            found,
        } => JournalError::State {
            position,
            stated,
            found,
        },
        other => JournalError::Stopped(other.to_string()),
    }
}
