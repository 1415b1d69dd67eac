//! Records of any kind in a file that only grows.
//!
//! Little-endian. The file begins with 32 bytes: the name of the format (8), its version (4), four
//! zeros, a salt that tells this file from others (8), four zeros, and the CRC-32C of all that (4).
//! Then records:
//!
//! | bytes | what |
//! |--:|---|
//! | 4 | length of the payload |
//! | 4 | CRC-32C of the salt and of every other byte of the record |
//! | 8 | sequence, from 1 without a gap |
//! | 8 | time in nanoseconds since 1970, as the writer was told |
//! | 1 | kind |
//! | … | payload |
//!
//! A process that dies in the middle of a write leaves a torn tail: a last record that is not
//! whole. Nobody was told that it is written, so it is cut off. A record that is not whole with a
//! whole one behind it is damage to what somebody was told: that is refused, with the offset.

mod error;
mod reader;
mod scan;
mod writer;

pub use error::FileError;
pub use reader::FileReader;
pub use writer::FileWriter;

/// The name of the format.
const MAGIC: [u8; 8] = *b"TCJRNL\r\n";
const VERSION: u32 = 1;
/// Bytes before the first record.
const HEADER: usize = 32;
/// Bytes of a record before its payload.
const RECORD: usize = 25;
/// The longest payload.
pub const PAYLOAD_BYTES_MAX: usize = 1 << 20;

/// One record of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRecord<'a> {
    /// From 1 without a gap.
    pub sequence: u64,
    /// What it is; the writer's to say.
    pub kind: u8,
    /// When, in nanoseconds since 1970.
    pub ts_ns: i64,
    /// What it says.
    pub payload: &'a [u8],
}

/// The header of a file with this salt.
fn header(salt: u64) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header[16..24].copy_from_slice(&salt.to_le_bytes());
    let checksum = crate::crc32c(&header[..HEADER - 4]);
    header[HEADER - 4..].copy_from_slice(&checksum.to_le_bytes());
    header
}

/// Appends a record to `out`.
fn encode(salt: u64, record: &FileRecord<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    // Refused above the limit, far below what four bytes count.
    let length = u32::try_from(record.payload.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&record.sequence.to_le_bytes());
    out.extend_from_slice(&record.ts_ns.to_le_bytes());
    out.push(record.kind);
    out.extend_from_slice(record.payload);
    let checksum = checksum(salt, &out[start..]);
    out[start + 4..start + 8].copy_from_slice(&checksum.to_le_bytes());
}

/// The checksum of a whole record: of the salt, and of all its bytes but the checksum's own.
fn checksum(salt: u64, record: &[u8]) -> u32 {
    crate::crc::crc32c_of(&[&salt.to_le_bytes(), &record[..4], &record[8..]])
}
