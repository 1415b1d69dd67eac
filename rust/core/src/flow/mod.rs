//! Seeded order flow through our own matching engine.
//!
//! [`Flow`] is an [`crate::market::EventSource`]: simulated makers and takers send orders to a
//! [`crate::matching::Engine`], and what a venue would publish about it comes out. Everything is
//! integer arithmetic, so a seed gives the same bytes on every platform. [`FlowTraders`] are the
//! same makers and takers on an engine that others trade on too.

mod beside;
mod fair;
mod orders;
mod party;
mod publish;
mod rng;
mod source;
#[cfg(test)]
mod statistics;
mod traders;

pub use beside::FlowTraders;
pub use orders::{OrderEvent, OrderFlow, OrderSource};
pub use rng::{Chance, Rng};
pub use source::{DEPTH_PERIOD_NS, FEED_DELAY_NS, Flow, FlowSpec, Public};
