//! What requests and answers look like, in JSON and in bytes.

pub(crate) mod answer;
pub(crate) mod binary;
pub(crate) mod json;
pub(crate) mod order;
pub(crate) mod time;
pub(crate) mod write;
