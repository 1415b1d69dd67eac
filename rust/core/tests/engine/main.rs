//! What can be taken out of an engine, its whole state and its market data, is complete.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

#[path = "../twins/controls.rs"]
#[allow(dead_code, reason = "the twins are told in more ways")]
mod controls;
#[path = "../twins/dice.rs"]
mod dice;
#[path = "../twins/generator.rs"]
#[allow(dead_code, reason = "the twins are told in more ways")]
mod generator;
mod market_data;
mod queues;
mod snapshot;
mod world;
