//! A simulated exchange that fills a trader's orders against recorded market data.

mod entry;
mod exchange;
mod journal;
mod ledger;
mod queue;
mod recorded;
mod records;
mod resting;
mod simulation;
mod stats;
mod taker;
#[cfg(test)]
mod tests;
mod timeline;

pub use exchange::Exchange;
pub use journal::{FillRecord, HORIZONS_NS, Journal};
pub use ledger::{Fees, Ledger, Mid, Profit};
pub use queue::{Power, QueueModel};
pub use records::{Counts, EQUITY_PERIOD_NS, EquityPoint, OrderTimes, Records, Request, RoundTrip};
pub use simulation::{
    Assumptions, ERRORS_KEPT_MAX, Participant, Print, Quoted, SimError, Simulation, Subscriptions,
    Wake,
};
pub use stats::QueueStats;
pub use timeline::Latency;
