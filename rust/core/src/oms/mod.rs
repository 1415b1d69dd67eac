//! A trader's own orders: what was asked for, what the venue says became of it, and the position left.

pub mod message;
