//! The log itself, as its owner has it.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tradecore_core::instrument::Instrument;

use super::blocks::Blocks;
use super::inbox::Shared;
use super::open::open;
use super::writer::Appender;
use super::{Ack, JournalError, JournalOptions, Reader, Writing, snapshot};
use crate::disk::Disk;
use crate::log::{Base, Block, CommandLog, Piece};

/// Commands on a disk.
///
/// Above a limit of bytes that wait it refuses with [`JournalError::Busy`], and nothing is dropped.
/// After an error of the disk nothing is written or let out any more: an unknown part may be there,
/// and only opening it again finds out.
pub struct DurableLog<D: Disk> {
    /// `None` when closed: whoever comes next may have it.
    disk: Option<D>,
    options: JournalOptions,
    shared: Arc<Shared>,
    /// Of a journal that is written inline.
    inline: Option<Mutex<Appender<D>>>,
    threads: Vec<JoinHandle<()>>,
    position: u64,
    torn_bytes: u64,
    /// Bytes of records since the state was last said.
    unmarked_bytes: u64,
    is_closed: bool,
}

impl<D: Disk> DurableLog<D> {
    /// Makes a journal on an empty disk, or continues the one that is there.
    ///
    /// # Errors
    ///
    /// [`JournalError`] where settings cannot work, a file cannot be read or is none of ours, or
    /// something acknowledged is damaged; then nothing is changed.
    pub fn open(
        disk: D,
        instruments: &[Arc<Instrument>],
        options: JournalOptions,
    ) -> Result<Self, JournalError> {
        options.check()?;
        let opened = open(&disk, instruments, &options)?;
        let (shared, appender) = (opened.shared, opened.appender);
        let mut threads = opened.threads;
        let inline = match options.writing {
            Writing::Inline => Some(Mutex::new(appender)),
            Writing::Beside => {
                let shared = Arc::clone(&shared);
                let writer = thread::Builder::new()
                    .name("journal-writer".to_owned())
                    .spawn(move || appender.run(&shared))
                    .map_err(JournalError::of("start a thread"))?;
                // First, so that it ends first: the others end with it.
                threads.insert(0, writer);
                None
            }
        };
        Ok(Self {
            position: shared.durable(),
            disk: Some(disk),
            options,
            shared,
            inline,
            threads,
            torn_bytes: opened.torn_bytes,
            unmarked_bytes: 0,
            is_closed: false,
        })
    }

    fn disk(&self) -> Result<&D, JournalError> {
        self.disk.as_ref().ok_or(JournalError::Closed)
    }

    /// Waits until a record is on the medium; inline, brings it there.
    ///
    /// # Errors
    ///
    /// [`JournalError::Stopped`] when it never will be.
    pub fn wait(&self, position: u64) -> Result<(), JournalError> {
        if let Some(appender) = &self.inline {
            let mut appender = appender.lock().unwrap_or_else(PoisonError::into_inner);
            appender.drain(&self.shared)?;
        }
        self.shared.wait(position)
    }

    /// Refuses when there is no place for so many bytes of records, as [`Block::relieves`] says.
    ///
    /// # Errors
    ///
    /// [`JournalError`]; nothing was changed.
    pub fn admit(&self, bytes: usize, relieves: bool) -> Result<(), JournalError> {
        if self.is_closed {
            return Err(JournalError::Closed);
        }
        self.shared.admit(bytes, relieves, &self.options)
    }

    /// Somebody who reads without the log.
    ///
    /// # Errors
    ///
    /// [`JournalError::Closed`].
    pub fn reader(&self) -> Result<Reader<D>, JournalError> {
        let disk = self.disk()?.reader();
        let shared = Arc::clone(&self.shared);
        Ok(Reader { disk, shared })
    }

    /// Whom to ask, and for which record, before what came of the commands so far is let out;
    /// nobody where answers do not wait for the disk.
    pub fn pending(&self) -> Option<(Waiter, u64)> {
        let waits = self.options.ack == Ack::Durable;
        waits.then(|| self.unwritten()).flatten()
    }

    /// Whom to ask, and for which record, before every command so far is on the medium, whatever
    /// answers wait for.
    pub fn unwritten(&self) -> Option<(Waiter, u64)> {
        let waits = self.on_medium() < self.position;
        waits.then(|| (self.waiter(), self.position))
    }

