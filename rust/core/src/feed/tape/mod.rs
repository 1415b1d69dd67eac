//! The first version of our own recording, of one instrument: four bytes a level, checked block by
//! block. [`crate::tape`] is written now; this one is read.
//!
//! ```text
//! tape   := header block*
//! header := magic(8) version:u16 0:u16 length:u32 body crc:u32
//! body   := symbol kind:u8 tick lot multiplier min_notional maker:i64 taker:i64
//!           snapshots:u64 depths:u64 trades:u64 quotes:u64 levels:u64 first_ns:i64 last_ns:i64
//! block  := "TCBK" length:u32 records:u32 first_record:u64 crc:u32 header_crc:u32 record*
//! ```
//!
//! Integers are little endian; texts are a length byte and UTF-8; decimals are texts. Both CRCs of
//! a block and the one of the header are CRC-32, so every single changed bit is noticed. Records
//! hold differences to the record before, as variable-length integers (see `record.rs`); the first
//! of a block refers to zero, so a block reads without the others. Records are numbered from 1.
//! Times are from 1970 on, prices and quantities below 2⁶²: a block with others is damaged.
//!
//! A reader meets a damaged block with one error that names it, and goes on with the next.

mod header;
mod reader;
mod record;
mod varint;
mod writer;

pub(crate) use header::Fields;
pub use header::{Contents, TapeError, VERSION};
pub use reader::TapeReader;
pub use writer::TapeWriter;

#[cfg(test)]
mod tests;
