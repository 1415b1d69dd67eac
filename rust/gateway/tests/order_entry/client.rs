//! Clients as anybody could write them: they sign, send and read.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tradecore_core::sign::hmac::{Algorithm, HmacKey};
use tradecore_core::sign::{Encoding, Secret};

use crate::world::{User, number};

/// Four fields that prove who sends.
pub(crate) struct Signature {
    pub(crate) timestamp: String,
    pub(crate) nonce: String,
    pub(crate) text: String,
}

pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

pub(crate) fn sign(user: User, method: &str, target: &str, body: &[u8]) -> Signature {
    let (timestamp, nonce) = (now_ms().to_string(), format!("nonce-{:08}", number()));
    let digest = Sha256::digest(body)
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        });
    let canonical =
        format!("TRADECORE-HMAC-SHA256\n{timestamp}\n{nonce}\n{method}\n{target}\n{digest}");
    let secret = Secret::copy(user.secret.as_bytes());
    let key = HmacKey::new(Algorithm::Sha256, &secret).unwrap();
    let mut room = [0; 128];
    let text = key
        .sign(canonical.as_bytes())
        .write(Encoding::Hex, &mut room)
        .to_owned();
    Signature {
        timestamp,
        nonce,
        text,
    }
}

/// The bytes of a signed request.
pub(crate) fn request(user: User, method: &str, target: &str, body: &str) -> Vec<u8> {
    let Signature {
        timestamp,
        nonce,
        text,
    } = sign(user, method, target, body.as_bytes());
    format!(
        "{method} {target} HTTP/1.1\r\nhost: x\r\nx-api-key: {}\r\nx-api-timestamp: {timestamp}\r\n\
         x-api-nonce: {nonce}\r\nx-api-signature: {text}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        user.key,
        body.len()
    )
    .into_bytes()
}

/// An order of JSON.
pub(crate) fn order(side: &str, quantity: &str, price: &str, more: &str) -> String {
    format!(
        r#"{{"symbol":"BTC-USD","side":"{side}","type":"limit","quantity":"{quantity}","price":"{price}"{more}}}"#
    )
}

/// An answer of HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) json: Value,
}

/// A connection of HTTP.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    rest: Vec<u8>,
}

impl Client {
    pub(crate) const fn over(stream: TcpStream) -> Self {
        let rest = Vec::new();
        Self { stream, rest }
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Reads until `done` finds what it looks for; `None` at the end.
    fn until<T>(&mut self, done: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        let mut room = vec![0; 65_536];
        loop {
            if let Some(found) = done(&self.rest) {
                return Some(found);
            }
            match self.stream.read(&mut room) {
                Ok(0) => return None,
                Ok(count) => self.rest.extend_from_slice(&room[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// The next answer; `None` where the connection ends.
    pub(crate) fn answer(&mut self) -> Option<Answer> {
        let head = self.until(|bytes| {
            let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
            Some(String::from_utf8(bytes[..end + 4].to_vec()).unwrap())
        })?;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |text| text.parse().unwrap());
        let whole = head.len() + length;
        self.until(|bytes| (bytes.len() >= whole).then_some(()))?;
        let body: Vec<u8> = self.rest.drain(..whole).skip(head.len()).collect();
        let json = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&body).unwrap()
        };
        let status = head[9..12].parse().unwrap();
        Some(Answer { status, head, json })
    }

    /// Sends a signed request and waits for its answer.
    pub(crate) fn ask(&mut self, user: User, method: &str, target: &str, body: &str) -> Answer {
        self.send(&request(user, method, target, body));
        self.answer().unwrap()
    }

    pub(crate) fn place(&mut self, user: User, body: &str) -> Answer {
        self.ask(user, "POST", "/api/trading/orders", body)
    }

    pub(crate) fn upgrade(mut self) -> Socket {
        self.send(
            b"GET /ws HTTP/1.1\r\nhost: x\r\nconnection: keep-alive, Upgrade\r\n\
              upgrade: websocket\r\n\
              sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        );
        let answer = self.answer().unwrap();
        assert_eq!(answer.status, 101, "{answer:?}");
        Socket(self)
    }
}

/// What a server says on a WebSocket.
#[derive(Debug, PartialEq)]
pub(crate) enum Heard {
    Text(Value),
    Binary(Vec<u8>),
    Ping,
    Pong(Vec<u8>),
    Close(u16),
    End,
}

/// A connection of WebSocket.
pub(crate) struct Socket(pub(crate) Client);

impl Socket {
    /// Sends one frame.
    pub(crate) fn frame(&mut self, first: u8, payload: &[u8]) {
        let bytes = frame(first, payload);
        self.0.send(&bytes);
    }

    pub(crate) fn say(&mut self, text: &str) {
        self.frame(0x81, text.as_bytes());
    }

    pub(crate) fn log_on(&mut self, user: User, more: &str) {
        let Signature {
            timestamp,
            nonce,
            text,
        } = sign(user, "GET", "/ws", b"");
        self.say(&format!(
            r#"{{"op":"logon","key":"{}","timestamp":"{timestamp}","nonce":"{nonce}","signature":"{text}"{more}}}"#,
            user.key
        ));
    }

    pub(crate) fn hear_any(&mut self) -> Heard {
        let found = self.0.until(|bytes| {
            let [first, second, ..] = *bytes else {
                return None;
            };
            let (length, start) = match second {
                126 => {
                    let two = bytes.get(2..4)?;
                    (usize::from(u16::from_be_bytes([two[0], two[1]])), 4)
                }
                127 => {
                    let eight: [u8; 8] = bytes.get(2..10)?.try_into().unwrap();
                    (usize::try_from(u64::from_be_bytes(eight)).unwrap(), 10)
                }
                short => (usize::from(short), 2),
            };
            let payload = bytes.get(start..start + length)?.to_vec();
            Some((first & 15, payload, start + length))
        });
        let Some((opcode, payload, end)) = found else {
            return Heard::End;
        };
        self.0.rest.drain(..end);
        match opcode {
            1 => Heard::Text(serde_json::from_slice(&payload).unwrap()),
            2 => Heard::Binary(payload),
            8 => Heard::Close(u16::from_be_bytes([payload[0], payload[1]])),
            9 => Heard::Ping,
            10 => Heard::Pong(payload),
            other => panic!("opcode {other}"),
        }
    }

    /// The next message of JSON.
    pub(crate) fn hear(&mut self) -> Value {
        loop {
            match self.hear_any() {
                Heard::Text(json) => return json,
                Heard::Ping => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Asks for a new order under a number.
    pub(crate) fn place(&mut self, id: u64, body: &str) {
        self.say(&format!(r#"{{"op":"new","id":{id},"order":{body}}}"#));
    }
}

/// A frame as a client sends it.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..126 => bytes.push(0x80 | u8::try_from(short).unwrap()),
        length => {
            bytes.push(0x80 | 0x7e);
            bytes.extend_from_slice(&u16::try_from(length).unwrap().to_be_bytes());
        }
    }
    let mask = [7, 11, 13, 17];
    bytes.extend_from_slice(&mask);
    bytes.extend(
        payload
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, mask)| byte ^ mask),
    );
    bytes
}
