//! What a log leads to: an engine, and the answers it gave under a name.

use std::sync::Arc;

use tradecore_core::instrument::Instrument;
use tradecore_core::matching::{Command, Engine, NewOrder, Report, Sink, SnapshotError, Terms};
use tradecore_core::reject::RejectCode;

use crate::answers::{Answer, Answers, AnswersError, Ear, Heard, Hearing, Key, Row, payload};
use crate::listings;
use crate::record::{Entry, Listing, Name, RecordError};
use crate::strategies::Strategies;

/// Where the length of an engine's state stands in it.
const LENGTH_AT: usize = 12;

/// Why bytes are no state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The part that is of the engine.
    #[error(transparent)]
    Engine(#[from] SnapshotError),
    /// The instruments that were listed, or the strategies that were named.
    #[error(transparent)]
    Listings(#[from] RecordError),
    /// The part behind it.
    #[error(transparent)]
    Answers(#[from] AnswersError),
}

/// What is known of a name that comes again.
pub(crate) enum Recalled<'a> {
    /// It asks for the same: what was answered.
    Same(&'a Answer),
    /// It asks for something else.
    Other,
}

/// An engine and the answers it gave under a name: all that a log leads to.
#[derive(Clone, Debug)]
pub struct Replica {
    engine: Engine,
    /// The engine's last instruments: those it was not begun with.
    listings: Vec<Listing>,
    strategies: Strategies,
    answers: Answers,
}

impl Replica {
    /// Empty books.
    pub(crate) fn new(instruments: Vec<Arc<Instrument>>) -> Self {
        Self {
            engine: Engine::new(instruments),
            listings: Vec::new(),
            strategies: Strategies::default(),
            answers: Answers::default(),
        }
    }

    /// What [`Self::snapshot`] wrote, over the same instruments.
    pub(crate) fn restore(
        mut instruments: Vec<Arc<Instrument>>,
        state: &[u8],
    ) -> Result<Self, StateError> {
        let length = state.get(LENGTH_AT..).and_then(<[u8]>::first_chunk);
        let length = length.map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let end = usize::try_from(length).unwrap_or(usize::MAX);
        // Of bytes that are none the engine says what is wrong.
        let (engine, rest) = state.split_at_checked(end).unwrap_or((state, &[]));
        let (listings, rest) = listings::read(rest)?;
        let (strategies, answers) = Strategies::read(rest)?;
        let listed = listings.iter().map(|one| Arc::clone(&one.instrument));
        instruments.extend(listed);
        Ok(Self {
            engine: Engine::restore(instruments, engine)?,
            listings,
            strategies,
            answers: Answers::read(answers)?,
        })
    }

    /// Appends the whole state to `out`.
    pub(crate) fn snapshot(&self, out: &mut Vec<u8>) {
        self.engine.snapshot(out);
        listings::write(&self.listings, out);
        self.strategies.write(out);
        self.answers.write(out);
    }

    /// The engine, to look into.
    #[inline]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The instruments it was begun with.
    pub fn begun_with(&self) -> &[Arc<Instrument>] {
        let all = self.engine.instruments();
        &all[..all.len().saturating_sub(self.listings.len())]
    }

    /// Those that were listed since, in the order of their dense indices.
    pub fn listings(&self) -> &[Listing] {
        &self.listings
    }

    /// The strategies that were named.
    pub const fn strategies(&self) -> &Strategies {
        &self.strategies
    }

    /// As many answers to ended orders as are kept; 0 when none are.
    pub const fn answers_kept(&self) -> u32 {
        self.answers.most()
    }

    /// 128 bits that are equal for equal states: those of the engine where no answers are kept and
    /// no strategy was named.
    pub fn state_hash(&self) -> u128 {
        let beside = self.answers.hash().wrapping_add(self.strategies.hash());
        self.engine.state_hash().wrapping_add(beside)
    }

    /// Executes one command.
    #[inline]
    pub(crate) fn apply<S: Sink>(&mut self, command: &Command, out: &mut S) -> u64 {
        let answers = &mut self.answers;
        self.engine.apply(command, &mut Ear { out, answers })
    }

    /// Places an order whose name nobody asked under, as far as is known.
    pub(crate) fn apply_named<S: Sink>(
        &mut self,
        order: &NewOrder,
        terms: &Terms,
        name: Name<'_>,
        sequence: u64,
        out: &mut S,
    ) -> u64 {
        let (engine, answers) = (&mut self.engine, &mut self.answers);
        let mut ear = Ear { out, answers };
        if !ear.answers.is_on() {
            return engine.apply_named(order, terms, name.as_str(), &mut ear);
        }
        let mut heard = Heard::default();
        let mut hearing = Hearing {
            ear,
            heard: &mut heard,
        };
        let order_id = engine.apply_named(order, terms, name.as_str(), &mut hearing);
        let lives = engine.order_by_client_id(order.account, name.as_str()) == Some(order_id);
        let answer = Answer {
            payload: payload(order, terms),
            order_id,
            sequence,
            timestamp_ns: engine.now_ns(),
            rows: heard.rows.into(),
        };
        let key = Key::new(order.account, name);
        self.answers.remember(key, answer, lives);
        order_id
    }

    /// Keeps so many answers to ended orders from now on.
    pub(crate) fn keep_answers(&mut self, most: u32) {
        self.answers.keep(most);
    }

    /// Keeps accounts; what the engine has against it.
    pub(crate) fn keep_accounts(
        &mut self,
        terms: &[tradecore_core::risk::SymbolTerms],
    ) -> Result<(), RejectCode> {
        self.engine.keep_accounts(terms)
    }

    /// Lists an instrument; what the engine has against it.
    pub(crate) fn list(&mut self, listing: Listing) -> Result<u32, RejectCode> {
        let instrument = Arc::clone(&listing.instrument);
        let index = self.engine.list(instrument, &listing.terms)?;
        self.listings.push(listing);
        Ok(index)
    }

    /// The number of an account's strategy; 0 where the account named as many as it may.
    pub(crate) fn name_strategy(&mut self, account: u32, name: Name<'_>) -> u32 {
        self.strategies.name(account, name)
    }

    /// Executes what a record says.
    pub(crate) fn execute<S: Sink>(&mut self, sequence: u64, entry: &Entry<'_>, out: &mut S) {
        match entry {
            Entry::Command(command) => {
                self.apply(command, out);
            }
            Entry::Named(order, terms, name) => {
                self.apply_named(order, terms, *name, sequence, out);
            }
            Entry::KeepAccounts(terms) => {
                // What was refused then is refused now, and changes nothing.
                let _: Result<(), _> = self.engine.keep_accounts(terms);
            }
            Entry::KeepAnswers(most) => self.answers.keep(*most),
            Entry::List(listing) => {
                // As with terms.
                let _: Result<_, _> = self.list(Listing::clone(listing));
            }
            Entry::Strategy(account, name) => {
                // As with terms.
                self.name_strategy(*account, *name);
            }
            Entry::Note(_) => {}
        }
    }

    /// What is known of a name, if anything.
    pub(crate) fn recall(
        &self,
        order: &NewOrder,
        terms: &Terms,
        name: Name<'_>,
    ) -> Option<Recalled<'_>> {
        if !self.answers.is_on() {
            return None;
        }
        let answer = self.answers.find(Key::new(order.account, name))?;
        Some(if answer.payload == payload(order, terms) {
            Recalled::Same(answer)
        } else {
            Recalled::Other
        })
    }

    /// Whether an order was placed under this name, as far back as answers are kept.
    pub(crate) fn knows(&self, account: u32, name: Name<'_>) -> bool {
        self.answers.find(Key::new(account, name)).is_some()
    }
}

/// The refusal of an order under a name that stands for another: nothing happened, so it is not
/// counted and of no order.
pub(crate) fn refusal(order: &NewOrder) -> Row {
    let report = Report {
        price: order.price,
        qty: order.qty,
        account: order.account,
        symbol: order.symbol,
        exec_type: tradecore_core::matching::ExecType::Rejected as u8,
        status: tradecore_core::matching::OrderStatus::Rejected as u8,
        side: order.side as u8,
        reject: RejectCode::DuplicateClientOrderId as u16,
        ..Report::default()
    };
    Row { report, cost: 0 }
}
