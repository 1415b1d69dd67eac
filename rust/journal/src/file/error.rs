//! Why a file is not written or read.

use std::io;

use super::{MAGIC, PAYLOAD_BYTES_MAX, VERSION};

/// Why a file is not written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
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
    Busy,
    /// It is another kind of file.
    #[error("a journal begins with {MAGIC:02x?}: {0:02x?}, offset 0")]
    Magic([u8; 8]),
    /// Written by another version.
    #[error("a journal must be of version {VERSION}: version={0}, offset 8")]
    Version(u32),
    /// Its header is damaged.
    #[error(
        "a journal has the header it was made with: checksum {stated:08x} is {found:08x}, offset 0"
    )]
    Header {
        /// What it says.
        stated: u32,
        /// Of what was read.
        found: u32,
    },
    /// A record that was written is not there any more.
    #[error(
        "records of a journal are whole and in order: record {sequence} is not, and record \
         {later} behind it is, offset {offset}"
    )]
    Damaged {
        /// Which record.
        sequence: u64,
        /// One that is whole.
        later: u64,
        /// Where the record begins.
        offset: u64,
    },
    /// Too much for one record.
    #[error("a payload has at most {PAYLOAD_BYTES_MAX} bytes: {0}")]
    TooLarge(usize),
    /// An append failed before, and nobody knows what of it was written.
    #[error("nothing is appended after an error: {0}; open the journal again")]
    Stopped(String),
    /// It was closed.
    #[error("a closed journal is not written")]
    Closed,
}

impl FileError {
    /// Says what was tried.
    pub(super) fn of(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }
}
