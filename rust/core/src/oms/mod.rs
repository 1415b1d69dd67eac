//! A trader's own orders: what was asked, what the venue says became of it, the position left.

pub mod message;
