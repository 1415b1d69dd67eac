//! Why something is no record, or cannot become one.

use super::{RECORD_BYTES_MAX, VERSION};

/// Why bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It goes on beyond the end.
    #[error("a record has all its bytes: {needed} needed, {left} left")]
    Short {
        /// Bytes it takes.
        needed: usize,
        /// Bytes there are.
        left: usize,
    },
    /// It says a length that none has.
    #[error("a record has at most {RECORD_BYTES_MAX} bytes and a header: length={0}")]
    Length(usize),
    /// A byte is another one than was written.
    #[error("a record has the checksum it was written with: says {stated:08x}, has {found:08x}")]
    Checksum {
        /// What it says.
        stated: u32,
        /// Of what was read.
        found: u32,
    },
    /// Written by another version.
    #[error("a record must be of version {VERSION}: version={0}")]
    Version(u8),
    /// A kind nobody wrote.
    #[error("a record is of a known kind: kind={0}")]
    Kind(u8),
    /// A number that stands for nothing.
    #[error("{rule}: {value}")]
    Rule {
        /// What must hold.
        rule: &'static str,
        /// What was found.
        value: u64,
    },
}

/// Why something does not fit into a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at most {most} {unit}: {count}")]
pub struct TooLarge {
    /// The rule.
    pub what: &'static str,
    /// What is counted.
    pub unit: &'static str,
    /// As many as there may be.
    pub most: usize,
    /// As many as there are.
    pub count: usize,
}
