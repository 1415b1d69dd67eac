//! Frames of the WebSocket protocol (RFC 6455), as a client reads and writes them.
//!
//! What is common is whole here: a message in one frame. All else, such as pings, parts of a
//! message, the end, and what breaks a rule, is handed on as it came, for a library to judge.

mod reader;
mod writer;

pub use reader::{FrameReader, Next};
pub use writer::{HEAD_MAX, text_frame};
