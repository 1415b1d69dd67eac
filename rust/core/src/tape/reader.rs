//! Reads a tape, block by block.

use super::TapeError;
use super::block::{BlockHeader, Contents, END, HEADER, MARK};
use super::decode::Decoder;
use super::event::{TapeEvent, TapeSource, Taped};
use super::store::Store;
use super::table::{self, Table};
use crate::instrument::Instrument;
use crate::market::{Message, SourceError};

/// How much is looked through at once for the next block behind damage.
const WINDOW: usize = 1 << 16;

/// The records of a tape, in the order they were written.
///
/// A damaged block is one error, which names the block, its first record and its first byte; the
/// next call goes on with the next sound block. What a damaged block held is lost, so a book built
/// from the rest has a gap, which its sequence rule finds.
///
/// At no time more than one block is in memory.
pub struct TapeReader<S> {
    store: S,
    table: Table,
    contents: Contents,
    /// Where the first block starts, and where they end.
    front: u64,
    end: u64,
    /// Where the next block starts, and its number.
    at: u64,
    block: u64,
    /// Where the current block starts, its records, and how many are left of them.
    start: u64,
    records: u64,
    left: u64,
    decoder: Decoder,
    /// Number of the next record, if nothing is missing.
    record: u64,
    /// A block whose length is unknown was lost, so the next may start anywhere.
    adrift: bool,
    /// Records received before are passed over, up to the first that was not.
    from_ns: i64,
    buffer: Vec<u8>,
}

impl<S: Store> TapeReader<S> {
    /// Reads what stands at the front of a tape, and at its end.
    ///
    /// # Errors
    ///
    /// [`TapeError`] when the bytes are no tape, of another version, or damaged in the header.
    pub fn new(store: S) -> Result<Self, TapeError> {
        let mut buffer = Vec::new();
        let front = store.read(0, 16, &mut buffer).map_err(TapeError::Store)?;
        let front = table::size(front)?;
        let bytes = store
            .read(0, front, &mut buffer)
            .map_err(TapeError::Store)?;
        let table = table::read(bytes)?;
        let (front, size) = (front as u64, store.size());
        let end = size.saturating_sub(END as u64);
        let contents = if end >= front {
            let bytes = store
                .read(end, END, &mut buffer)
                .map_err(TapeError::Store)?;
            Contents::read(bytes)
        } else {
            None
        };
        let decoder = Decoder::new(table.instruments.len());
        let mut reader = Self {
            store,
            table,
            contents: contents.unwrap_or_default(),
            front,
            end: if contents.is_some() { end } else { size },
            at: front,
            block: 0,
            start: front,
            records: 0,
            left: 0,
            decoder,
            record: 1,
            adrift: false,
            from_ns: 0,
            buffer,
        };
        if contents.is_none() {
            reader.contents = reader.count();
        }
        Ok(reader)
    }

    /// Where it came from, and its instruments.
    pub const fn table(&self) -> &Table {
        &self.table
    }

    /// Its instruments, by number.
    pub fn instruments(&self) -> &[Instrument] {
        &self.table.instruments
    }

    /// What the tape holds.
    pub const fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Bytes read so far; within a block, by the part of its records.
    pub const fn offset(&self) -> u64 {
        if self.left == 0 {
            return self.at;
        }
        let done = self.records - self.left;
        self.start + (self.at - self.start) / self.records * done
    }

    /// The number of the record the last [`Self::advance`] went to, and the first byte of its
    /// block.
    pub const fn place(&self) -> (u64, u64) {
        (self.record.saturating_sub(1), self.start)
    }

    /// What the headers of the blocks say of a tape without an end.
    fn count(&mut self) -> Contents {
        let mut contents = Contents::default();
        let mut at = self.front;
        while let Some((start, header)) = self.find(at) {
            if contents.records == 0 {
                contents.first_ts_recv_ns = header.before_ns;
            }
            contents.records += header.records;
            contents.last_ts_recv_ns = header.latest_ns;
            at = start + (HEADER + header.length) as u64;
        }
        contents
    }

