//! The matching engine: commands in, execution reports out.
