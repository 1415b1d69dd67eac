//! What a client is promised, tried on real sockets before a real journal.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]
#![allow(clippy::disallowed_methods, reason = "a client has a clock")]

mod binary;
mod client;
mod crowd;
mod hostile;
mod http;
mod sessions;
mod socket;
mod strategies;
mod world;
