//! Commands in a log before they are executed.
//!
//! A [`Sequencer`] owns a matching engine. It writes each command down, as a numbered record, in a
//! [`CommandLog`], executes it, and lets what came of it out when the log says that the record will
//! not be lost. So whatever anybody was told can be told again: [`Sequencer::replay`] gives an
//! engine with the same state and the same reports. [`MemoryLog`] is a log that lasts as long as
//! the process; a [`Venue`] is a sequencer over it with the market data of its books.

mod crc;
mod gate;
mod log;
mod memory;
pub mod record;
mod replay;
mod sequencer;
mod venue;

pub use crc::crc32c;
pub use log::{Base, Block, CommandLog};
pub use memory::MemoryLog;
pub use record::{Entry, Name, RecordError, TooLarge};
pub use replay::ReplayError;
pub use sequencer::{KeepError, Sequencer};
pub use venue::{MarketUpdate, Venue};
