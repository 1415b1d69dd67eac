//! A log that outlasts its process: what was acknowledged is on the medium.
//!
//! The owner matches while the writer's thread brings the commands of the last moments to the disk
//! in one group; nothing is let out before it is there. Format and guarantees, byte by byte, are in
//! `docs/reference/journal.md`.

mod background;
mod blocks;
mod error;
mod file;
mod history;
mod holds;
mod inbox;
mod inspect;
mod log;
mod open;
mod options;
mod shadow;
mod snapshot;
mod stock;
mod survey;
mod watermark;
mod writer;

pub use error::JournalError;
pub use history::{History, Reader};
pub use inspect::{Inspection, inspect};
pub use log::{DurableLog, Waiter};
pub use options::{Ack, JournalOptions, Writing};
