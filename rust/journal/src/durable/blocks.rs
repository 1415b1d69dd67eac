//! Blocks of a journal, one behind the other, as they are on the disk.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::JournalError;
use super::survey::{head, numbers};
use crate::disk::{Disk, DiskFile};
use crate::log::Piece;
use crate::segment::{BLOCKS_AT, BlockHead, Chain, Scanner, SegmentHead, expected};

/// So much is read at once.
const WINDOW: usize = 1 << 20;

/// The blocks behind one position, as far as they are durable.
pub(super) struct Blocks<D: Disk> {
    disk: D,
    segments: VecDeque<u64>,
    file: Option<D::File>,
    /// Salt and number of the segment the file is.
    place: (u64, u64),
    /// What was read of it, where that begins, and how far it was followed.
    window: Vec<u8>,
    start: u64,
    at: usize,
    chain: Chain,
    after: u64,
}

impl<D: Disk> Blocks<D> {
    /// Behind record `after`, from the segment it is in.
    ///
    /// # Errors
    ///
    /// [`JournalError`] where a file cannot be read, or the records behind `after` are gone.
    pub(super) fn new(disk: &D, after: u64) -> Result<Self, JournalError> {
        let mut blocks = Self {
            disk: disk.clone(),
            segments: list(disk)?,
            file: None,
            place: (0, 0),
            window: Vec::new(),
            start: BLOCKS_AT as u64,
            at: 0,
            chain: Chain::START,
            after,
        };
        let mut first = 1;
        while let Some(next) = blocks.segments.get(1).copied() {
            let begins = first_block(disk, next)?;
            if begins.is_none_or(|head| head.first > after + 1) {
                break;
            }
            blocks.segments.pop_front();
        }
        if blocks.segments.front().is_some_and(|number| *number != 1) {
            blocks.chain = Chain::RELEASED;
            let number = blocks.segments[0];
            first = first_block(disk, number)?.map_or(1, |head| head.first);
        }
        if first > after + 1 {
            return Err(JournalError::Released { after, first });
        }
        Ok(blocks)
    }

    /// The next records, none behind `until`.
    ///
    /// # Errors
    ///
    /// [`JournalError`] where a file cannot be read.
    pub(super) fn next(&mut self, until: u64) -> Result<Option<Piece<'static>>, JournalError> {
        let mut is_fresh = false;
        while self.chain.next.is_none() || self.chain.last() < until {
            let mut scanner = Scanner::behind(self.place, &self.window, self.at);
            if let Some(found) = scanner.next(&mut self.chain) {
                self.at = scanner.at();
                is_fresh = false;
                if found.head.last() > self.after {
                    return Ok(Some(Piece {
                        bytes: Cow::Owned(found.records.to_vec()),
                        state_hash: found.head.state_hash,
                    }));
                }
                continue;
            }
            // What was read before may have been written since, or end in the middle of a block.
            if self.file.is_some() && !is_fresh {
                self.fill()?;
                is_fresh = true;
                continue;
            }
            if !self.turn()? {
                break;
            }
            is_fresh = true;
        }
        Ok(None)
    }

    /// Reads on from where it is.
    fn fill(&mut self) -> Result<(), JournalError> {
        self.start += self.at as u64;
        self.at = 0;
        if let Some(file) = &mut self.file {
            let read = file.read_at(self.start, WINDOW);
            self.window = read.map_err(JournalError::of("read a file of a journal"))?;
            let block = expected(&self.window);
            if block > self.window.len() {
                let read = file.read_at(self.start, block);
                self.window = read.map_err(JournalError::of("read a file of a journal"))?;
            }
        }
        Ok(())
    }

    /// Turns to the next segment; answers whether there is one.
    fn turn(&mut self) -> Result<bool, JournalError> {
        if self.segments.is_empty() {
            let last = self.place.1;
            self.segments = list(&self.disk)?;
            self.segments.retain(|number| *number > last);
        }
        let Some(number) = self.segments.pop_front() else {
            return Ok(false);
        };
        let open = || -> std::io::Result<_> {
            let mut file = self.disk.open(&SegmentHead::name(number))?;
            let bytes = file.read_at(0, BLOCKS_AT)?;
            Ok((file, bytes))
        };
        let (file, bytes) = open().map_err(JournalError::of("read a file of a journal"))?;
        self.place = (head(&bytes, number)?.salt, number);
        self.file = Some(file);
        (self.start, self.at) = (BLOCKS_AT as u64, 0);
        self.fill()?;
        Ok(true)
    }
}

/// The first block of a segment, if it has one.
pub(super) fn first_block<D: Disk>(
    disk: &D,
    number: u64,
) -> Result<Option<BlockHead>, JournalError> {
    let read = || {
        let mut file = disk.open(&SegmentHead::name(number))?;
        let bytes = file.read_at(0, BLOCKS_AT + WINDOW)?;
        let length = BLOCKS_AT + expected(bytes.get(BLOCKS_AT..).unwrap_or_default());
        if bytes.len() < length {
            return file.read_at(0, length);
        }
        Ok(bytes)
    };
    let bytes = read().map_err(JournalError::of("read a file of a journal"))?;
    let salt = head(&bytes, number)?.salt;
    let mut chain = Chain::RELEASED;
    let found = Scanner::new((salt, number), &bytes).next(&mut chain);
    Ok(found.map(|found| found.head))
}

fn list<D: Disk>(disk: &D) -> Result<VecDeque<u64>, JournalError> {
    let names = disk
        .list()
        .map_err(JournalError::of("list the files of a journal"))?;
    Ok(numbers(&names)?.into())
}
