//! The simulated venue, rule by rule and as a whole.

mod clock;
mod laws;
mod rules;
mod world;
