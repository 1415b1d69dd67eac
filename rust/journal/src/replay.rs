//! From a log to the engine that was told it.

use std::sync::Arc;

use tradecore_core::instrument::Instrument;
use tradecore_core::matching::{Engine, Report, Sink, SnapshotError};

use crate::log::CommandLog;
use crate::record::{self, Entry, RecordError};

/// Why a log leads to no engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError<E> {
    /// It cannot be read.
    #[error("{0}")]
    Log(E),
    /// Its base is none.
    #[error("{source}, base of the log at sequence {position}")]
    Base {
        /// Why.
        source: SnapshotError,
        /// Where.
        position: u64,
    },
    /// A record is none.
    #[error("{source}, record {sequence} of the log")]
    Record {
        /// Why.
        source: RecordError,
        /// Which.
        sequence: u64,
    },
    /// Records are missing.
    #[error("records of a log follow each other: {expected} is next, {found} comes")]
    Gap {
        /// What should come.
        expected: u64,
        /// What comes.
        found: u64,
    },
    /// The last records are missing.
    #[error("a log ends with its last record: {stated} is the last, {found} was read")]
    Cut {
        /// The position it says.
        stated: u64,
        /// The last record there is.
        found: u64,
    },
}

/// Who listens to nothing.
pub(crate) struct Nobody;

impl Sink for Nobody {
    fn push(&mut self, _: Report, _: impl FnOnce() -> i128) {}
}

/// See [`crate::Sequencer::replay`].
pub(crate) fn replay<L: CommandLog, S: Sink>(
    instruments: Vec<Arc<Instrument>>,
    log: &L,
    out: &mut S,
) -> Result<Engine, ReplayError<L::Error>> {
    let (mut engine, mut last) = match log.base() {
        None => (Engine::new(instruments), 0),
        Some(base) => {
            let position = base.position;
            let engine = Engine::restore(instruments, base.state)
                .map_err(|source| ReplayError::Base { source, position })?;
            (engine, position)
        }
    };
    for piece in log.tail() {
        let piece = piece.map_err(ReplayError::Log)?;
        let mut bytes: &[u8] = &piece;
        while !bytes.is_empty() {
            let expected = last + 1;
            let (found, entry, length) =
                record::decode(bytes).map_err(|source| ReplayError::Record {
                    source,
                    sequence: expected,
                })?;
            if found != expected {
                return Err(ReplayError::Gap { expected, found });
            }
            execute(&mut engine, &entry, out);
            last = expected;
            bytes = &bytes[length..];
        }
    }
    let stated = log.position();
    if last == stated {
        Ok(engine)
    } else {
        let found = last;
        Err(ReplayError::Cut { stated, found })
    }
}

fn execute<S: Sink>(engine: &mut Engine, entry: &Entry<'_>, out: &mut S) {
    match entry {
        Entry::Command(command) => {
            engine.apply(command, out);
        }
        Entry::Named(order, terms, name) => {
            engine.apply_named(order, terms, name.as_str(), out);
        }
        Entry::KeepAccounts(terms) => {
            // What was refused then is refused now, and changes nothing.
            let _: Result<(), _> = engine.keep_accounts(terms);
        }
    }
}
