//! The simulated venue, rule by rule and as a whole.

mod laws;
mod rules;
mod world;
