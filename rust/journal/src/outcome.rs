//! What a sequencer answers.

use tradecore_core::reject::RejectCode;

use crate::record::TooLarge;

/// What became of an order under the caller's own name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// Its id; 0 where the name stands for another order.
    pub order_id: u64,
    /// Sequence of its command; 0 where there is none.
    pub sequence: u64,
    /// When that was, in nanoseconds since 1970.
    pub timestamp_ns: i64,
    /// Whether it was placed before, and what was answered then is told again.
    pub is_duplicate: bool,
}

/// Why accounts are not kept, or an instrument is not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeepError<E> {
    /// It is too much for a record.
    #[error(transparent)]
    TooLarge(TooLarge),
    /// The log has an error.
    #[error("{0}")]
    Log(E),
    /// The engine refuses.
    #[error("{}", .0.text())]
    Refused(RejectCode),
}

/// Why a strategy has no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NamingError<E> {
    /// The account named as many as it may.
    #[error("an account names at most {} strategies", crate::STRATEGIES_MAX)]
    TooMany,
    /// The log has an error.
    #[error("{0}")]
    Log(E),
}

/// Why a note is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError<E> {
    /// It is too long for a record.
    #[error(transparent)]
    TooLarge(TooLarge),
    /// The log has an error.
    #[error("{0}")]
    Log(E),
}
