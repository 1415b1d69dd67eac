//! The simulated venue, rule by rule and as a whole.

mod clock;
mod demands;
mod laws;
mod orders;
mod rules;
mod twin;
mod world;
