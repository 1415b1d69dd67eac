//! WebSocket (RFC 6455), the server's side of it.

pub(crate) mod frame;
pub(crate) mod handshake;
