//! Native order entry: HTTP, WebSocket and binary frames before a venue.

mod access;
mod act;
mod clock;
mod floor;
mod http;
mod ingress;
mod numbered;
mod outbox;
mod problem;
mod sequencer;
mod server;
mod session;
mod statistics;
mod websocket;
mod wire;

pub use access::{KeyError, KeyRow, Rate};
pub use floor::{Alone, Desk, Floor, OrderTerms};
pub use problem::Problem;
pub use server::{Server, Settings, StartError};
pub use statistics::{LATENCY_US, Snapshot};
