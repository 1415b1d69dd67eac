//! The one door to an engine whose commands are written down first.

use std::sync::Arc;

use tradecore_core::instrument::Instrument;
use tradecore_core::matching::{Command, Control, Engine, NewOrder, Sink, Terms};
use tradecore_core::risk::SymbolTerms;

use crate::gate::Gate;
use crate::log::{Base, Block, CommandLog};
use crate::outcome::{KeepError, NamingError, NoteError, Placed};
use crate::record::{self, Listing, Name};
use crate::replay::{self, ReplayError};
use crate::replica::{Recalled, Replica, refusal};

/// An engine and the log of everything it was told.
///
/// A command is appended, executed, and what came of it let out once its record is durable: at
/// once, or by [`Self::release`].
#[derive(Clone, Debug)]
pub struct Sequencer<L> {
    replica: Replica,
    log: L,
    gate: Gate,
    /// Room for a record; empty between commands.
    record: Vec<u8>,
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
        let replica = Self::replay(instruments, &log, out)?;
        Ok(Self {
            replica,
            log,
            gate: Gate::default(),
            record: Vec::new(),
        })
    }

    /// The state a log leads to; what the commands behind its base caused goes to `out`.
    ///
    /// # Errors
    ///
    /// [`ReplayError`] when the log cannot be read, or is none of these instruments.
    pub fn replay<S: Sink>(
        instruments: Vec<Arc<Instrument>>,
        log: &L,
        out: &mut S,
    ) -> Result<Replica, ReplayError<L::Error>> {
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
        let position = self.write(relieves(command))?;
        let id = if self.is_durable(position, out) {
            self.replica.apply(command, out)
        } else {
            let mut held = self.gate.hold(position);
            self.replica.apply(command, &mut held)
        };
        self.keep_short()?;
        Ok(id)
    }

    /// Places `order` under the caller's own name, or tells again what was answered to it.
    ///
    /// # Errors
    ///
    /// The log's; then nothing was executed.
    pub fn place<S: Sink>(
        &mut self,
        order: &NewOrder,
        terms: &Terms,
        name: Name<'_>,
        out: &mut S,
    ) -> Result<Placed, L::Error> {
        if let Some(placed) = self.recall(order, terms, name, out) {
            return Ok(placed);
        }
        self.place_new(order, terms, name, out)
    }

    /// Places `order` under a name of which no answer is known.
    pub(crate) fn place_new<S: Sink>(
        &mut self,
        order: &NewOrder,
        terms: &Terms,
        name: Name<'_>,
        out: &mut S,
    ) -> Result<Placed, L::Error> {
        record::encode_named(self.next(), order, terms, name, &mut self.record);
        let sequence = self.write(false)?;
        let order_id = if self.is_durable(sequence, out) {
            self.replica.apply_named(order, terms, name, sequence, out)
        } else {
            let mut held = self.gate.hold(sequence);
            self.replica
                .apply_named(order, terms, name, sequence, &mut held)
        };
        self.keep_short()?;
        Ok(Placed {
            order_id,
            sequence,
            timestamp_ns: self.engine().now_ns(),
            is_duplicate: false,
        })
    }

    /// Tells what was answered under a name, where answers are kept and one is known: the same
    /// again to the same order, a refusal to another. Nothing is written and nothing happens.
    pub(crate) fn recall<S: Sink>(
        &mut self,
        order: &NewOrder,
        terms: &Terms,
        name: Name<'_>,
        out: &mut S,
    ) -> Option<Placed> {
        let refused = refusal(order);
        let (rows, placed) = match self.replica.recall(order, terms, name)? {
            Recalled::Same(answer) => (
                &*answer.rows,
                Placed {
                    order_id: answer.order_id,
                    sequence: answer.sequence,
                    timestamp_ns: answer.timestamp_ns,
                    is_duplicate: true,
                },
            ),
            Recalled::Other => (
                std::slice::from_ref(&refused),
                Placed {
                    order_id: 0,
                    sequence: 0,
                    timestamp_ns: self.replica.engine().now_ns(),
                    is_duplicate: false,
                },
            ),
        };
        // Behind everything that waits, so that what is told stays in order.
        let position = self.log.position();
        if position <= self.log.durable() {
            self.gate.release(position, out);
            for row in rows {
                out.push(row.report, || row.cost);
            }
        } else {
            let mut held = self.gate.hold(position);
            for row in rows {
                held.push(row.report, || row.cost);
            }
        }
        Some(placed)
    }

    /// Whether an answer is known under this name.
    pub fn knows(&self, account: u32, name: Name<'_>) -> bool {
        self.replica.knows(account, name)
    }

    /// Keeps so many answers to named orders that ended, and those to all that live; with 0 none.
    /// Nothing is written where it is so already.
    ///
    /// # Errors
    ///
    /// The log's; then nothing was changed.
    pub fn keep_answers(&mut self, most: u32) -> Result<(), L::Error> {
        if most == self.replica.answers_kept() {
            return Ok(());
        }
        record::encode_answers(self.next(), most, &mut self.record);
        self.write(false)?;
        self.replica.keep_answers(most);
        Ok(())
    }

    /// Writes down something the engine does not know of, in its place among the commands; answers
    /// its sequence. `relieves` is as in [`Block::relieves`].
    ///
    /// # Errors
    ///
    /// [`NoteError`]; then nothing was written.
    pub fn note(&mut self, note: &[u8], relieves: bool) -> Result<u64, NoteError<L::Error>> {
        record::encode_note(self.next(), note, &mut self.record).map_err(NoteError::TooLarge)?;
        self.write(relieves).map_err(NoteError::Log)
    }

    /// The number of an account's strategy, written down where it is named for the first time.
    ///
    /// # Errors
    ///
    /// [`NamingError`]; then nothing was written.
    pub fn name_strategy(
        &mut self,
        account: u32,
        name: Name<'_>,
    ) -> Result<u32, NamingError<L::Error>> {
        let known = self.replica.strategies();
        if let Some(number) = known.find(account, name.as_str()) {
            return Ok(number);
        }
        if !known.has_room(account) {
            return Err(NamingError::TooMany);
        }
        record::encode_strategy(self.next(), account, name, &mut self.record);
        self.write(false).map_err(NamingError::Log)?;
        Ok(self.replica.name_strategy(account, name))
    }

    /// Tells the time; nothing is written where it is not later than before.
    ///
    /// # Errors
    ///
    /// The log's; then nothing happened.
    #[inline]
    pub fn advance_time<S: Sink>(&mut self, now_ns: i64, out: &mut S) -> Result<(), L::Error> {
        if now_ns > self.engine().now_ns() {
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
        self.write(false).map_err(KeepError::Log)?;
        let kept = self.replica.keep_accounts(terms);
        kept.map_err(KeepError::Refused)
    }

    /// Lists an instrument behind all others; answers its dense index.
    ///
    /// # Errors
    ///
    /// [`KeepError`]; then nothing was written and nothing happened.
    pub fn list(&mut self, listing: Listing) -> Result<u32, KeepError<L::Error>> {
        let allowed = self.engine().may_list(&listing.instrument, &listing.terms);
        allowed.map_err(KeepError::Refused)?;
        let encoded = record::encode_listing(self.next(), &listing, &mut self.record);
        encoded.map_err(KeepError::TooLarge)?;
        self.write(false).map_err(KeepError::Log)?;
        self.replica.list(listing).map_err(KeepError::Refused)
    }

    /// All that the log leads to.
    pub const fn replica(&self) -> &Replica {
        &self.replica
    }

    /// Lets out what became durable since; to be called when the log says so.
    pub fn release<S: Sink>(&mut self, out: &mut S) {
        self.gate.release(self.log.durable(), out);
    }

    /// The engine, to look into.
    #[inline]
    pub const fn engine(&self) -> &Engine {
        self.replica.engine()
    }

    /// As many answers to ended orders as are kept; 0 when none are.
    pub const fn answers_kept(&self) -> u32 {
        self.replica.answers_kept()
    }

    /// Of all that a replay leads to: see [`Replica::state_hash`].
    pub fn state_hash(&self) -> u128 {
        self.replica.state_hash()
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
        let instruments = self.replica.begun_with().to_vec();
        let again = Self::replay(instruments, &self.log, &mut replay::Nobody)?;
        Ok(again.state_hash() == self.state_hash())
    }

    /// Writes down which state the commands so far lead to, for every later replay to compare.
    ///
    /// # Errors
    ///
    /// The log's.
    pub fn mark(&mut self) -> Result<(), L::Error> {
        self.log.mark(self.replica.state_hash())
    }

    /// The sequence of the next record.
    #[inline]
    fn next(&self) -> u64 {
        self.log.position() + 1
    }

    /// Appends the record that was made, and answers its position.
    #[inline]
    fn write(&mut self, relieves: bool) -> Result<u64, L::Error> {
        let appended = self.log.append(Block {
            first: self.log.position() + 1,
            count: 1,
            bytes: &self.record,
            relieves,
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
        if self.log.wants_hash() {
            self.log.mark(self.replica.state_hash())?;
        }
        Ok(())
    }

    #[cold]
    fn rebase(&mut self) -> Result<(), L::Error> {
        let mut state = Vec::new();
        self.replica.snapshot(&mut state);
        self.log.rebase(Base {
            position: self.log.position(),
            state: state.into(),
        })
    }
}

/// Whether a command takes risk away or stops trading: it may use what is kept back of a full disk.
#[inline]
pub const fn relieves(command: &Command) -> bool {
    match command {
        Command::Cancel { .. }
        | Command::CancelAll(_)
        | Command::SetPhase { .. }
        | Command::AdvanceTime { .. }
        | Command::Control(Control::SetState { .. } | Control::SetLimits { .. }) => true,
        Command::New(_)
        | Command::NewWith(..)
        | Command::Modify { .. }
        | Command::SetBands { .. }
        | Command::SetReference { .. }
        | Command::Control(
            Control::Seat { .. }
            | Control::Deposit { .. }
            | Control::Withdraw { .. }
            | Control::SetMark { .. }
            | Control::StartDay,
        ) => false,
    }
}
