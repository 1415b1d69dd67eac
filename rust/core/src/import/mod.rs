//! Recordings of others, turned into tapes piece by piece.
//!
//! | module | reads |
//! |---|---|
//! | `frames` | raw frames of Binance, one `<ns> <json>` a line |
//! | `orders` | message files of LOBSTER |
//! | `dbn` | market by order of Databento's DBN files, unpacked |
//! | `csv` | the downloadable files of Tardis, told apart by their headings |
//! | `rows` | the event arrays of hftbacktest |
//!
//! An [`Import`] is fed bytes as they come and holds no more than a record that is not whole yet.
//! What cannot be read is told by its record and its byte and counted; what is read and has no
//! place on a tape is counted too.

mod csv;
mod dbn;
mod frames;
mod orders;
mod rows;
mod survey;
#[cfg(test)]
mod tests;

use crate::instrument::Instrument;
use crate::market::SourceError;
use crate::tape::{Table, TapeError, TapeWriter, Taped};

pub use survey::{Steps, Survey};

/// Faults that are told in full; more are only counted.
const FAULTS_MAX: usize = 100;

/// What an import is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Raw frames of Binance.
    Binance,
    /// A LOBSTER message file.
    Lobster,
    /// Databento market by order.
    Dbn,
    /// A file of Tardis.
    Tardis,
    /// Events of hftbacktest, without the frame of their archive.
    Hftbacktest,
}

impl Format {
    /// The format of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "binance" => Self::Binance,
            "lobster" => Self::Lobster,
            "dbn" => Self::Dbn,
            "tardis" => Self::Tardis,
            "hftbacktest" => Self::Hftbacktest,
            _ => return None,
        })
    }
}

/// What was found in the input so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records of the input: lines, rows, messages.
    pub inputs: u64,
    /// Those that could not be read.
    pub unreadable: u64,
    /// Those that were read and have no place on a tape, such as frames of other streams.
    pub skipped: u64,
    /// The first hundred of the unreadable.
    pub faults: Vec<SourceError>,
}

/// Where a reader of a format puts what it finds.
pub(crate) struct Sink {
    writer: TapeWriter,
    tally: Tally,
}

impl Sink {
    fn push(&mut self, taped: &Taped<'_>) -> Result<(), String> {
        self.writer.push(taped).map_err(|error| error.to_string())
    }

    /// The place of a symbol in the table.
    fn find(&self, symbol: &str) -> Option<u32> {
        let mut all = self.writer.instruments().iter();
        let at = all.position(|one| one.symbol() == symbol)?;
        u32::try_from(at).ok()
    }

    fn fault(&mut self, place: Place, reason: String) {
        self.tally.unreadable += 1;
        if self.tally.faults.len() < FAULTS_MAX {
            self.tally.faults.push(SourceError {
                reason,
                record: place.record,
                offset: place.offset,
            });
        }
    }
}

/// Where a record stands in its input.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// From 1.
    record: u64,
    offset: u64,
}

/// A reader of one format.
pub(crate) trait Reader: Send {
    /// Takes the whole records at the front of `bytes`, and answers how many bytes they were;
    /// nothing follows when `is_last`.
    fn read(&mut self, bytes: &[u8], is_last: bool, at: &mut Place, sink: &mut Sink) -> usize;
}

/// A recording on its way to a tape.
pub struct Import {
    reader: Box<dyn Reader>,
    sink: Sink,
    rest: Vec<u8>,
    place: Place,
}

/// What an import has to be told besides its instruments.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// First row of the order book file (LOBSTER).
    pub first_book: Option<Vec<u8>>,
    /// Start of the day in nanoseconds since 1970 (LOBSTER counts from midnight).
    pub midnight_ns: i64,
}

impl Import {
    /// Will write a tape of these instruments.
    ///
    /// # Errors
    ///
    /// [`TapeError::Instrument`] when the table is empty or too long.
    pub fn new(format: Format, table: Table, hints: Hints) -> Result<Self, TapeError> {
        let instruments: Vec<Instrument> = table.instruments.clone();
        let reader: Box<dyn Reader> = match format {
            Format::Binance => Box::new(frames::Frames::new(&instruments)),
            Format::Lobster => Box::new(orders::Orders::new(hints)),
            Format::Dbn => Box::new(dbn::Dbn::new(&instruments)),
            Format::Tardis => Box::new(csv::Csv::new(&instruments)),
            Format::Hftbacktest => Box::new(rows::Rows::new(&instruments)),
        };
        let sink = Sink {
            writer: TapeWriter::new(table)?,
            tally: Tally::default(),
        };
        Ok(Self {
            reader,
            sink,
            rest: Vec::new(),
            place: Place::default(),
        })
    }

    /// Takes more of the input.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        self.read(false);
    }

    /// Takes it that the input is over.
    pub fn close(&mut self) {
        self.read(true);
        self.rest.clear();
    }

    fn read(&mut self, is_last: bool) {
        let taken = self
            .reader
            .read(&self.rest, is_last, &mut self.place, &mut self.sink);
        self.rest.drain(..taken.min(self.rest.len()));
    }

    /// What was found so far.
    pub const fn tally(&self) -> &Tally {
        &self.sink.tally
    }

    /// What is written to.
    pub const fn writer(&mut self) -> &mut TapeWriter {
        &mut self.sink.writer
    }

    /// The writer, once the input is over.
    pub fn into_writer(self) -> TapeWriter {
        self.sink.writer
    }
}

/// Calls `each` with the whole lines of `bytes` and their places; answers the bytes they took.
fn lines(bytes: &[u8], is_last: bool, at: &mut Place, mut each: impl FnMut(&[u8], Place)) -> usize {
    let mut taken = 0;
    while taken < bytes.len() {
        let rest = &bytes[taken..];
        let (line, step) = match rest.iter().position(|byte| *byte == b'\n') {
            Some(length) => (&rest[..length], length + 1),
            None if is_last => (rest, rest.len()),
            None => break,
        };
        at.record += 1;
        each(line, *at);
        at.offset += step as u64;
        taken += step;
    }
    taken
}

fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(64)]).into_owned()
}
