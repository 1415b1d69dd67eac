//! Why a journal does not open, write or read.

use std::io;

use crate::segment::VERSION;

/// Why a journal does not open, write or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The system says no.
    #[error("{action}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// Somebody writes to it.
    #[error("a journal has one writer: another process or object has it open")]
    Taken,
    /// Both copies of a header are damaged, or it is another kind of file.
    #[error("a segment has a header it was made with: {file}, offsets 0 and 4096")]
    Header {
        /// Which file.
        file: String,
    },
    /// Written by another version.
    #[error("a segment must be of version {VERSION}: version={version}, {file}, offset 8")]
    Version {
        /// What it says.
        version: u32,
        /// Which file.
        file: String,
    },
    /// A file of another journal, or of another place in it.
    #[error("files of a journal belong together: {file} has {what} {found}, not {expected}")]
    Foreign {
        /// Which file.
        file: String,
        /// What differs.
        what: &'static str,
        /// What should be there.
        expected: u64,
        /// What is.
        found: u64,
    },
    /// A file is not there.
    #[error("segments of a journal are numbered without a gap: {file} is missing")]
    Missing {
        /// Which.
        file: String,
    },
    /// What somebody was told is written is not there any more.
    #[error(
        "what was acknowledged is never cut off: record {sequence} is damaged and {witness} says \
         that it was written, {file}, offset {offset}"
    )]
    Damaged {
        /// The first record that is not there.
        sequence: u64,
        /// What proves that it was.
        witness: &'static str,
        /// Which file.
        file: String,
        /// Where the block with the record begins.
        offset: u64,
    },
    /// No snapshot is whole, and older segments were released.
    #[error("a journal without its first segments has a snapshot: {0} are there, none is whole")]
    Snapshot(usize),
    /// Older records were let go.
    #[error(
        "records behind {after} are told as long as they are there: the first there is {first}"
    )]
    Released {
        /// Behind which record.
        after: u64,
        /// The first that is there.
        first: u64,
    },
    /// Commands lead to another state than they did.
    #[error(
        "commands lead to the state they led to: hash {stated:032x} is {found:032x}, record \
         {position}"
    )]
    State {
        /// Behind which record.
        position: u64,
        /// What was written.
        stated: u128,
        /// What came of a replay.
        found: u128,
    },
    /// Too much waits to be written; nothing was changed, ask again.
    #[error("at most {most} bytes of commands wait for the disk: BUSY, {waiting} wait")]
    Busy {
        /// Bytes that wait.
        waiting: usize,
        /// As many as may.
        most: usize,
    },
    /// No space is left; nothing was changed.
    #[error("a journal needs space for another segment: {0}")]
    Full(String),
    /// No space is left but what is kept back for whatever takes risk away; nothing was changed.
    #[error(
        "a full disk takes nothing but what takes risk away: STORAGE_RESERVE, {left} bytes are \
         left and {kept} kept back"
    )]
    Reserve {
        /// Bytes of segments that are left.
        left: u64,
        /// As many as are kept back.
        kept: u64,
    },
    /// Too much for one record.
    #[error("a record has at most {most} bytes: {bytes}")]
    TooLarge {
        /// As many as it has.
        bytes: usize,
        /// As many as it may have.
        most: usize,
    },
    /// Settings that cannot work.
    #[error("{0}")]
    Options(String),
    /// Something went wrong before, and nobody knows what is on the disk.
    #[error("nothing is written after an error: {0}; open the journal again")]
    Stopped(String),
    /// It was closed.
    #[error("a closed journal is not written")]
    Closed,
}

impl JournalError {
    /// Says what was tried.
    pub(crate) fn of(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }
}
