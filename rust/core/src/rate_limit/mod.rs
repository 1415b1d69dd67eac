//! Admission of requests under a venue's limits; time is an argument.
//!
//! | module | admits |
//! |---|---|
//! | [`token_bucket`] | a burst of `capacity`, then what flows in |
//! | [`sliding_window`] | `capacity` in every window of a period, exactly |
//! | [`weighted`] | `capacity` of weight in each aligned period, corrected by the venue's headers |
//! | [`composite`] | what several limits admit together, or nothing |
//!
//! Every limit answers with the nanoseconds to wait, zero when the request is admitted. Waiting
//! exactly that long admits it if nothing else was admitted meanwhile; a nanosecond less does not.
//! Time that runs backwards grants nothing: the latest time seen holds. All arithmetic is integer;
//! a wait beyond 2⁶⁴ ns (584 years) is given as 2⁶⁴ − 1.

pub mod composite;
mod limiter;
#[cfg(test)]
mod naive;
pub mod sliding_window;
pub mod token_bucket;
pub mod weighted;

pub use composite::{RateLimiter, Tokens};
pub use limiter::{Limiter, Priority, RateLimitError};
pub use sliding_window::SlidingWindow;
pub use token_bucket::TokenBucket;
pub use weighted::Weighted;
