//! A server's frames as a client reads them: whole messages are cut out, all else is left to who
//! keeps the protocol.
//!
//! Nearly everything a venue sends is one whole message in one frame. Whatever else comes - a ping,
//! a close, a part of a message - is handed on as it is, a whole frame at a time; and from the
//! first frame that no client may accept, all bytes are.
//!
//! Source: RFC 6455, section 5.2.

/// Last frame of a message.
const FIN: u8 = 0x80;
/// Bits that mean something only if it was agreed upon.
const RESERVED: u8 = 0x70;
/// The first byte of text in one frame, and of binary data.
const WHOLE: [u8; 2] = [0x81, 0x82];
/// The kinds of frames: a part, text, binary data, close, ping, pong.
const KINDS: [u8; 6] = [0, 1, 2, 8, 9, 10];
/// The first of the kinds that are not of messages.
const CONTROL: u8 = 8;
/// Longest payload of those.
const CONTROL_BYTES_MAX: usize = 125;

/// What comes next on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// A message.
    Message(&'a [u8]),
    /// Bytes of the protocol that are no whole message.
    Other(&'a [u8]),
    /// More bytes are needed.
    Nothing,
}

/// Cuts the bytes of a connection, without its handshake, into messages and all else.
#[derive(Debug)]
pub struct FrameReader {
    bytes: Vec<u8>,
    at: usize,
    bytes_max: usize,
    /// A message came in part: no whole one may come before its end.
    in_parts: bool,
    /// A frame came that breaks the protocol.
    broken: bool,
}

/// A frame at the front of some bytes.
enum Cut {
    /// How long it and its payload are.
    Frame(usize, usize),
    Short,
    Broken,
}

impl FrameReader {
    /// Reads a connection whose messages have at most `bytes_max` bytes.
    pub const fn new(bytes_max: usize) -> Self {
        Self {
            bytes: Vec::new(),
            at: 0,
            bytes_max,
            in_parts: false,
            broken: false,
        }
    }

    /// Takes bytes as they came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next message, or what stands before it.
    #[inline]
    pub fn advance(&mut self) -> Next<'_> {
        let rest = &self.bytes[self.at..];
        if rest.is_empty() {
            return Next::Nothing;
        }
        let cut = if self.broken {
            Cut::Broken
        } else {
            cut(rest, self.bytes_max)
        };
        match cut {
            Cut::Short => Next::Nothing,
            Cut::Broken => {
                self.broken = true;
                self.at = self.bytes.len();
                Next::Other(rest)
            }
            Cut::Frame(whole, payload) => {
                self.at += whole;
                let first = rest[0];
                if WHOLE.contains(&first) && !self.in_parts {
                    return Next::Message(&rest[whole - payload..whole]);
                }
                if first & !FIN < CONTROL {
                    self.in_parts = first & FIN == 0;
                }
                Next::Other(&rest[..whole])
            }
        }
    }

    /// Everything that was not read, which is then forgotten.
    pub fn take_rest(&mut self) -> Vec<u8> {
        let rest = self.bytes.split_off(self.at);
        self.bytes.clear();
        self.at = 0;
        rest
    }
}

