//! Seeded order flow through our own matching engine.
//!
//! [`OrderFlow`] is a market order by order: simulated makers and takers send orders to a
//! [`crate::matching::Engine`]. [`Public`] makes of such facts what a venue would publish, and
//! [`Flow`], an [`crate::market::EventSource`], is one behind the other. Everything is integer
//! arithmetic, so a seed gives the same bytes on every platform. [`FlowTraders`] are the same
//! makers and takers on an engine that others trade on too.

mod beside;
mod by_order;
mod fair;
mod orders;
mod party;
mod publish;
mod rng;
mod source;
#[cfg(test)]
pub(crate) mod statistics;
mod traders;

pub use beside::FlowTraders;
pub use by_order::ByOrder;
pub use orders::{FlowSpec, OrderEvent, OrderFlow, OrderSource};
pub use rng::{Chance, Rng};
pub use source::{DEPTH_PERIOD_NS, FEED_DELAY_NS, Flow, Public};
