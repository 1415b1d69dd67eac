//! The reports of one call on their way to Python, with what Python wants to know beside them.

use std::collections::HashMap;

use tradecore_core::matching::report::{AUCTION, TAKER};
use tradecore_core::matching::{BookEvent, ExecType, Gone, Report, Sink};

/// Which command a report came of.
#[derive(Clone, Copy, Default)]
pub(crate) struct Origin {
    /// Its sequence in the log; 0 where there is none.
    pub(crate) sequence: u64,
    pub(crate) timestamp_ns: i64,
    /// Whether it is told again.
    pub(crate) is_duplicate: bool,
}

/// A sink that wants to know which command its reports came of.
pub(crate) trait Listener: Sink {
    /// All reports since the last mark came of this.
    fn mark(&mut self, _: Origin) {}
}

/// A report with what is told beside it.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    pub(crate) report: Report,
    /// Σ price × quantity of the order's fills so far, in ticks × lots.
    pub(crate) cost: i128,
    /// The order's limit in ticks; 0 where it has none.
    pub(crate) limit: i64,
    /// `None` of an engine without a log.
    pub(crate) origin: Option<Origin>,
}

/// Reports, what their orders paid, and what is forgotten when an order is gone.
#[derive(Default)]
pub(crate) struct Collected {
    pub(crate) reports: Vec<Report>,
    /// For each report, Σ price × quantity in ticks × lots of its order's fills so far.
    pub(crate) costs: Vec<i128>,
    /// For each report, its command.
    origins: Vec<Origin>,
    /// The limits of orders that traded in an auction: not the trade's price there.
    limits: HashMap<u64, i64>,
    /// The callers' own names of orders that are gone.
    names: HashMap<u64, Box<str>>,
}

impl Sink for Collected {
    #[inline]
    fn push(&mut self, report: Report, cost: impl FnOnce() -> i128) {
        self.reports.push(report);
        self.costs.push(cost());
    }

    #[inline]
    fn book(&mut self, event: impl FnOnce() -> BookEvent) {
        let in_auction = self.reports.last().is_some_and(|r| r.liquidity == AUCTION);
        if in_auction && let BookEvent::Filled(order) = event() {
            self.limits.insert(order.order_id, order.price);
        }
    }

    fn gone(&mut self, gone: Gone<'_>) {
        if let Some(name) = gone.name {
            self.names.insert(gone.order_id, name.into());
        }
    }
}

impl Listener for Collected {
    fn mark(&mut self, origin: Origin) {
        self.origins.resize(self.reports.len(), origin);
    }
}

impl Collected {
    /// Forgets everything, keeping the memory.
    pub(crate) fn clear(&mut self) {
        self.reports.clear();
        self.costs.clear();
        self.origins.clear();
        self.limits.clear();
        self.names.clear();
    }

    /// The name an order had that is gone now.
    pub(crate) fn name(&self, order_id: u64) -> Option<&str> {
        self.names.get(&order_id).map(AsRef::as_ref)
    }

    /// Each report, with what is told beside it.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Told> + '_ {
        let rows = self.reports.iter().zip(&self.costs).zip(self.limits());
        rows.enumerate().map(|(at, ((report, cost), limit))| Told {
            report: *report,
            cost: *cost,
            limit,
            origin: self.origins.get(at).copied(),
        })
    }

    /// The limit of the order of each report, in ticks; 0 where it has none.
    fn limits(&self) -> impl Iterator<Item = i64> + '_ {
        let mut taker = (0, 0);
        self.reports.iter().enumerate().map(move |(at, report)| {
            if report.exec_type() != ExecType::Trade {
                return report.price;
            }
            match report.liquidity {
                TAKER if taker.0 != report.order_id => {
                    taker = (report.order_id, self.limit_before(at));
                    taker.1
                }
                TAKER => taker.1,
                AUCTION => self.limits.get(&report.order_id).copied().unwrap_or(0),
                _ => report.price,
            }
        })
    }

    /// What a taker said of its limit when it came in, just before it traded.
    fn limit_before(&self, at: usize) -> i64 {
        let id = self.reports[at].order_id;
        let mut before = self.reports[..at].iter().rev();
        before
            .find(|report| report.order_id == id && report.exec_type() != ExecType::Trade)
            .map_or(0, |report| report.price)
    }
}
