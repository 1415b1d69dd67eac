//! Our own recording: every kind of market data, of several instruments, in one file.
//!
//! ```text
//! tape   := header block* end?
//! header := magic(8) version:u16 0:u16 length:u32 body crc:u32
//! body   := origin:text count:u32 instrument*
//! instrument := symbol kind:u8 tick lot multiplier min_notional maker:i64 taker:i64
//! block  := "TCB2" length:u32 records:u32 changes:u32 first_record:u64 before_ns:i64 latest_ns:i64
//!           crc:u32 header_crc:u32 0:u32 payload
//! payload := length:uint instrument* column×29 0(16)
//! end    := "TCE2" records:u64 first_ns:i64 last_ns:i64 count:u64×8 crc:u32
//! ```
//!
//! Integers are little endian, `uint` is LEB128; texts are a length byte and UTF-8, decimals are
//! texts. All CRCs are CRC-32. Within a block the records lie column by column, each packed into as
//! few bits as its values need: `column.rs` says how, `sheet.rs` which columns there are. Records
//! are numbered from 1. Times are from 1970 on, prices and quantities below 2⁶².
//!
//! A block reads without the others, so damage costs the block it is in and is told by its place; a
//! tape whose writer was killed is read up to its last whole block; a time is found by halving the
//! file. Whoever reads holds one block, whoever writes one more.

mod block;
mod column;
mod decode;
mod encode;
mod event;
mod fields;
mod merge;
mod player;
mod reader;
mod sheet;
mod store;
mod table;
#[cfg(test)]
mod tests;
mod writer;

pub use block::{Contents, KINDS};
pub use event::{Break, Funding, TapeEvent, TapeSource, Taped};
pub use merge::Merge;
pub use player::TapePlayer;
pub use reader::TapeReader;
pub use store::Store;
pub use table::{INSTRUMENTS_MAX, Table, VERSION};
pub use writer::{RecordError, TapeWriter};

/// Why bytes are no tape that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TapeError {
    /// It does not start like one.
    #[error("a tape starts with its eight magic bytes: found {0:02x?}")]
    NotATape(Vec<u8>),
    /// Written by another version.
    #[error("a tape of version {found} cannot be read: this reader knows version {VERSION}")]
    Version {
        /// The version it names.
        found: u16,
    },
    /// It ends inside its header.
    #[error("a tape's header is complete: it needs {needed} bytes, the data have {found}")]
    Truncated {
        /// Bytes that the header takes.
        needed: usize,
        /// Bytes there are.
        found: usize,
    },
    /// Its header does not add up.
    #[error("a tape's header matches its checksum: stored={stored:08x}, computed={computed:08x}")]
    Corrupt {
        /// The sum in the header.
        stored: u32,
        /// The sum of what it says.
        computed: u32,
    },
    /// Its header says something impossible.
    #[error("a tape's header names instruments that can exist: {0}")]
    Instrument(String),
    /// Its bytes cannot be had.
    #[error("a tape can be read: {0}")]
    Store(String),
}
