//! Raw market-data frames and tapes, decoded into market events.
//!
//! | module | reads |
//! |---|---|
//! | [`binance`] | recorded WebSocket frames of Binance, one `<ns> <json>` a line |
//! | [`lobster`] | message files of LOBSTER, order by order |
//!
//! [`rebuild`] plays any of the sources into a book and keeps account of what happened.

pub mod binance;
mod eight;
mod json;
pub mod lobster;
mod number;
pub mod rebuild;
mod step;

pub use number::Counter;
