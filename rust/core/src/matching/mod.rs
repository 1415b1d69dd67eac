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
mod auction;
pub mod book_event;
mod care;
mod clients;
pub mod command;
mod cross;
mod engine;
mod entry;
mod extra;
mod fok;
mod guard;
pub mod hash;
mod heap;
mod leave;
mod links;
mod listing;
mod market;
pub mod naive;
mod place;
pub mod record;
pub mod report;
mod rest;
mod session;
mod snapshot;
mod taker;
mod view;
mod waiting;

pub use auction::Indication;
pub use book_event::{BookEvent, Shown};
pub use command::{
    Bands, Change, Command, Control, Filter, Link, NewOrder, Phase, PostOnly, Revision, Terms,
};
pub use engine::Engine;
pub use record::{CommandRecord, Record, SpecialRecord, TermsRecord};
pub use report::{ExecType, Gone, OrderStatus, Report, Sink};
pub use snapshot::SnapshotError;