    /// Somebody who waits without the log.
    pub fn waiter(&self) -> Waiter {
        Waiter(Arc::clone(&self.shared))
    }

    /// Sequence of the last record that is on the medium, whatever is let out before.
    pub fn on_medium(&self) -> u64 {
        self.shared.durable()
    }

    /// When answers are let out.
    pub const fn ack(&self) -> Ack {
        self.options.ack
    }

    /// Bytes of a torn group that were cut off when it was opened; nobody was told of them.
    pub const fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    /// Writes what waits, ends the threads and lets go of the disk; twice is harmless.
    ///
    /// # Errors
    ///
    /// [`JournalError`] where something could not be written.
    pub fn close(&mut self) -> Result<(), JournalError> {
        if self.is_closed {
            return Ok(());
        }
        self.is_closed = true;
        let drained = self.wait(self.position);
        self.shared.close();
        for thread in self.threads.drain(..) {
            // A thread that panicked is one that stopped.
            drop(thread.join());
        }
        self.inline = None;
        self.disk = None;
        drained
    }
}

impl<D: Disk> Drop for DurableLog<D> {
    fn drop(&mut self) {
        drop(self.close());
    }
}

/// Somebody who waits for the disk.
#[derive(Clone)]
pub struct Waiter(Arc<Shared>);

impl Waiter {
    /// Waits until a record is on the medium.
    ///
    /// # Errors
    ///
    /// [`JournalError::Stopped`] when it never will be.
    pub fn wait(&self, position: u64) -> Result<(), JournalError> {
        self.0.wait(position)
    }

    /// Waits for anything behind a record to be on the medium; answers whether something is.
    pub fn wait_beyond(&self, position: u64, patience: Duration) -> bool {
        self.0.wait_beyond(position, patience)
    }

    /// Sequence of the last record that is on the medium.
    pub fn on_medium(&self) -> u64 {
        self.0.durable()
    }

    /// The same, as long as there may ever be more.
    ///
    /// # Errors
    ///
    /// [`JournalError::Stopped`] when nothing is written any more.
    pub fn check(&self) -> Result<u64, JournalError> {
        self.0.check()
    }

    /// Has somebody called by the writer's thread after each group, and when it stops; in place of
    /// who was called before. `None` calls nobody.
    pub fn call(&self, call: Option<Box<dyn Fn() + Send + Sync>>) {
        self.0.set_call(call);
    }
}

impl<D: Disk> CommandLog for DurableLog<D> {
    type Error = JournalError;

    fn append(&mut self, block: Block<'_>) -> Result<u64, JournalError> {
        assert!(
            block.first == self.position + 1,
            "Invariant: records of a log are numbered without a gap"
        );
        if self.is_closed {
            return Err(JournalError::Closed);
        }
        self.shared.put(block, &self.options)?;
        self.unmarked_bytes += block.bytes.len() as u64;
        self.position = block.last();
        Ok(self.position)
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn durable(&self) -> u64 {
        match self.options.ack {
            Ack::Durable => self.shared.durable(),
            Ack::Memory => self.position,
        }
    }

    fn is_long(&self) -> bool {
        false
    }

    fn rebase(&mut self, _: Base<'_>) -> Result<(), JournalError> {
        // Its own shadow does.
        Ok(())
    }

    fn wants_hash(&self) -> bool {
        self.unmarked_bytes >= self.options.snapshot_bytes
    }

    fn mark(&mut self, state_hash: u128) -> Result<(), JournalError> {
        if self.is_closed {
            return Err(JournalError::Closed);
        }
        self.unmarked_bytes = 0;
        self.shared.mark(self.position + 1, state_hash);
        Ok(())
    }

    fn base(&self) -> Result<Option<Base<'_>>, JournalError> {
        let newest = snapshot::newest(self.disk()?, self.position)?;
        Ok(newest.map(|(head, state)| Base {
            position: head.position,
            state: state.into(),
        }))
    }

    fn tail(&self, after: u64) -> impl Iterator<Item = Result<Piece<'_>, JournalError>> {
        let waited = self.wait(self.position);
        let blocks = waited.and_then(|()| Blocks::new(self.disk()?, after));
        let mut source = Some(blocks);
        std::iter::from_fn(move || match source.as_mut()? {
            Ok(blocks) => blocks.next(self.position).transpose(),
            Err(_) => source.take().and_then(Result::err).map(Err),
        })
    }
}
