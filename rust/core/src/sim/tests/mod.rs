//! The simulated venue, rule by rule and as a whole.

mod by_order;
mod clock;
mod laws;
mod rules;
mod several;
mod world;
