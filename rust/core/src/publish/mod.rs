//! Market data out of an engine: what its books did, order by order, level by level, at the touch.
//!
//! A [`Publisher`] listens to the engine through a [`Tap`] around the sink of the reports. After a
//! batch of commands it tells one [`Update`] for each symbol whose book changed. It keeps its books
//! from the engine's events alone, so they are also the proof that the events are complete.
//! A [`Conflator`] makes one depth update of many, for readers who cannot take them all.

mod channel;
mod conflator;
mod publisher;
mod update;

pub use conflator::{Conflator, GapError};
pub use publisher::{Publisher, Tap};
pub use update::{CHECKED_LEVELS, DepthUpdate, Snapshot, Touch, Trade, Update};