    /// The next sound header at `at` or behind it, and where it stands.
    fn find(&mut self, mut at: u64) -> Option<(u64, BlockHeader)> {
        let end = self.end;
        if let Some(header) = self.header(at) {
            return Some((at, header));
        }
        while at + HEADER as u64 <= end {
            let window = self
                .store
                .read(at, WINDOW + HEADER, &mut self.buffer)
                .ok()?;
            let found = (0..window.len().saturating_sub(HEADER - 1).min(WINDOW))
                .filter(|place| window[*place..].starts_with(&MARK))
                .find_map(|place| Some((place, BlockHeader::read(&window[place..])?)));
            if let Some((place, header)) = found {
                let start = at + place as u64;
                return (start < end).then_some((start, header));
            }
            at += WINDOW as u64;
        }
        None
    }

    fn header(&mut self, at: u64) -> Option<BlockHeader> {
        if at >= self.end {
            return None;
        }
        let bytes = self.store.read(at, HEADER, &mut self.buffer).ok()?;
        BlockHeader::read(bytes)
    }

    /// Goes to the first record received at `ts_recv_ns` or later: the next one given is it, or
    /// the error about the block it stood in.
    ///
    /// Blocks are found by halving what is left of the file, so it reads some dozen of them.
    pub fn seek(&mut self, ts_recv_ns: i64) {
        // Every block that starts before `low` was received before; the one sought starts before
        // `high`, or is the first behind.
        let (mut low, mut high) = (self.front, self.end);
        while high - low > 4 * WINDOW as u64 {
            let middle = low + (high - low) / 2;
            match self.find(middle).filter(|(start, _)| *start < high) {
                Some((start, header)) if header.latest_ns < ts_recv_ns => {
                    low = start + (HEADER + header.length) as u64;
                }
                _ => high = middle,
            }
        }
        while let Some((start, header)) = self.find(low) {
            if header.latest_ns >= ts_recv_ns {
                low = start;
                break;
            }
            low = start + (HEADER + header.length) as u64;
        }
        (self.at, self.left, self.adrift, self.from_ns) = (low, 0, true, ts_recv_ns);
    }

    /// The rules of an instrument as they were when the records at `ts_recv_ns` came: its changes
    /// are looked for from the front.
    pub fn terms_at(&mut self, instrument: u32, ts_recv_ns: i64) -> Option<Instrument> {
        let mut terms = self.table.instruments.get(instrument as usize)?.clone();
        let (mut at, mut changes) = (self.front, 0);
        let mut decoder = Decoder::new(self.table.instruments.len());
        while let Some((start, header)) = self.find(at) {
            let payload = start + HEADER as u64;
            at = payload + header.length as u64;
            if header.before_ns > ts_recv_ns {
                break;
            }
            if std::mem::replace(&mut changes, header.changes) == header.changes {
                continue;
            }
            let bytes = self
                .store
                .read(payload, header.length, &mut self.buffer)
                .ok()?;
            if crc32fast::hash(bytes) != header.sum || decoder.open(bytes, header.records).is_none()
            {
                continue;
            }
            while decoder.step().is_some() {
                let taped = decoder.current();
                if let TapeEvent::Terms(now) = taped.event
                    && taped.instrument == instrument
                    && taped.ts_recv_ns <= ts_recv_ns
                {
                    terms = now.clone();
                }
            }
        }
        Some(terms)
    }

    /// Finds the next block, or `false` at the end.
    fn open_block(&mut self) -> Result<bool, SourceError> {
        let offset = self.at;
        if offset >= self.end {
            return self.check_end();
        }
        let Some(header) = self.header(offset) else {
            self.block += 1;
            let next = self.find(offset + 1).map_or(self.end, |(start, _)| start);
            self.at = next;
            self.adrift = true;
            let skipped = next - offset;
            let rule = format!("a block starts with a sound header: passed over {skipped} bytes");
            return Err(self.lost(&rule, offset));
        };
        if header.first_record != self.record && !self.adrift {
            // Said once; the next call takes the block as it stands.
            let expected = self.record;
            self.adrift = true;
            let found = header.first_record;
            let rule = format!("records follow each other: expected={expected}, found={found}");
            self.block += 1;
            let error = self.lost(&rule, offset);
            self.block -= 1;
            return Err(error);
        }
        self.adrift = false;
        self.block += 1;
        self.record = header.first_record;
        self.at = offset + (HEADER + header.length) as u64;
        self.start = offset;
        if let Err(rule) = self.load(offset, header) {
            let error = self.lost(&rule, offset);
            if self.at > self.end {
                (self.at, self.adrift) = (self.end, true);
            }
            self.record += header.records;
            return Err(error);
        }
        (self.records, self.left) = (header.records, header.records);
        Ok(true)
    }

