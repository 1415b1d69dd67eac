//! The simulated venue, rule by rule and as a whole.

mod beside;
mod by_order;
mod clock;
mod coins;
mod demands;
mod group;
mod laws;
mod lists;
mod orders;
mod rules;
mod several;
mod twin;
mod world;
