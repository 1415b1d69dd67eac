//! The one thread that gives the engine what comes in here, in batches.

mod owners;
mod serve;
mod spread;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tradecore_core::matching::Command;
use tradecore_journal::{Placed, Told};

use crate::act::{Ask, Outcome, Said, Saying};
use crate::clock;
use crate::floor::{Desk, Floor, Order, Rows};
use crate::ingress::Ingress;
use crate::numbered::Numbered;
use crate::outbox::Outbox;
use crate::problem::Problem;
use crate::statistics::Statistics;
use owners::{Departed, Owners};

/// Most requests in a batch: the engine is not held for longer than they take.
const BATCH_MAX: usize = 512;
/// So many orders are remembered once they are gone.
const DEPARTED_MAX: usize = 1 << 16;

/// What the sequencer shares with the thread that reads and writes.
pub(crate) struct Ways {
    pub(crate) ingress: Ingress,
    pub(crate) outbox: Outbox,
    pub(crate) statistics: Statistics,
    /// It is the sequencer itself that gives commands.
    is_own: AtomicBool,
    /// Requests handed in whose answer was not given.
    out: AtomicUsize,
    /// Sessions wait for their orders to be taken out.
    is_late: AtomicBool,
}

impl Ways {
    pub(crate) fn new(ingress: Ingress, outbox: Outbox) -> Self {
        Self {
            ingress,
            outbox,
            statistics: Statistics::default(),
            is_own: AtomicBool::new(false),
            out: AtomicUsize::new(0),
            is_late: AtomicBool::new(false),
        }
    }

    /// So many requests were handed in.
    pub(crate) fn set_out(&self, count: usize) {
        self.out.fetch_add(count, Ordering::AcqRel);
    }

    /// So many were answered.
    pub(crate) fn set_back(&self, count: usize) {
        self.out.fetch_sub(count, Ordering::AcqRel);
    }

    /// Requests that were handed in and not answered.
    pub(crate) fn in_flight(&self) -> usize {
        self.out.load(Ordering::Acquire)
    }

    /// Has the sequencer try again what the disk had no room for.
    pub(crate) fn retry(&self) {
        if self.is_late.load(Ordering::Acquire) {
            self.ingress.call();
        }
    }

    /// Somebody gave the engine a command.
    pub(crate) fn heard(&self) {
        if !self.is_own.load(Ordering::Acquire) {
            self.ingress.call();
        }
    }
}

/// See the module.
pub(crate) struct Sequencer {
    ways: Arc<Ways>,
    owners: Owners,
    departed: Departed,
    /// Sessions that hear of everything, by account.
    listeners: Numbered<u32, Vec<u32>>,
    /// Sessions whose orders could not all be taken out.
    leaving: Vec<u32>,
    batch: Vec<Ask>,
    told: Vec<Told>,
    /// Orders that are gone, as the engine spoke of them.
    gone: Vec<tradecore_journal::Departed>,
    rows: Rows,
    said: Vec<Saying>,
}

impl Sequencer {
    pub(crate) fn new(ways: Arc<Ways>) -> Self {
        Self {
            ways,
            owners: Owners::default(),
            departed: Departed::new(DEPARTED_MAX),
            rows: Rows::default(),
            listeners: Numbered::default(),
            leaving: Vec::new(),
            batch: Vec::new(),
            told: Vec::new(),
            gone: Vec::new(),
            said: Vec::new(),
        }
    }

    /// Works until nothing comes any more.
    pub(crate) fn run<F: Floor>(mut self, floor: &F) {
        let ways = Arc::clone(&self.ways);
        while ways.ingress.take(&mut self.batch, BATCH_MAX) {
            let now_ns = clock::now_ns();
            floor.enter(&mut |desk| {
                ways.is_own.store(true, Ordering::Release);
                self.work(desk, now_ns);
                ways.is_own.store(false, Ordering::Release);
            });
            ways.outbox.put(&mut self.said);
        }
    }

    /// Tells of what others did, then serves the batch.
    fn work(&mut self, desk: &mut dyn Desk, now_ns: i64) {
        desk.venue().take_told(&mut self.told, &mut self.gone);
        self.spread(desk, None);
        for session in std::mem::take(&mut self.leaving) {
            self.leave(desk, session);
        }
        self.ways
            .is_late
            .store(!self.leaving.is_empty(), Ordering::Release);
        if self.batch.is_empty() {
            return;
        }
        let timed = self.tell_time(desk, now_ns);
        let mut batch = std::mem::take(&mut self.batch);
        for ask in batch.drain(..) {
            match &timed {
                // What takes orders out makes room.
                Ok(()) if !ask.act.is_new() || desk.has_room() => self.serve(desk, &ask),
                Ok(()) => self.refuse(desk, &ask, Problem::busy()),
                Err(problem) => self.refuse(desk, &ask, problem.clone()),
            }
        }
        self.batch = batch;
    }

    /// Tells the engine how late it is, where that is later than it knows.
    fn tell_time(&mut self, desk: &mut dyn Desk, now_ns: i64) -> Result<(), Problem> {
        if now_ns <= desk.venue().engine().now_ns() {
            return Ok(());
        }
        let order = Order::Command(&Command::AdvanceTime { now_ns });
        self.execute(desk, order)?;
        self.spread(desk, None);
        Ok(())
    }

    /// Executes a command; what came of it is in `told`, and where it came before in `rows` alone.
    fn execute(&mut self, desk: &mut dyn Desk, order: Order<'_>) -> Result<Placed, Problem> {
        self.rows.0.clear();
        let placed = order.execute(desk.venue(), &mut self.rows);
        let placed = placed.map_err(|error| Problem::of_journal(&error))?;
        desk.venue().take_told(&mut self.told, &mut self.gone);
        desk.note(&self.told, &self.gone);
        Ok(placed)
    }

    fn refuse(&mut self, desk: &mut dyn Desk, ask: &Ask, problem: Problem) {
        self.ways.statistics.refused(problem.code);
        self.answer(desk, ask, Outcome::Refused(Box::new(problem)));
    }

    /// Answers once everything the answer may rest on is durable.
    fn answer(&mut self, desk: &mut dyn Desk, ask: &Ask, outcome: Outcome) {
        self.said.push(Saying {
            position: desk.venue().sequence(),
            said: Said::Answer(ask.origin, outcome),
        });
    }
}
