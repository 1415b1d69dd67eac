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
mod view;

pub use exchange::Exchange;
pub use journal::{FillRecord, HORIZONS_NS, Journal};
pub use ledger::{Fees, Ledger, Markout, Mid, Profit};
pub use queue::{Power, QueueModel};
pub use records::{
    Counts, EQUITY_PERIOD_NS, EquityPoint, OrderRecord, Records, Request, RoundTrip,
};
pub use simulation::{Assumptions, ERRORS_KEPT_MAX, Participant, SimError, Simulation};
pub use stats::QueueStats;
pub use timeline::Latency;
pub use view::{Print, Quoted, Subscriptions, Wake};