#[inline]
fn cut(bytes: &[u8], bytes_max: usize) -> Cut {
    let [first, second, after @ ..] = bytes else {
        return Cut::Short;
    };
    let kind = first & !(FIN | RESERVED);
    // A server masks nothing, so the top bit of the second byte is never set.
    if first & RESERVED != 0 || *second >= 0x80 || !KINDS.contains(&kind) {
        return Cut::Broken;
    }
    let (header, payload) = match *second {
        126 => match after.first_chunk() {
            Some(size) => (4, usize::from(u16::from_be_bytes(*size))),
            None => return Cut::Short,
        },
        127 => match after.first_chunk() {
            Some(size) => {
                let size = u64::from_be_bytes(*size);
                (10, usize::try_from(size).unwrap_or(usize::MAX))
            }
            None => return Cut::Short,
        },
        size => (2, usize::from(size)),
    };
    let is_control = kind >= CONTROL;
    if payload > bytes_max || is_control && (payload > CONTROL_BYTES_MAX || first & FIN == 0) {
        return Cut::Broken;
    }
    if bytes.len() < header + payload {
        return Cut::Short;
    }
    Cut::Frame(header + payload, payload)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A frame as a server writes it.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            size @ 0..126 => bytes.push(u8::try_from(size).unwrap()),
            size if u16::try_from(size).is_ok() => {
                bytes.push(126);
                bytes.extend(u16::try_from(size).unwrap().to_be_bytes());
            }
            size => {
                bytes.push(127);
                bytes.extend((size as u64).to_be_bytes());
            }
        }
        bytes.extend(payload);
        bytes
    }

    /// All that comes of bytes that arrive in pieces of a size.
    fn read(bytes: &[u8], piece: usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let mut reader = FrameReader::new(70_000);
        let (mut messages, mut others) = (Vec::new(), Vec::new());
        for piece in bytes.chunks(piece) {
            reader.push(piece);
            loop {
                match reader.advance() {
                    Next::Message(message) => messages.push(message.to_vec()),
                    Next::Other(other) => others.push(other.to_vec()),
                    Next::Nothing => break,
                }
            }
        }
        (messages, others)
    }

    #[test]
    fn messages_are_cut_out_and_other_frames_are_whole() {
        let (long, longer) = (vec![7; 300], vec![8; 66_000]);
        let frames = [
            frame(0x81, b"one"),
            frame(0x89, b"ping"),
            frame(0x82, &long),
            frame(0x81, b""),
            frame(0x01, b"first part, "),
            frame(0x8A, b""),
            frame(0x80, b"last part"),
            frame(0x82, &longer),
            frame(0x88, &[3, 232]),
        ];
        for piece in [1, 2, 3, 7, 64, 1000, 1 << 20] {
            let (messages, others) = read(&frames.concat(), piece);
            assert_eq!(messages, [&b"one"[..], &long, b"", &longer], "{piece}");
            let other = [1, 4, 5, 6, 8].map(|at: usize| frames[at].clone());
            assert_eq!(others, other, "{piece}");
        }
    }

    #[test]
    fn a_whole_message_among_the_parts_of_another_is_not_ours_to_judge() {
        let frames = [
            frame(0x01, b"part"),
            frame(0x81, b"whole"),
            frame(0x81, b"next"),
        ];
        let (messages, others) = read(&frames.concat(), 100);
        assert_eq!(others, [&frames[0][..], &frames[1]]);
        assert_eq!(messages, [b"next"]);
    }

    #[test]
    fn from_what_no_client_may_accept_on_every_byte_is_handed_on() {
        let masked = [0x81, 0x81, 1, 2, 3, 4, 5];
        let vast = [0x82, 127, 0, 0, 0, 0, 0, 1, 17, 113];
        for bad in [
            &frame(0xC1, b"compressed")[..],
            &frame(0x83, b"no such kind"),
            &frame(0x09, b"a ping in parts"),
            &frame(0x89, &[0; 126]),
            &masked,
            &vast,
        ] {
            let bytes = [&frame(0x81, b"good"), bad, &frame(0x81, b"lost")].concat();
            let (messages, others) = read(&bytes, 1 << 20);
            assert_eq!(messages, [b"good"]);
            assert_eq!(others.concat(), bytes[6..]);
            let (messages, others) = read(&bytes, 1);
            assert_eq!(messages, [b"good"]);
            assert_eq!(others.concat(), bytes[6..]);
        }
    }

    #[test]
    fn what_was_not_read_can_be_taken() {
        let mut reader = FrameReader::new(100);
        let bytes = [frame(0x81, b"one"), frame(0x81, b"two")].concat();
        reader.push(&bytes[..8]);
        assert_eq!(reader.advance(), Next::Message(b"one"));
        assert_eq!(reader.advance(), Next::Nothing);
        assert_eq!(reader.take_rest(), bytes[5..8]);
        assert_eq!(reader.take_rest(), b"");
    }

    proptest! {
        #[test]
        fn the_pieces_in_which_bytes_come_make_no_difference(
            bytes in prop::collection::vec(prop_oneof![
                any::<u8>(), prop::sample::select(vec![0x81, 0x82, 0x01, 0x80, 0x89, 0, 2, 126]),
            ], 0..200),
            piece in 1..50_usize,
        ) {
            let (messages, others) = read(&bytes, piece);
            let (same, rest) = read(&bytes, 200);
            prop_assert_eq!(messages, same);
            prop_assert_eq!(others.concat(), rest.concat());
        }
    }
}