    /// Puts the records of a block into the decoder, or says which rule it breaks.
    fn load(&mut self, offset: u64, header: BlockHeader) -> Result<(), String> {
        let (start, needed) = (offset + HEADER as u64, header.length);
        let available = usize::try_from(self.end - start.min(self.end)).unwrap_or(usize::MAX);
        let length = needed.min(available);
        let payload = self.store.read(start, length, &mut self.buffer)?;
        if payload.len() < needed {
            let found = payload.len();
            return Err(format!(
                "a block is complete: needed={needed}, found={found}"
            ));
        }
        let (stored, computed) = (header.sum, crc32fast::hash(payload));
        if computed != stored {
            return Err(format!(
                "a block matches its checksum: stored={stored:08x}, computed={computed:08x}, \
                 lost_records={}",
                header.records
            ));
        }
        self.decoder
            .open(payload, header.records)
            .ok_or_else(|| "the columns of a block can be read".to_owned())
    }

    fn check_end(&mut self) -> Result<bool, SourceError> {
        let found = self.record - 1;
        let rule = if self.adrift {
            return Ok(false);
        } else if !self.contents.is_finished {
            format!("a tape has its end: its writer stopped after record {found}")
        } else if found == self.contents.records {
            return Ok(false);
        } else {
            let counted = self.contents.records;
            format!("a tape has the records its end counts: counted={counted}, found={found}")
        };
        self.adrift = true;
        Err(SourceError {
            reason: rule,
            record: self.record,
            offset: self.at,
        })
    }

    fn lost(&self, rule: &str, offset: u64) -> SourceError {
        SourceError {
            reason: format!("{rule}, block={}", self.block),
            record: self.record,
            offset,
        }
    }

    /// Opens the next block that has records; `false` at the end.
    #[cold]
    fn open_next(&mut self) -> Result<bool, SourceError> {
        while self.left == 0 {
            if !self.open_block()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What is left of a block cannot be read.
    #[cold]
    fn lose_block(&mut self) -> SourceError {
        let error = self.lost("the records of a block can be read", self.start);
        self.record += self.left;
        self.left = 0;
        error
    }

    /// Goes to the next record, which [`Self::current`] then gives; `false` at the end.
    ///
    /// # Errors
    ///
    /// [`SourceError`] for what could not be read; the next call goes on after it.
    #[inline(always)]
    pub fn advance(&mut self) -> Result<bool, SourceError> {
        loop {
            if self.left == 0 && !self.open_next()? {
                return Ok(false);
            }
            let Some(recv) = self.decoder.step() else {
                return Err(self.lose_block());
            };
            if self.left == 1 && !self.decoder.is_spent() {
                return Err(self.lose_block());
            }
            self.left -= 1;
            self.record += 1;
            if recv >= self.from_ns {
                self.from_ns = 0;
                return Ok(true);
            }
        }
    }

    /// The record the last [`Self::advance`] went to.
    #[inline]
    pub fn current(&self) -> Taped<'_> {
        self.decoder.current()
    }

    /// Whose that record is.
    pub(super) const fn instrument(&self) -> u32 {
        self.decoder.instrument()
    }

    /// That record if it is a message, for whoever takes it away.
    #[inline]
    pub(super) const fn message(&mut self) -> Option<&mut Box<Message>> {
        self.decoder.message()
    }
}

impl<S: Store> TapeSource for TapeReader<S> {
    #[inline]
    fn next_taped(&mut self) -> Result<Option<Taped<'_>>, SourceError> {
        Ok(self.advance()?.then(|| self.current()))
    }
}
