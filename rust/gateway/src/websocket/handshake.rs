//! From HTTP to WebSocket.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

use crate::http::request::Request;
use crate::problem::Problem;

/// What the standard has every server hash.
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Writes the answer that opens a WebSocket.
///
/// # Errors
///
/// A [`Problem`] where it was not asked for properly.
pub(crate) fn accept(request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), Problem> {
    let wrong = || {
        Problem::new(
            426,
            "UPGRADE_REQUIRED",
            "a WebSocket of version 13 is opened here",
        )
    };
    if !request.wants_socket || !request.keeps_alive {
        return Err(wrong());
    }
    let key = request.socket_key.ok_or_else(wrong)?;
    if STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16) {
        let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
        out.extend_from_slice(
            b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
              sec-websocket-accept: ",
        );
        out.extend_from_slice(STANDARD.encode(digest).as_bytes());
        out.extend_from_slice(b"\r\n\r\n");
        return Ok(());
    }
    Err(Problem::malformed(
        "the key of a WebSocket is 16 bytes in base64",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_the_standard_has_its_answer() {
        let request = Request {
            wants_socket: true,
            keeps_alive: true,
            socket_key: Some("dGhlIHNhbXBsZSBub25jZQ=="),
            ..Request::default()
        };
        let mut out = Vec::new();
        accept(&request, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
            "{text}"
        );
    }
}
