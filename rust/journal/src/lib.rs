//! Commands in a log before they are executed.
//!
//! A [`Sequencer`] owns a matching engine. It writes each command down, as a numbered record, in a
//! [`CommandLog`], executes it, and lets what came of it out when the log says that the record will
//! not be lost. So whatever anybody was told can be told again: [`Sequencer::replay`] gives an
//! engine with the same state and the same reports. [`MemoryLog`] is a log that lasts as long as
//! the process; [`durable::DurableLog`] is one that outlasts it, on a [`disk::Disk`]. A [`Venue`]
//! is a sequencer with the market data of its books. [`file`] keeps records of any kind on a disk.

mod answers;
mod crc;
pub mod disk;
pub mod durable;
pub mod file;
mod gate;
mod listings;
mod lock;
mod log;
mod memory;
mod outcome;
pub mod record;
mod replay;
mod replica;
mod segment;
mod sequencer;
mod strategies;
mod tape;
mod venue;
mod venue_log;

pub use answers::{ANSWERS_MAX, AnswersError};
pub use crc::crc32c;
pub use log::{Base, Block, CommandLog, Piece};
pub use memory::MemoryLog;
pub use outcome::{KeepError, NamingError, NoteError, Placed};
pub use record::{Entry, Listing, Name, RecordError, TooLarge};
pub use replay::ReplayError;
pub use replica::{Replica, StateError};
pub use sequencer::{Sequencer, relieves};
pub use strategies::{STRATEGIES_MAX, Strategies, Strategy};
pub use tape::{Departed, Told};
pub use venue::{MarketUpdate, Venue};
pub use venue_log::VenueLog;
