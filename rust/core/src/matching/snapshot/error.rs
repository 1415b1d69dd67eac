//! Why bytes are no snapshot.

use crate::matching::snapshot::{MAGIC, VERSION};
use crate::risk;

/// Why bytes are no snapshot of an engine of these instruments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Something else.
    #[error("a snapshot begins with {MAGIC:02x?}: {0:02x?}, byte 0")]
    Magic([u8; 8]),
    /// Written by another version.
    #[error("a snapshot must be of version {VERSION}: version={0}, byte 8")]
    Version(u32),
    /// Cut, or with something behind it.
    #[error("a snapshot is as long as it says: says {stated} bytes, has {found}, byte 12")]
    Length {
        /// What it says.
        stated: u64,
        /// What there is.
        found: u64,
    },
    /// A part goes on beyond the end.
    #[error("a snapshot has all its parts: {needed} more bytes needed, {left} left, byte {at}")]
    Short {
        /// Bytes the part takes.
        needed: u64,
        /// Bytes there are.
        left: u64,
        /// Where.
        at: usize,
    },
    /// Of other instruments.
    #[error("a snapshot is restored over its own instruments: symbol {symbol} differs, byte {at}")]
    Instrument {
        /// Dense index of the first that differs.
        symbol: u32,
        /// Where.
        at: usize,
    },
    /// A number that no engine would have written.
    #[error("{rule}: {value}, byte {at}")]
    Rule {
        /// What must hold.
        rule: &'static str,
        /// What was found.
        value: i128,
        /// Behind which byte at the latest.
        at: usize,
    },
    /// The part that is of risk.
    #[error("{source}, byte {at}")]
    Risk {
        /// Its own reason.
        source: risk::SnapshotError,
        /// Where the part begins.
        at: usize,
    },
    /// The parts do not make up the whole.
    #[error("a snapshot gives the state it was taken of: says {stated:032x}, gives {built:032x}")]
    Hash {
        /// The hash it says.
        stated: u128,
        /// The hash of what was built.
        built: u128,
    },
}
