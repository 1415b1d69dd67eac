//! The matching engine: commands in, execution reports out.
//!
//! Price-time priority. A trade happens at the resting order's price. A command is checked whole
//! before anything changes; its reports come in one order: `new` (or `replaced`), trades with the
//! maker's report first, then what a remainder became. There is no clock, no randomness and no
//! hash order inside, so equal commands give equal reports and equal [`Engine::state_hash`].
//!
//! [`naive`] is the same engine written from the rules with plain lists; the two are compared
//! command by command in the tests.

mod admit;
mod amend;
mod clients;
pub mod command;
mod cross;
mod engine;
mod extra;
pub mod naive;
pub mod report;
mod view;

pub use command::{Command, CommandRecord, NewOrder, Revision};
pub use engine::Engine;
pub use report::{Detailed, ExecType, OrderStatus, Report, Sink};
