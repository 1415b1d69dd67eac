//! Reads a tape.

use super::header::{self, BLOCK_HEADER, BLOCK_MARK, BlockHeader, Contents, TapeError};
use super::record::{Before, Body, Record};
use crate::instrument::Instrument;
use crate::market::{EventSource, Level, MarketEvent, SourceError, Stamped};
use crate::mirror::checksum::crc32;

/// The messages of a tape, in the order they were written.
///
/// A damaged block is one error, which names the block, its first record and its first byte; the
/// next call goes on with the next block. What a damaged block held is lost, so a book built from
/// the rest has a gap, which its sequence rule finds.
pub struct TapeReader<B> {
    bytes: B,
    instrument: Instrument,
    contents: Contents,
    /// Where the next block starts, and its number.
    at: usize,
    block: u64,
    /// The rest of the current block.
    start: usize,
    end: usize,
    left: u64,
    before: Before,
    /// Number of the next record, if nothing is missing.
    record: u64,
    /// A block whose length is unknown was lost, so the next may start anywhere.
    adrift: bool,
    levels: Vec<Level>,
}

impl<B: AsRef<[u8]>> TapeReader<B> {
    /// Reads the header of `bytes`.
    ///
    /// # Errors
    ///
    /// [`TapeError`] when the bytes are no tape, of another version, or damaged in the header.
    pub fn new(bytes: B) -> Result<Self, TapeError> {
        let (instrument, contents, at) = header::read(bytes.as_ref())?;
        Ok(Self {
            bytes,
            instrument,
            contents,
            at,
            block: 0,
            start: 0,
            end: 0,
            left: 0,
            before: Before::default(),
            record: 1,
            adrift: false,
            levels: Vec::new(),
        })
    }

    /// Whose tape it is.
    pub const fn instrument(&self) -> &Instrument {
        &self.instrument
    }

    /// What the header says the tape holds.
    pub const fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Bytes read so far.
    pub const fn offset(&self) -> usize {
        if self.left > 0 { self.start } else { self.at }
    }

    /// Finds the next block, or `false` at the end.
    fn open_block(&mut self) -> Result<bool, SourceError> {
        let bytes = self.bytes.as_ref();
        let offset = self.at;
        let rest = &bytes[offset.min(bytes.len())..];
        if rest.is_empty() {
            return self.check_end();
        }
        let Some(header) = BlockHeader::read(rest) else {
            self.block += 1;
            let skipped = next_header(&rest[1..]).map_or(rest.len(), |at| at + 1);
            self.at += skipped;
            self.adrift = true;
            let rule = format!("a block starts with a sound header: passed over {skipped} bytes");
            return Err(self.lost(&rule, offset));
        };
        if header.first_record != self.record && !self.adrift {
            // Said once; the next call takes the block as it stands.
            let expected = self.record;
            self.adrift = true;
            let rule = format!(
                "records follow each other: expected={expected}, found={}",
                header.first_record
            );
            self.block += 1;
            let error = self.lost(&rule, offset);
            self.block -= 1;
            return Err(error);
        }
        self.adrift = false;
        self.block += 1;
        self.record = header.first_record;
        let start = offset + BLOCK_HEADER;
        let Some(payload) = rest.get(BLOCK_HEADER..header.length.saturating_add(BLOCK_HEADER))
        else {
            self.at = bytes.len();
            self.adrift = true;
            let (needed, found) = (header.length, rest.len() - BLOCK_HEADER);
            let rule = format!("a block is complete: needed={needed}, found={found}");
            return Err(self.lost(&rule, offset));
        };
        self.at = start + header.length;
        let computed = crc32(payload);
        if computed != header.sum {
            let stored = header.sum;
            let rule = format!(
                "a block matches its checksum: stored={stored:08x}, computed={computed:08x}, \
                 lost_records={}",
                header.records
            );
            let error = self.lost(&rule, offset);
            self.record += header.records;
            return Err(error);
        }
        (self.start, self.end, self.left) = (start, self.at, header.records);
        self.before = Before::default();
        Ok(true)
    }

    fn check_end(&mut self) -> Result<bool, SourceError> {
        let expected = self.contents.records();
        let found = self.record - 1;
        if self.adrift || found == expected {
            return Ok(false);
        }
        let offset = self.at;
        let error = SourceError {
            reason: format!(
                "a tape has the records its header counts: counted={expected}, found={found}"
            ),
            record: self.record,
            offset: offset as u64,
        };
        self.adrift = true;
        Err(error)
    }

    fn lost(&self, rule: &str, offset: usize) -> SourceError {
        SourceError {
            reason: format!("{rule}, block={}", self.block),
            record: self.record,
            offset: offset as u64,
        }
    }

    #[inline]
    fn decode(&mut self) -> Option<Record> {
        let mut input = self.bytes.as_ref().get(self.start..self.end)?;
        let record = self.before.decode(&mut input, &mut self.levels)?;
        self.start = self.end - input.len();
        self.left -= 1;
        // The last record ends the block.
        (self.left > 0 || input.is_empty()).then_some(record)
    }
}

impl<B: AsRef<[u8]>> EventSource for TapeReader<B> {
    #[inline]
    fn next_event(&mut self) -> Result<Option<Stamped<'_>>, SourceError> {
        while self.left == 0 {
            if !self.open_block()? {
                return Ok(None);
            }
        }
        let (left, offset) = (self.left, self.start);
        let Some(record) = self.decode() else {
            let error = self.lost("the records of a block can be read", offset);
            self.record += left;
            self.left = 0;
            return Err(error);
        };
        self.record += 1;
        let levels = &self.levels;
        Ok(Some(Stamped {
            ts_event_ns: record.ts_event_ns,
            ts_recv_ns: record.ts_recv_ns,
            event: match record.body {
                Body::Snapshot(last_id) => MarketEvent::Snapshot { last_id, levels },
                Body::Depth { first, last, prev } => MarketEvent::Depth {
                    first_id: first,
                    last_id: last,
                    prev_id: prev,
                    levels,
                },
                Body::Other(event) => event,
            },
        }))
    }

    fn place(&self) -> (u64, u64) {
        (self.record - 1, (self.start - 1) as u64)
    }
}

/// Where the next sound block header stands.
fn next_header(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(BLOCK_MARK.len())
        .enumerate()
        .filter(|(_, mark)| *mark == BLOCK_MARK)
        .map(|(at, _)| at)
        .find(|at| BlockHeader::read(&bytes[*at..]).is_some())
}
