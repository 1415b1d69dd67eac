//! The simulated venue, rule by rule and as a whole.

mod by_order;
mod clock;
mod demands;
mod laws;
mod orders;
mod rules;
mod several;
mod twin;
mod world;
