//! The one who writes: groups become blocks, each on the medium before the next is begun.

use super::JournalError;
use super::inbox::{Group, Shared};
use super::shadow::{Mark, Shadow};
use super::stock::Stock;
use super::watermark::Watermark;
use crate::disk::{Disk, DiskFile};
use crate::segment::{BLOCKS_AT, BlockHead, Chain, SegmentHead, block_bytes, encode};

/// A segment that is being written.
pub(super) struct Current<F> {
    pub(super) head: SegmentHead,
    pub(super) file: F,
    /// Where the next block goes.
    pub(super) at: u64,
}

/// The one who writes.
pub(super) struct Appender<D: Disk> {
    pub(super) current: Current<D::File>,
    pub(super) stock: Stock<D>,
    pub(super) chain: Chain,
    pub(super) watermark: D::File,
    pub(super) shadow: Shadow<D>,
    /// Room for a block.
    pub(super) room: Vec<u8>,
}

impl<D: Disk> Appender<D> {
    /// Writes groups until the journal closes, or something goes wrong.
    pub(super) fn run(mut self, shared: &Shared) {
        while let Some(group) = shared.next() {
            if let Err(error) = self.commit(&group, shared) {
                shared.stop(error.to_string());
                return;
            }
        }
    }

    /// Writes what waits.
    pub(super) fn drain(&mut self, shared: &Shared) -> Result<(), JournalError> {
        self.stock.ahead(shared);
        while let Some(group) = shared.poll() {
            if let Err(error) = self.commit(&group, shared) {
                shared.stop(error.to_string());
                return Err(error);
            }
            self.stock.ahead(shared);
        }
        Ok(())
    }

    /// Puts a group on the medium, and says so.
    fn commit(&mut self, group: &Group, shared: &Shared) -> Result<(), JournalError> {
        let length = block_bytes(group.bytes.len()) as u64;
        let mut used = length;
        if self.current.at + length > self.current.head.length {
            used += self.current.head.length - self.current.at;
            let (head, file) = self.stock.take()?;
            let at = BLOCKS_AT as u64;
            self.current = Current { head, file, at };
        }
        let current = &mut self.current;
        let head = BlockHead {
            number: self.chain.block() + 1,
            first: group.first,
            count: group.count,
            durable: shared.durable(),
            state_hash: group.state_hash,
            prev: self.chain.digest,
        };
        let place = (current.head.salt, current.head.number);
        let digest = encode(place, &head, &group.bytes, &mut self.room);
        current
            .file
            .write_at(current.at, &self.room)
            .map_err(JournalError::of("write a block"))?;
        current
            .file
            .sync()
            .map_err(JournalError::of("sync a block"))?;
        current.at += length;
        self.chain.follow(&head, digest);
        shared.written(head.last(), used);
        let mark = Watermark::of(place.0, &self.chain);
        mark.write::<D>(&mut self.watermark, head.number);
        if let Some(state_hash) = group.state_hash {
            return self.shadow.tell(Mark {
                salt: place.0,
                position: head.last(),
                block: head.number,
                digest,
                state_hash,
            });
        }
        Ok(())
    }
}
