//! Accounts and pre-trade risk, from outside.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod funds;
mod pair;
mod rules;
mod snapshots;
mod steps;
mod twins;
mod world;
