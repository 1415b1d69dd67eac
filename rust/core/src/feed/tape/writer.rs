//! Writes a tape.

use super::header::{self, BlockHeader, Contents};
use super::record::Before;
use crate::instrument::Instrument;
use crate::market::{MarketEvent, Stamped};

/// A block is closed when it has this many bytes.
const BLOCK_BYTES: usize = 1 << 15;

/// Collects messages and gives them back as the bytes of a tape.
pub struct TapeWriter {
    instrument: Instrument,
    contents: Contents,
    blocks: Vec<u8>,
    block: Vec<u8>,
    block_records: u32,
    before: Before,
}

impl TapeWriter {
    /// A tape of `instrument`, empty.
    pub fn new(instrument: &Instrument) -> Self {
        Self {
            instrument: instrument.clone(),
            contents: Contents::default(),
            blocks: Vec::new(),
            block: Vec::with_capacity(BLOCK_BYTES + 1024),
            block_records: 0,
            before: Before::default(),
        }
    }

    /// What was written so far.
    pub const fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Appends a message.
    ///
    /// # Panics
    ///
    /// When a quantity is negative: no venue shows such a thing, and no reader would take it.
    pub fn push(&mut self, stamped: &Stamped<'_>) {
        assert_quantities(&stamped.event);
        if self.contents.records() == 0 {
            self.contents.first_ts_recv_ns = stamped.ts_recv_ns;
        }
        self.contents.last_ts_recv_ns = stamped.ts_recv_ns;
        match stamped.event {
            MarketEvent::Snapshot { levels, .. } => {
                self.contents.snapshots += 1;
                self.contents.levels += levels.len() as u64;
            }
            MarketEvent::Depth { levels, .. } => {
                self.contents.depths += 1;
                self.contents.levels += levels.len() as u64;
            }
            MarketEvent::Trade { .. } => self.contents.trades += 1,
            MarketEvent::Quote { .. } => self.contents.quotes += 1,
        }
        self.before.encode(stamped, &mut self.block);
        self.block_records += 1;
        if self.block.len() >= BLOCK_BYTES {
            self.close_block();
        }
    }

    /// The tape.
    pub fn finish(mut self) -> Vec<u8> {
        self.close_block();
        let mut tape = header::write(&self.instrument, &self.contents);
        tape.append(&mut self.blocks);
        tape
    }

    fn close_block(&mut self) {
        if self.block_records == 0 {
            return;
        }
        let first = self.contents.records() - u64::from(self.block_records) + 1;
        let header = BlockHeader::write(&self.block, self.block_records, first);
        self.blocks.extend_from_slice(&header);
        self.blocks.append(&mut self.block);
        self.block_records = 0;
        self.before = Before::default();
    }
}

fn assert_quantities(event: &MarketEvent<'_>) {
    let sound = match *event {
        MarketEvent::Snapshot { levels, .. } | MarketEvent::Depth { levels, .. } => {
            levels.iter().all(|level| level.qty.0 >= 0)
        }
        MarketEvent::Trade { qty, .. } => qty.0 >= 0,
        MarketEvent::Quote {
            bid_qty, ask_qty, ..
        } => bid_qty.0 >= 0 && ask_qty.0 >= 0,
    };
    assert!(sound, "Invariant: no quantity on a tape is negative");
}
