//! The simulated venue: traders' orders into the engine, public messages out.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::instrument::Instrument;
use crate::market::{EventSource, Level, MarketEvent, SourceError, Stamped};
use crate::matching::report::{ExecType, TAKER};
use crate::matching::{Engine, Report};
use crate::units::{Lots, Ticks};

use super::fair::Fair;
use super::party::{Party, STEP_NS, WARM_UP_STEPS};
use super::publish::Levels;
use super::traders::{Action, Touch};

/// Depth is published this often, if it changed.
pub const DEPTH_PERIOD_NS: i64 = 100_000_000;
/// Each message is stamped as received this long after the event.
pub const FEED_DELAY_NS: i64 = 2_000_000;

/// A market to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowSpec {
    /// Chooses everything that is left to chance.
    pub seed: u64,
    /// Time of the first message, in nanoseconds since 1970.
    pub start_ns: i64,
    /// How long.
    pub duration_ns: i64,
    /// Where the fair value starts and is pulled back to.
    pub price: Ticks,
    /// Standard deviation of the fair value over a calm second, in thousandths of a tick.
    pub volatility_milliticks: i64,
}

/// A generated market as a source of messages: one snapshot, then depth, trades and quotes.
pub struct Flow {
    engine: Engine,
    spec: FlowSpec,
    party: Party,
    levels: Levels,
    step: i64,
    update_id: u64,
    published_id: u64,
    trade_id: u64,
    quoted: Option<[(i64, i64); 2]>,
    reports: Vec<Report>,
    ready: VecDeque<(i64, MarketEvent<'static>)>,
    depth: Vec<Level>,
}

impl Flow {
    /// A market in `instrument`, warmed up but silent.
    pub fn new(instrument: Arc<Instrument>, spec: FlowSpec) -> Self {
        let fair = Fair::new(spec.price.0, spec.volatility_milliticks);
        let mut flow = Self {
            engine: Engine::new(vec![instrument]),
            spec,
            party: Party::new(spec.seed, fair, 0, 0),
            levels: Levels::default(),
            step: 0,
            update_id: 0,
            published_id: 0,
            trade_id: 0,
            quoted: None,
            reports: Vec::new(),
            ready: VecDeque::new(),
            depth: Vec::new(),
        };
        for _ in 0..WARM_UP_STEPS {
            flow.trade_for_one_step(spec.start_ns);
        }
        flow.ready.clear();
        flow.levels.snapshot(&mut flow.depth);
        flow.published_id = flow.update_id;
        let snapshot = MarketEvent::Snapshot {
            last_id: flow.update_id,
            levels: &[],
        };
        flow.ready.push_back((spec.start_ns, snapshot));
        flow
    }

    /// The engine the orders go through.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The touch now: bid, ask, each with its quantity.
    fn touch(&self) -> Touch {
        Touch {
            bid: self.levels.best_bid().map(|(price, _)| price),
            ask: self.levels.best_ask().map(|(price, _)| price),
        }
    }

    fn trade_for_one_step(&mut self, step_ns: i64) {
        self.party.think(self.touch());
        while let Some((ts_ns, action)) = self.party.next(step_ns) {
            self.execute(ts_ns, action);
        }
    }

    fn execute(&mut self, ts_ns: i64, action: Action) {
        self.reports.clear();
        self.engine.advance_time(ts_ns, &mut self.reports);
        let command = self.party.command(action);
        self.engine.apply(&command, &mut self.reports);
        let reports = std::mem::take(&mut self.reports);
        if reports.iter().any(|r| r.exec_type() != ExecType::Rejected) {
            self.update_id += 1;
            for report in &reports {
                self.project(ts_ns, report, action);
                self.party.hear(report, action);
            }
            self.publish_quote(ts_ns);
        }
        self.reports = reports;
    }

    /// Moves the book by price and the tape by one report.
    fn project(&mut self, ts_ns: i64, report: &Report, action: Action) {
        let (side, price) = (report.side(), report.price);
        match report.exec_type() {
            ExecType::New if matches!(action, Action::Make { .. }) => {
                self.levels.add(side, price, report.qty);
            }
            ExecType::Trade if report.liquidity == TAKER => {
                self.trade_id += 1;
                let trade = MarketEvent::Trade {
                    id: self.trade_id,
                    price: Ticks(price),
                    qty: Lots(report.qty),
                    aggressor: side,
                };
                self.ready.push_back((ts_ns, trade));
            }
            ExecType::Trade => self.levels.add(side, price, -report.qty),
            ExecType::Canceled if matches!(action, Action::Cancel { .. }) => {
                self.levels.add(side, price, -report.qty);
            }
            _ => {}
        }
    }

    fn publish_quote(&mut self, ts_ns: i64) {
        let (Some(bid), Some(ask)) = (self.levels.best_bid(), self.levels.best_ask()) else {
            return;
        };
        if self.quoted == Some([bid, ask]) {
            return;
        }
        self.quoted = Some([bid, ask]);
        let quote = MarketEvent::Quote {
            id: self.update_id,
            bid: Ticks(bid.0),
            bid_qty: Lots(bid.1),
            ask: Ticks(ask.0),
            ask_qty: Lots(ask.1),
        };
        self.ready.push_back((ts_ns, quote));
    }

    fn run_until_ready(&mut self) {
        let last_step = self.spec.duration_ns / STEP_NS;
        while self.ready.is_empty() && self.step < last_step {
            let step_ns = self.spec.start_ns + self.step * STEP_NS;
            self.trade_for_one_step(step_ns);
            self.step += 1;
            let end_ns = step_ns + STEP_NS;
            let due = (end_ns - self.spec.start_ns) % DEPTH_PERIOD_NS == 0;
            if due && self.levels.changes(&mut self.depth) {
                let depth = MarketEvent::Depth {
                    first_id: self.published_id + 1,
                    last_id: self.update_id,
                    prev_id: None,
                    levels: &[],
                };
                self.published_id = self.update_id;
                self.ready.push_back((end_ns, depth));
            }
        }
    }
}

impl EventSource for Flow {
    fn next_event(&mut self) -> Result<Option<Stamped<'_>>, SourceError> {
        self.run_until_ready();
        let Some((ts_event_ns, event)) = self.ready.pop_front() else {
            return Ok(None);
        };
        let levels = self.depth.as_slice();
        let event = match event {
            MarketEvent::Snapshot { last_id, .. } => MarketEvent::Snapshot { last_id, levels },
            MarketEvent::Depth {
                first_id,
                last_id,
                prev_id,
                ..
            } => MarketEvent::Depth {
                first_id,
                last_id,
                prev_id,
                levels,
            },
            other @ (MarketEvent::Trade { .. } | MarketEvent::Quote { .. }) => other,
        };
        Ok(Some(Stamped {
            ts_event_ns,
            ts_recv_ns: ts_event_ns + FEED_DELAY_NS,
            event,
        }))
    }
}
