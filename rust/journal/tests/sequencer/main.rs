//! What a log of commands promises, tried with commands of every kind.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

#[path = "../../../core/tests/twins/controls.rs"]
#[allow(
    dead_code,
    reason = "the generator of the engine's own tests, used in part"
)]
mod controls;
#[path = "../../../core/tests/twins/dice.rs"]
mod dice;
#[path = "../../../core/tests/twins/generator.rs"]
#[allow(
    dead_code,
    reason = "the generator of the engine's own tests, used in part"
)]
mod generator;

mod answers;
mod damage;
mod durable;
mod full;
mod history;
mod laws;
mod listing;
mod records;
mod retries;
mod strategies;
mod venue;
mod world;
