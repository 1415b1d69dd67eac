//! Accounts and pre-trade risk, from outside.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod rules;
mod snapshots;
mod twins;
mod world;
