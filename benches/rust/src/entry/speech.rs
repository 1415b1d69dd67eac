//! Requests as a client writes them, and where an answer ends.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};
use tradecore_core::sign::hmac::{Algorithm, HmacKey};
use tradecore_core::sign::{Encoding, Secret, SignError};

use super::target::Target;

/// Of the whole process: a server remembers the nonces of the load before.
static NONCES: AtomicU64 = AtomicU64::new(0);

/// What is spoken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Speech {
    Http,
    Json,
    Binary,
}

/// Writes and signs.
pub(super) struct Writer {
    /// Name and key of a buyer and of a seller.
    keys: [(String, HmacKey); 2],
    ms: String,
    canonical: String,
}

/// Orders of a buyer and of a seller that meet.
const ORDERS: [&str; 2] = [
    concat!(
        r#"{"symbol":"BTC-USD","side":"buy","type":"limit","quantity":"0.01","#,
        r#""price":"100.0","timeInForce":"GTC"}"#
    ),
    concat!(
        r#"{"symbol":"BTC-USD","side":"sell","type":"limit","quantity":"0.01","#,
        r#""price":"100.0","timeInForce":"GTC"}"#
    ),
];

impl Writer {
    pub(super) fn new(target: &Target) -> Result<Self, SignError> {
        let key = |side: usize| {
            let (name, secret) = &target.keys[side];
            let key = HmacKey::new(Algorithm::Sha256, &Secret::copy(secret.as_bytes()));
            key.map(|key| (name.clone(), key))
        };
        Ok(Self {
            keys: [key(0)?, key(1)?],
            ms: String::new(),
            canonical: String::new(),
        })
    }

    /// It is so late.
    pub(super) fn set_time(&mut self) {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        self.ms = since.as_millis().to_string();
    }

    /// Nonce and signature of a request.
    fn sign(&mut self, side: usize, method: &str, target: &str, body: &str) -> (String, String) {
        let number = NONCES.fetch_add(1, Ordering::Relaxed);
        let nonce = format!("{:08x}{number:08}", std::process::id());
        self.canonical.clear();
        for line in ["TRADECORE-HMAC-SHA256", &self.ms, &nonce, method, target] {
            self.canonical.push_str(line);
            self.canonical.push('\n');
        }
        for byte in Sha256::digest(body) {
            for half in [byte >> 4, byte & 15] {
                self.canonical.extend(char::from_digit(half.into(), 16));
            }
        }
        let tag = self.keys[side].1.sign(self.canonical.as_bytes());
        let mut room = [0; 128];
        (nonce, tag.write(Encoding::Hex, &mut room).to_owned())
    }

    /// Writes the next order of a side, under a number.
    pub(super) fn order(&mut self, out: &mut Vec<u8>, speech: Speech, side: usize, id: u64) {
        let body = ORDERS[side];
        match speech {
            Speech::Http => {
                let target = "/api/trading/orders";
                let (nonce, signature) = self.sign(side, "POST", target, body);
                let text = format!(
                    "POST {target} HTTP/1.1\r\nhost: localhost\r\nx-api-key: {}\r\n\
                     x-api-timestamp: {}\r\nx-api-nonce: {nonce}\r\n\
                     x-api-signature: {signature}\r\n\
                     content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                    self.keys[side].0,
                    self.ms,
                    body.len()
                );
                out.extend_from_slice(text.as_bytes());
            }
            Speech::Json => {
                let text = format!(r#"{{"op":"new","id":{id},"order":{body}}}"#);
                frame(out, 0x81, text.as_bytes());
            }
            Speech::Binary => {
                let mut message = [0_u8; 64];
                message[0] = 64;
                message[2] = 1;
                message[3] = 1;
                message[8..16].copy_from_slice(&id.to_le_bytes());
                message[16] = 200;
                message[24] = 1;
                message[56] = u8::from(side == 1);
                frame(out, 0x82, &message);
            }
        }
    }

    /// Writes what opens a session.
    pub(super) fn logon(&mut self, speech: Speech, side: usize, session: usize) -> Vec<u8> {
        let mut out = b"GET /ws HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\n\
            upgrade: websocket\r\nsec-websocket-version: 13\r\n\
            sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            .to_vec();
        let (nonce, signature) = self.sign(side, "GET", "/ws", "");
        let text = format!(
            concat!(
                r#"{{"op":"logon","key":"{}","timestamp":"{}","nonce":"{nonce}","#,
                r#""signature":"{signature}","session":"s{session}","binary":{}}}"#
            ),
            self.keys[side].0,
            self.ms,
            speech == Speech::Binary,
            nonce = nonce,
            signature = signature,
            session = session,
        );
        frame(&mut out, 0x81, text.as_bytes());
        out
    }
}

/// A frame as a client sends it; a mask of zeros changes nothing.
fn frame(out: &mut Vec<u8>, first: u8, payload: &[u8]) {
    out.push(first);
    match u8::try_from(payload.len()) {
        Ok(short) if short < 126 => out.push(0x80 | short),
        _ => {
            out.push(0x80 | 0x7e);
            let length = u16::try_from(payload.len()).unwrap_or(u16::MAX);
            out.extend_from_slice(&length.to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

/// What comes next in the bytes of a server: its length, and whether it answers an order; `None`
/// when it is not whole.
pub(super) fn next(speech: Speech, bytes: &[u8]) -> Option<(usize, Answered)> {
    match speech {
        Speech::Http => {
            let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
            let head = std::str::from_utf8(&bytes[..end]).ok()?;
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let whole = end + length.and_then(|text| text.parse().ok()).unwrap_or(0);
            let is_done = head.starts_with("HTTP/1.1 201");
            let answered = if is_done {
                Answered::Done
            } else {
                Answered::Refused
            };
            (bytes.len() >= whole).then_some((whole, answered))
        }
        Speech::Json | Speech::Binary => {
            let (length, start) = match *bytes.get(1)? {
                126 => {
                    let two = bytes.get(2..4)?;
                    (usize::from(u16::from_be_bytes([two[0], two[1]])), 4)
                }
                short => (usize::from(short), 2),
            };
            let payload = bytes.get(start..start + length)?;
            let answered = if speech == Speech::Binary {
                match payload.get(2) {
                    Some(65) => Answered::Done,
                    Some(67) => Answered::Refused,
                    _ => Answered::Other,
                }
            } else {
                let has = |text: &[u8]| payload.windows(text.len()).take(80).any(|one| one == text);
                match (has(b"\"op\":\"answer\""), has(b"\"status\":201")) {
                    (true, true) => Answered::Done,
                    (true, false) => Answered::Refused,
                    (false, _) => Answered::Other,
                }
            };
            Some((start + length, answered))
        }
    }
}

/// What a server said.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answered {
    Done,
    Refused,
    /// Something nobody asked for.
    Other,
}
