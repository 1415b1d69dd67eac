//! The matching engine behind the C ABI of `flash1-dev/matching-engine-benchmark`.
//!
//! That benchmark loads an engine as a shared library, sends it one message at a time, hashes
//! every report it makes and asks for the book at random points. Here its messages become
//! [`Command`](tradecore_core::matching::Command)s and our reports become its reports; nothing is
//! decided on the way. `README.md` says how to run it.

pub mod abi;
pub mod boundary;
mod exchange;
mod outlet;
