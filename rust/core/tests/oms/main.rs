//! A trader's orders, against an honest venue and against evidence that nobody would send.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod doubts;
mod garbage;
mod holdings;
mod interleavings;
mod life;
mod quotes;
mod venue;
mod world;
