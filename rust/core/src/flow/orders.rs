//! A market order by order: what its venue knows, and its public does not.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::instrument::Instrument;
use crate::market::{OrderAt, OrderFact, SourceError, StampedAside};
use crate::matching::report::{ExecType, TAKER};
use crate::matching::{BookEvent, Engine, Report, Sink};
use crate::units::{Lots, Side, Ticks};

use super::fair::Fair;
use super::party::{Party, STEP_NS, WARM_UP_STEPS};
use super::traders::{Action, Touch};

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

/// A fact of a market, in the order in which its venue made them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderEvent {
    /// The public book changed.
    Book(BookEvent),
    /// Somebody who came traded with what rested.
    Trade {
        /// At what price.
        price: Ticks,
        /// How much.
        qty: Lots,
        /// Who came.
        aggressor: Side,
    },
    /// The same with somebody whom the book did not show; the book does not change.
    Hidden {
        /// At what price.
        price: Ticks,
        /// How much.
        qty: Lots,
        /// Who came.
        aggressor: Side,
    },
    /// Whatever one command caused has been told.
    Done,
    /// The public may look from now on; what came before built the book up.
    Open,
}

impl OrderEvent {
    /// What it says about one order; `None` where it is about none, or tells a trade again.
    pub fn fact(&self) -> Option<OrderFact> {
        match *self {
            Self::Book(change) => {
                let (order, by) = change.shift()?;
                let at = |qty| OrderAt {
                    id: order.order_id,
                    side: order.side,
                    price: Ticks(order.price),
                    qty: Lots(qty),
                };
                match change {
                    BookEvent::Added(_) => Some(OrderFact::Came(at(by))),
                    BookEvent::Filled(_) => Some(OrderFact::Traded(at(-by))),
                    BookEvent::Changed { .. } | BookEvent::Removed(_) => {
                        Some(OrderFact::Shrank(at(-by)))
                    }
                    BookEvent::Phase { .. } => None,
                }
            }
            Self::Hidden {
                price,
                qty,
                aggressor,
            } => Some(OrderFact::Hidden(OrderAt {
                id: 0,
                side: aggressor.opposite(),
                price,
                qty,
            })),
            Self::Trade { .. } | Self::Done | Self::Open => None,
        }
    }
}

/// Where such facts come from, one instrument, in the order of time.
pub trait OrderSource {
    /// The next fact and when it happened, in nanoseconds; `None` at the end.
    ///
    /// A trade and the change of the book it causes come without another fact's trade or change
    /// between them.
    ///
    /// # Errors
    ///
    /// [`SourceError`] for a record that could not be decoded; the next call goes on after it.
    fn next_order(&mut self) -> Result<Option<(i64, OrderEvent)>, SourceError>;

    /// How much later than it happened the last fact was received, in nanoseconds.
    fn late_ns(&self) -> i64 {
        0
    }

    /// What was said beside the book before the last fact; see
    /// [`crate::market::EventSource::next_aside`].
    fn next_aside(&mut self) -> Option<StampedAside> {
        None
    }

    /// Where the record stands that was read last; see [`crate::market::EventSource::place`].
    fn place(&self) -> (u64, u64) {
        (0, 0)
    }

    /// Up to when it goes on, in nanoseconds, even if nothing happens any more; 0 if not known.
    fn end_ns(&self) -> i64;
}

/// The simulated traders on an engine of their own.
pub struct OrderFlow {
    engine: Engine,
    spec: FlowSpec,
    party: Party,
    step: i64,
    told: Told,
    ready: VecDeque<(i64, OrderEvent)>,
}

/// What the last command caused.
#[derive(Default)]
struct Told {
    reports: Vec<Report>,
    events: Vec<OrderEvent>,
}

impl Sink for Told {
    fn push(&mut self, report: Report, _: impl FnOnce() -> i128) {
        if report.exec_type() == ExecType::Trade && report.liquidity == TAKER {
            self.events.push(OrderEvent::Trade {
                price: Ticks(report.price),
                qty: Lots(report.qty),
                aggressor: report.side(),
            });
        }
        self.reports.push(report);
    }

    fn book(&mut self, event: impl FnOnce() -> BookEvent) {
        self.events.push(OrderEvent::Book(event()));
    }
}

impl OrderFlow {
    /// A market in `instrument`: what was built up before `spec.start_ns` is told first.
    pub fn new(instrument: Arc<Instrument>, spec: FlowSpec) -> Self {
        let fair = Fair::new(spec.price.0, spec.volatility_milliticks);
        let mut flow = Self {
            engine: Engine::new(vec![instrument]),
            spec,
            party: Party::new(spec.seed, fair, 0, 0),
            step: 0,
            told: Told::default(),
            ready: VecDeque::new(),
        };
        for _ in 0..WARM_UP_STEPS {
            flow.trade_for_one_step(spec.start_ns);
        }
        for (ts_ns, _) in &mut flow.ready {
            *ts_ns = spec.start_ns;
        }
        flow.ready.push_back((spec.start_ns, OrderEvent::Open));
        flow
    }

    /// The engine the orders go through.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    fn trade_for_one_step(&mut self, step_ns: i64) {
        let best = |side| self.engine.best(0, side).map(|(price, _)| price);
        self.party.think(Touch {
            bid: best(Side::Buy),
            ask: best(Side::Sell),
        });
        while let Some((ts_ns, action)) = self.party.next(step_ns) {
            self.execute(ts_ns, action);
        }
    }

    fn execute(&mut self, ts_ns: i64, action: Action) {
        let told = &mut self.told;
        told.reports.clear();
        told.events.clear();
        self.engine.advance_time(ts_ns, told);
        self.engine.apply(&self.party.command(action), told);
        let is_refused = |report: &Report| report.exec_type() == ExecType::Rejected;
        if told.reports.iter().all(is_refused) {
            return;
        }
        for report in &told.reports {
            self.party.hear(report, action);
        }
        let events = told.events.drain(..).chain([OrderEvent::Done]);
        self.ready.extend(events.map(|event| (ts_ns, event)));
    }
}

impl OrderSource for OrderFlow {
    fn next_order(&mut self) -> Result<Option<(i64, OrderEvent)>, SourceError> {
        let last_step = self.spec.duration_ns / STEP_NS;
        while self.ready.is_empty() && self.step < last_step {
            self.trade_for_one_step(self.spec.start_ns + self.step * STEP_NS);
            self.step += 1;
        }
        Ok(self.ready.pop_front())
    }

    fn end_ns(&self) -> i64 {
        self.spec.start_ns + self.spec.duration_ns / STEP_NS * STEP_NS
    }
}
