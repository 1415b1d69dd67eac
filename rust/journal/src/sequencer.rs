//! The one door to an engine whose commands are written down first.

use std::sync::Arc;

use tradecore_core::instrument::Instrument;
use tradecore_core::matching::{Command, Engine, NewOrder, Sink, Terms};
use tradecore_core::reject::RejectCode;
use tradecore_core::risk::SymbolTerms;

use crate::gate::Gate;
use crate::log::{Base, Block, CommandLog};
use crate::record::{self, Name, TooLarge};
use crate::replay::{self, ReplayError};

/// An engine and the log of everything it was told.
///
/// A command is appended, executed, and what came of it let out once its record is durable: at
/// once, or by [`Self::release`].
#[derive(Clone, Debug)]
pub struct Sequencer<L> {
    engine: Engine,
    log: L,
    gate: Gate,
    /// Room for a record; empty between commands.
    record: Vec<u8>,
}

/// Why accounts are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeepError<E> {
    /// There are too many terms for a record.
    #[error(transparent)]
    TooLarge(TooLarge),
    /// The log has an error.
    #[error("{0}")]
    Log(E),
    /// The engine refuses.
    #[error("{}", .0.text())]
    Refused(RejectCode),
}

impl<L: CommandLog> Sequencer<L> {
    /// An engine as the log says; of an empty log one with empty books. What its commands caused
    /// goes to `out` again.
    ///
    /// # Errors
    ///
    /// [`ReplayError`].
    pub fn open<S: Sink>(
        instruments: Vec<Arc<Instrument>>,
        log: L,
        out: &mut S,
    ) -> Result<Self, ReplayError<L::Error>> {
        let engine = Self::replay(instruments, &log, out)?;
        Ok(Self {
            engine,
            log,
            gate: Gate::default(),
            record: Vec::new(),
        })
    }

    /// The engine a log leads to; what the commands behind its base caused goes to `out`.
    ///
    /// # Errors
    ///
    /// [`ReplayError`] when the log cannot be read, or is none of these instruments.
    pub fn replay<S: Sink>(
        instruments: Vec<Arc<Instrument>>,
        log: &L,
        out: &mut S,
    ) -> Result<Engine, ReplayError<L::Error>> {
        replay::replay(instruments, log, out)
    }

    /// Executes one command; answers the id of the order it concerned, 0 for none.
    ///
    /// # Errors
    ///
    /// The log's; then nothing was executed.
    #[inline]
    pub fn apply<S: Sink>(&mut self, command: &Command, out: &mut S) -> Result<u64, L::Error> {
        record::encode(self.next(), command, &mut self.record);
        let position = self.write()?;
        let id = if self.is_durable(position, out) {
            self.engine.apply(command, out)
        } else {
            self.engine.apply(command, &mut self.gate.hold(position))
        };
        self.keep_short()?;
        Ok(id)
    }

    /// Places `order` under the caller's own name.
    ///
    /// # Errors
    ///
    /// The log's; then nothing was executed.
    pub fn apply_named<S: Sink>(
        &mut self,
        order: &NewOrder,
        terms: &Terms,
        name: Name<'_>,
        out: &mut S,
    ) -> Result<u64, L::Error> {
        record::encode_named(self.next(), order, terms, name, &mut self.record);
        let position = self.write()?;
        let text = name.as_str();
        let id = if self.is_durable(position, out) {
            self.engine.apply_named(order, terms, text, out)
        } else {
            let mut held = self.gate.hold(position);
            self.engine.apply_named(order, terms, text, &mut held)
        };
        self.keep_short()?;
        Ok(id)
    }

    /// Tells the time; nothing is written where it is not later than before.
    ///
    /// # Errors
    ///
    /// The log's; then nothing happened.
    #[inline]
    pub fn advance_time<S: Sink>(&mut self, now_ns: i64, out: &mut S) -> Result<(), L::Error> {
        if now_ns > self.engine.now_ns() {
            self.apply(&Command::AdvanceTime { now_ns }, out)?;
        }
        Ok(())
    }

    /// Keeps accounts, as [`Engine::keep_accounts`] does.
    ///
    /// # Errors
    ///
    /// [`KeepError`]; then no accounts are kept.
    pub fn keep_accounts(&mut self, terms: &[SymbolTerms]) -> Result<(), KeepError<L::Error>> {
        record::encode_terms(self.next(), terms, &mut self.record).map_err(KeepError::TooLarge)?;
        self.write().map_err(KeepError::Log)?;
        self.engine.keep_accounts(terms).map_err(KeepError::Refused)
    }

    /// Lets out what became durable since; to be called when the log says so.
    pub fn release<S: Sink>(&mut self, out: &mut S) {
        self.gate.release(self.log.durable(), out);
    }

    /// The engine, to look into.
    #[inline]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The log.
    pub const fn log(&self) -> &L {
        &self.log
    }

    /// The log, for whoever makes it durable.
    pub const fn log_mut(&mut self) -> &mut L {
        &mut self.log
    }

    /// Whether the log leads to the state the engine is in.
    ///
    /// # Errors
    ///
    /// [`ReplayError`] when the log cannot be read.
    pub fn verify(&self) -> Result<bool, ReplayError<L::Error>> {
        let instruments = self.engine.instruments().to_vec();
        let again = Self::replay(instruments, &self.log, &mut replay::Nobody)?;
        Ok(again.state_hash() == self.engine.state_hash())
    }

    /// The sequence of the next record.
    #[inline]
    fn next(&self) -> u64 {
        self.log.position() + 1
    }

    /// Appends the record that was made, and answers its position.
    #[inline]
    fn write(&mut self) -> Result<u64, L::Error> {
        let appended = self.log.append(Block {
            first: self.log.position() + 1,
            count: 1,
            bytes: &self.record,
        });
        self.record.clear();
        appended
    }

    /// Whether what the command at `position` causes may be let out; then all before it is.
    #[inline]
    fn is_durable<S: Sink>(&mut self, position: u64, out: &mut S) -> bool {
        let durable = self.log.durable();
        if !self.gate.is_empty() {
            self.gate.release(durable, out);
        }
        position <= durable
    }

    #[inline]
    fn keep_short(&mut self) -> Result<(), L::Error> {
        if self.log.is_long() {
            self.rebase()?;
        }
        Ok(())
    }

    #[cold]
    fn rebase(&mut self) -> Result<(), L::Error> {
        let mut state = Vec::new();
        self.engine.snapshot(&mut state);
        self.log.rebase(Base {
            position: self.log.position(),
            state: &state,
        })
    }
}
