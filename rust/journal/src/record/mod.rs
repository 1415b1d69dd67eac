//! One command as bytes: versioned, and any change of a byte is noticed.
//!
//! Little-endian. What the checksum covers is everything behind it:
//!
//! | bytes | what |
//! |--:|---|
//! | 4 | CRC-32C of the rest of the record |
//! | 4 | length of the whole record |
//! | 8 | sequence: records of a log are counted from 1 without a gap |
//! | 1 | version of the format |
//! | 1 | kind |
//! | … | body, as [`put`] writes and [`take`] reads it |

mod error;
mod listing;
mod put;
mod take;

use std::borrow::Cow;

pub use error::{RecordError, TooLarge};
pub use listing::Listing;
pub(crate) use listing::{put_listing, take_listing};
use tradecore_core::matching::{Command, NewOrder, Terms};
use tradecore_core::risk::SymbolTerms;

use crate::crc::crc32c;

/// The version written, and the only one read.
const VERSION: u8 = 1;
/// Bytes before the body.
const HEADER: usize = 18;
/// Bytes the checksum does not cover: itself.
const CHECKSUM: usize = 4;
/// The longest record: a list of terms for some forty thousand symbols.
pub const RECORD_BYTES_MAX: usize = 1 << 20;
/// As many bytes as [`order`] appends.
pub(crate) const ORDER_BYTES: usize = 82;
/// The longest client order id, in bytes of UTF-8.
pub const NAME_BYTES_MAX: usize = 255;
/// The longest note.
pub const NOTE_BYTES_MAX: usize = 1 << 16;
/// The longest list of terms.
pub const TERMS_MAX: usize = (RECORD_BYTES_MAX - HEADER - 4) / put::TERMS;

