//! Seeded order flow through our own matching engine.
