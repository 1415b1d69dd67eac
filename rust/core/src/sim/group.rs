//! Many makers on one recording: it is decoded once, block by block, and each block is played by
//! every one of them while it is in the cache.

use std::sync::Arc;

use crate::instrument::Instrument;
use crate::market::EventSource;
use crate::mirror::Book;
use crate::oms::RunId;

use super::block::{Block, Blocks};
use super::error::SimError;
use super::ledger::Profit;
use super::makers::{Maker, Quoter};
use super::simulation::{Assumptions, Simulation};

/// One maker's run.
pub struct MakerRun {
    simulation: Simulation<Blocks>,
    quoter: Quoter,
    book: Book,
}

impl MakerRun {
    /// The venue, the records and the clock of it.
    pub const fn simulation(&self) -> &Simulation<Blocks> {
        &self.simulation
    }

    /// The maker and its trader.
    pub const fn quoter(&self) -> &Quoter {
        &self.quoter
    }

    /// Adds the last point of the equity curve, and answers the profit there with its parts.
    ///
    /// # Errors
    ///
    /// As [`Simulation::close`].
    pub fn close(&mut self) -> Result<Profit, SimError> {
        self.simulation.close(&self.quoter)
    }

    fn play(&mut self, block: &Arc<Block>, is_first: bool) {
        self.simulation.source_mut().read(block);
        if is_first {
            self.quoter.start(&mut self.simulation);
        }
        self.quoter.play(&mut self.simulation, &mut self.book);
    }
}

/// See the module.
pub struct MakerGroup<S> {
    source: S,
    block: Arc<Block>,
    runs: Vec<MakerRun>,
    has_started: bool,
    is_done: bool,
}

impl<S: EventSource> MakerGroup<S> {
    /// Makers at the start of `source`, which carries `instrument`, each with its own assumptions.
    pub fn new(
        source: S,
        instrument: &Arc<Instrument>,
        run: &RunId,
        makers: impl IntoIterator<Item = (Maker, Assumptions)>,
    ) -> Self {
        let runs = makers.into_iter().map(|(maker, assumptions)| {
            let quoter = Quoter::new(maker, instrument, run.clone());
            let instrument = Arc::clone(instrument);
            let blocks = Blocks::default();
            MakerRun {
                simulation: Simulation::new(blocks, instrument, quoter.symbol(), assumptions),
                quoter,
                book: Book::new(),
            }
        });
        Self {
            source,
            block: Arc::default(),
            runs: runs.collect(),
            has_started: false,
            is_done: false,
        }
    }

    /// Plays the next block to every maker; whether there is no other.
    pub fn advance(&mut self) -> bool {
        if self.is_done {
            return true;
        }
        let mut block = Block::default();
        for run in &mut self.runs {
            *run.simulation.source_mut() = Blocks::default();
        }
        if let Some(free) = Arc::get_mut(&mut self.block) {
            // Nobody reads it any more: its memory serves again.
            std::mem::swap(free, &mut block);
        }
        self.is_done = block.fill(&mut self.source);
        self.block = Arc::new(block);
        for run in &mut self.runs {
            run.play(&self.block, !self.has_started);
        }
        self.has_started = true;
        self.is_done
    }

    /// The recording.
    pub const fn source(&self) -> &S {
        &self.source
    }

    /// The runs, in the order of their makers.
    pub fn runs(&self) -> &[MakerRun] {
        &self.runs
    }

    /// The same, to be closed.
    pub fn runs_mut(&mut self) -> &mut [MakerRun] {
        &mut self.runs
    }
}
