//! Blocks of a journal, one behind the other, as they are on the disk.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::JournalError;
use super::survey::{head, numbers, read};
use crate::disk::Disk;
use crate::log::Piece;
use crate::segment::{BLOCKS_AT, Chain, Scanner, SegmentHead};

/// The blocks behind one position up to another.
pub(super) struct Blocks<D> {
    disk: D,
    segments: VecDeque<u64>,
    /// Salt and number of the segment `bytes` are of.
    place: (u64, u64),
    bytes: Vec<u8>,
    at: usize,
    chain: Chain,
    after: u64,
    until: u64,
}

impl<D: Disk> Blocks<D> {
    /// Behind record `after`, up to record `until`.
    pub(super) fn new(disk: &D, after: u64, until: u64) -> Result<Self, JournalError> {
        let names = disk
            .list()
            .map_err(JournalError::of("list the files of a journal"))?;
        let segments: VecDeque<u64> = numbers(&names)?.into();
        let chain = match segments.front() {
            Some(1) | None => Chain::START,
            Some(_) => Chain::RELEASED,
        };
        Ok(Self {
            disk: disk.clone(),
            segments,
            place: (0, 0),
            bytes: Vec::new(),
            at: BLOCKS_AT,
            chain,
            after,
            until,
        })
    }

    fn step(&mut self) -> Result<Option<Piece<'static>>, JournalError> {
        while self.chain.next.is_none() || self.chain.last() < self.until {
            let mut scanner = Scanner::behind(self.place, &self.bytes, self.at);
            if let Some(found) = scanner.next(&mut self.chain) {
                self.at = scanner.at();
                if found.head.last() > self.after {
                    return Ok(Some(Piece {
                        bytes: Cow::Owned(found.records.to_vec()),
                        state_hash: found.head.state_hash,
                    }));
                }
                continue;
            }
            let Some(number) = self.segments.pop_front() else {
                break;
            };
            self.bytes = read(&self.disk, &SegmentHead::name(number))?;
            self.place = (head(&self.bytes, number)?.salt, number);
            self.at = BLOCKS_AT;
        }
        Ok(None)
    }
}

impl<D: Disk> Iterator for Blocks<D> {
    type Item = Result<Piece<'static>, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}