/// What an engine is told, whichever door it comes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// As it is.
    Command(Command),
    /// An order under the caller's own name.
    Named(NewOrder, Terms, Name<'a>),
    /// Keep accounts, by these terms of the instruments.
    KeepAccounts(Cow<'a, [SymbolTerms]>),
    /// Keep so many answers to orders under a name that ended.
    KeepAnswers(u32),
    /// List an instrument behind all others.
    List(Box<Listing>),
    /// Give an account's strategy of this name the next number.
    Strategy(u32, Name<'a>),
    /// Something else that happened, which the engine does not know of.
    Note(&'a [u8]),
}

/// A client order id, or the name of a strategy, that fits into a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a>(&'a str);

impl<'a> Name<'a> {
    /// The name, if it is not too long.
    ///
    /// # Errors
    ///
    /// [`TooLarge`] above [`NAME_BYTES_MAX`].
    pub const fn new(name: &'a str) -> Result<Self, TooLarge> {
        if name.len() > NAME_BYTES_MAX {
            return Err(TooLarge {
                what: "a client order id has",
                unit: "bytes",
                most: NAME_BYTES_MAX,
                count: name.len(),
            });
        }
        Ok(Self(name))
    }

    /// The text.
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

/// Appends the record of `command`.
pub fn encode(sequence: u64, command: &Command, out: &mut Vec<u8>) {
    let start = open(sequence, put::kind(command), out);
    put::command(command, out);
    close(start, out);
}

/// Appends the record of an order with a name.
pub fn encode_named(
    sequence: u64,
    order: &NewOrder,
    terms: &Terms,
    name: Name<'_>,
    out: &mut Vec<u8>,
) {
    let start = open(sequence, put::NAMED, out);
    put::named(order, terms, name.0, out);
    close(start, out);
}

/// Appends the record of terms by which accounts are kept.
///
/// # Errors
///
/// [`TooLarge`] above [`TERMS_MAX`]; nothing was appended.
pub fn encode_terms(
    sequence: u64,
    terms: &[SymbolTerms],
    out: &mut Vec<u8>,
) -> Result<(), TooLarge> {
    if terms.len() > TERMS_MAX {
        return Err(TooLarge {
            what: "accounts are kept for",
            unit: "symbols",
            most: TERMS_MAX,
            count: terms.len(),
        });
    }
    let start = open(sequence, put::KEEP_ACCOUNTS, out);
    put::symbol_terms(terms, out);
    close(start, out);
    Ok(())
}

/// Appends the record of how many answers are kept.
pub fn encode_answers(sequence: u64, most: u32, out: &mut Vec<u8>) {
    let start = open(sequence, put::KEEP_ANSWERS, out);
    out.extend_from_slice(&most.to_le_bytes());
    close(start, out);
}

/// Appends the record of a strategy that is named.
pub fn encode_strategy(sequence: u64, account: u32, name: Name<'_>, out: &mut Vec<u8>) {
    let start = open(sequence, put::STRATEGY, out);
    out.extend_from_slice(&account.to_le_bytes());
    out.extend_from_slice(name.0.as_bytes());
    close(start, out);
}

/// Appends the record of a note.
///
/// # Errors
///
/// [`TooLarge`] above [`NOTE_BYTES_MAX`]; nothing was appended.
pub fn encode_note(sequence: u64, note: &[u8], out: &mut Vec<u8>) -> Result<(), TooLarge> {
    if note.len() > NOTE_BYTES_MAX {
        return Err(TooLarge {
            what: "a note has",
            unit: "bytes",
            most: NOTE_BYTES_MAX,
            count: note.len(),
        });
    }
    let start = open(sequence, put::NOTE, out);
    out.extend_from_slice(note);
    close(start, out);
    Ok(())
}

/// Appends the record of an instrument that is listed.
///
/// # Errors
///
/// [`TooLarge`] where more than [`NOTE_BYTES_MAX`] is beside it; nothing was appended.
pub fn encode_listing(sequence: u64, listing: &Listing, out: &mut Vec<u8>) -> Result<(), TooLarge> {
    if listing.about.len() > NOTE_BYTES_MAX {
        return Err(TooLarge {
            what: "beside an instrument are",
            unit: "bytes",
            most: NOTE_BYTES_MAX,
            count: listing.about.len(),
        });
    }
    let start = open(sequence, put::LIST, out);
    put_listing(listing, out);
    close(start, out);
    Ok(())
}

/// Appends what an order asks for, as it stands in the record of one with a name before the name.
pub(crate) fn order(order: &NewOrder, terms: &Terms, out: &mut Vec<u8>) {
    put::named(order, terms, "", out);
}

/// The record at the start of `bytes`: its sequence, what it says, and how long it is.
///
/// # Errors
///
/// [`RecordError`] for anything [`encode`] and its like would not have written.
pub fn decode(bytes: &[u8]) -> Result<(u64, Entry<'_>, usize), RecordError> {
    let mut header = take::Body(bytes);
    let (stated, length) = (header.word32()?, header.word32()?);
    let sequence = header.word()?;
    let (version, kind) = (header.byte()?, header.byte()?);
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if !(HEADER..=RECORD_BYTES_MAX).contains(&length) {
        return Err(RecordError::Length(length));
    }
    let record = bytes.get(..length).ok_or(RecordError::Short {
        needed: length,
        left: bytes.len(),
    })?;
    let found = crc32c(&record[CHECKSUM..]);
    if stated != found {
        return Err(RecordError::Checksum { stated, found });
    }
    if version != VERSION {
        return Err(RecordError::Version(version));
    }
    let body = &record[HEADER..];
    let entry = match kind {
        put::LIST => Entry::List(Box::new(take_listing(body)?)),
        _ => take::entry(kind, body)?,
    };
    Ok((sequence, entry, length))
}

/// Begins a record; answers where.
fn open(sequence: u64, kind: u8, out: &mut Vec<u8>) -> usize {
    let start = out.len();
    out.extend_from_slice(&[0; 2 * CHECKSUM]);
    out.extend_from_slice(&sequence.to_le_bytes());
    out.extend_from_slice(&[VERSION, kind]);
    start
}

/// Ends a record: its length and checksum are known at last.
fn close(start: usize, out: &mut [u8]) {
    let record = &mut out[start..];
    // Bounded by what each kind may hold.
    let length = u32::try_from(record.len()).unwrap_or(u32::MAX);
    record[CHECKSUM..CHECKSUM + 4].copy_from_slice(&length.to_le_bytes());
    let checksum = crc32c(&record[CHECKSUM..]);
    record[..CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
}
