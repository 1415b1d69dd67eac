//! The core of tradecore: a deterministic machine for orders and books.
//!
//! Nothing here reads a clock, a file, a socket or a random source; time, ids and seeds are
//! arguments, so every run replays. Prices are integer ticks, quantities integer lots, money
//! an integer count of 10⁻¹⁸ units; floating point appears only in analytics (`mirror`'s
//! microprice) and where a caller's own number is converted at the edge.
//!
//! Modules, each resting only on those above it:
//!
//! | module | what |
//! |---|---|
//! | [`units`] [`decimal`] [`money`] | integers with names, and exact text |
//! | [`instrument`] [`order`] [`reject`] [`market`] | what, how and why not; what a venue says |
//! | [`book`] | resting orders in price-time order |
//! | [`risk`] | accounts, and every rule an order passes before it meets the book |
//! | [`matching`] | the engine over them |
//! | [`mirror`] [`feed`] | a venue's book by price, and the frames that change it |
//! | [`publish`] | what an engine's books did, for others to mirror |
//! | [`wire`] | a book on its way between processes |
//! | [`websocket`] | frames of a connection, as a client reads and writes them |
//! | [`rate_limit`] [`sign`] | what a venue lets us send, and how we prove who sent it |
//! | [`oms`] | a trader's own orders, their life-cycle, positions |
//! | [`flow`] [`tape`] [`sim`] | a seeded market, recordings, an exchange that fills against one |
//! | [`import`] | recordings of others, turned into tapes |

pub mod book;
pub mod decimal;
pub mod feed;
pub mod flow;
pub mod import;
pub mod instrument;
mod large;
pub mod market;
pub mod matching;
pub mod mirror;
pub mod money;
pub mod oms;
pub mod order;
mod prefetch;
pub mod publish;
pub mod rate_limit;
pub mod reject;
pub mod risk;
pub mod sign;
pub mod sim;
pub mod tape;
pub mod units;
mod varint;
pub mod websocket;
pub mod wire;
