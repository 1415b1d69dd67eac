//! The fast engine and its slow twin never disagree, whatever they are told.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop where it stands, and a long one says how far it is"
)]

mod accounts;
mod controls;
mod coverage;
mod dice;
mod generator;
mod identity;
mod ledger;
mod pair;
mod sessions;
