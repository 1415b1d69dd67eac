//! From a log to the engine that was told it.

use std::sync::Arc;

use tradecore_core::instrument::Instrument;
use tradecore_core::matching::{Engine, Report, Sink};

use crate::log::{Base, CommandLog, Piece};
use crate::record::{self, Entry, RecordError};
use crate::replica::{Replica, StateError};

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
        source: StateError,
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
    /// Records lead to another state than they did.
    #[error(
        "commands lead to the state they led to: hash {stated:032x} is {found:032x}, record \
         {position} of the log"
    )]
    State {
        /// Behind which record.
        position: u64,
        /// What was written down.
        stated: u128,
        /// What came of the replay.
        found: u128,
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
) -> Result<Replica, ReplayError<L::Error>> {
    let base = log.base().map_err(ReplayError::Log)?;
    let (mut replica, mut last) = begin(instruments, base)?;
    for piece in log.tail(last) {
        let piece = piece.map_err(ReplayError::Log)?;
        follow(&mut replica, &mut last, &piece, out)?;
    }
    let stated = log.position();
    if last == stated {
        Ok(replica)
    } else {
        let found = last;
        Err(ReplayError::Cut { stated, found })
    }
}

/// The state before the first record that is not in a base, and the position it is at.
pub(crate) fn begin<E>(
    instruments: Vec<Arc<Instrument>>,
    base: Option<Base<'_>>,
) -> Result<(Replica, u64), ReplayError<E>> {
    let Some(base) = base else {
        return Ok((Replica::new(instruments), 0));
    };
    let position = base.position;
    let replica = Replica::restore(instruments, &base.state)
        .map_err(|source| ReplayError::Base { source, position })?;
    Ok((replica, position))
}

/// Executes the records of a piece, and compares the state with what is written down about it.
pub(crate) fn follow<S: Sink, E>(
    replica: &mut Replica,
    last: &mut u64,
    piece: &Piece<'_>,
    out: &mut S,
) -> Result<(), ReplayError<E>> {
    let mut bytes: &[u8] = &piece.bytes;
    while !bytes.is_empty() {
        let length = next(replica, last, bytes, out, &mut |_, _, _, _| ())?;
        bytes = &bytes[length..];
    }
    compare(replica, *last, piece.state_hash)
}

/// Executes the record at the start of `bytes`, tells it with the engine behind it, and answers
/// how long it is.
pub(crate) fn next<S: Sink, E>(
    replica: &mut Replica,
    last: &mut u64,
    bytes: &[u8],
    out: &mut S,
    tell: &mut dyn FnMut(u64, &Entry<'_>, &Engine, &mut S),
) -> Result<usize, ReplayError<E>> {
    let expected = *last + 1;
    let decoded = record::decode(bytes);
    let (found, entry, length) = decoded.map_err(|source| ReplayError::Record {
        source,
        sequence: expected,
    })?;
    if found != expected {
        return Err(ReplayError::Gap { expected, found });
    }
    replica.execute(found, &entry, out);
    *last = expected;
    tell(found, &entry, replica.engine(), out);
    Ok(length)
}

/// Compares the state behind a record with what is written down about it.
pub(crate) fn compare<E>(
    replica: &Replica,
    position: u64,
    stated: Option<u128>,
) -> Result<(), ReplayError<E>> {
    match stated {
        Some(stated) if stated != replica.state_hash() => Err(ReplayError::State {
            position,
            stated,
            found: replica.state_hash(),
        }),
        _ => Ok(()),
    }
}
