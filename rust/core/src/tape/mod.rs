//! Our own recording: every kind of market data, of several instruments, in one file.

mod event;

pub use event::{Break, Funding, TapeEvent, TapeSource, Taped};
