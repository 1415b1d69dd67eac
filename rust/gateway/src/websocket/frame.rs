//! One frame, in and out.

use std::ops::Range;

pub(crate) const CONTINUATION: u8 = 0;
pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

/// Most bytes of a message, and so of a frame.
pub(crate) const MESSAGE_BYTES_MAX: usize = 64 << 10;

/// Codes a connection is closed with.
pub(crate) mod close {
    pub(crate) const NORMAL: u16 = 1000;
    pub(crate) const GOING_AWAY: u16 = 1001;
    pub(crate) const PROTOCOL: u16 = 1002;
    pub(crate) const NOT_TEXT: u16 = 1007;
    pub(crate) const POLICY: u16 = 1008;
    pub(crate) const TOO_BIG: u16 = 1009;
    pub(crate) const TRY_LATER: u16 = 1013;
}

/// A frame a client sent, its mask taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) is_last: bool,
    pub(crate) opcode: u8,
    /// Where what it says is.
    pub(crate) payload: Range<usize>,
}

/// Reads the frame at `at`, taking its mask off in place; `None` when it is not whole yet.
///
/// # Errors
///
/// The code to close with where it is no frame a client may send.
pub(crate) fn read(bytes: &mut [u8], at: usize) -> Result<Option<Frame>, u16> {
    let head = &bytes[at..];
    let [first, second, ..] = *head else {
        return Ok(None);
    };
    let opcode = first & 0x0f;
    let is_last = first & 0x80 != 0;
    let is_control = opcode >= CLOSE;
    let is_known = matches!(opcode, CONTINUATION | TEXT | BINARY | CLOSE | PING | PONG);
    // No extension was agreed on, and what a client sends is masked.
    if first & 0x70 != 0 || !is_known || second & 0x80 == 0 {
        return Err(close::PROTOCOL);
    }
    let short = usize::from(second & 0x7f);
    if is_control && (short > 125 || !is_last) {
        return Err(close::PROTOCOL);
    }
    let (length, mask_at) = match short {
        126 => match head.get(2..4) {
            Some(&[a, b]) => (usize::from(u16::from_be_bytes([a, b])), 4),
            _ => return Ok(None),
        },
        127 => match head
            .get(2..10)
            .and_then(|eight| <[u8; 8]>::try_from(eight).ok())
        {
            Some(eight) => (
                usize::try_from(u64::from_be_bytes(eight)).unwrap_or(usize::MAX),
                10,
            ),
            None => return Ok(None),
        },
        short => (short, 2),
    };
    if length > MESSAGE_BYTES_MAX {
        return Err(close::TOO_BIG);
    }
    let is_short = (short == 126 && length < 126) || (short == 127 && length < 1 << 16);
    if is_short {
        return Err(close::PROTOCOL);
    }
    let start = at + mask_at + 4;
    if bytes.len() < start + length {
        return Ok(None);
    }
    let mask = [start - 4, start - 3, start - 2, start - 1].map(|place| bytes[place]);
    unmask(&mut bytes[start..start + length], mask);
    Ok(Some(Frame {
        is_last,
        opcode,
        payload: start..start + length,
    }))
}

fn unmask(bytes: &mut [u8], mask: [u8; 4]) {
    let wide = u64::from_ne_bytes([
        mask[0], mask[1], mask[2], mask[3], mask[0], mask[1], mask[2], mask[3],
    ]);
    let (eights, rest) = bytes.as_chunks_mut::<8>();
    for eight in eights {
        *eight = (u64::from_ne_bytes(*eight) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}

/// Writes a frame of the server's.
pub(crate) fn write(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    out.push(0x80 | opcode);
    match payload.len() {
        // Bounded by what is compared with.
        short @ 0..126 => out.push(u8::try_from(short).unwrap_or(0)),
        length => {
            if let Ok(length) = u16::try_from(length) {
                out.push(126);
                out.extend_from_slice(&length.to_be_bytes());
            } else {
                out.push(127);
                out.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
    }
    out.extend_from_slice(payload);
}

/// Writes the frame that ends a connection.
pub(crate) fn write_close(out: &mut Vec<u8>, code: u16, reason: &str) {
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(reason.as_bytes());
    write(out, CLOSE, &payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, 0, payload);
        bytes[0] = first;
        bytes[1] |= 0x80;
        let head = bytes.len() - payload.len();
        let mask = [1, 2, 3, 4];
        bytes.splice(head..head, mask);
        unmask(&mut bytes[head + 4..], mask);
        bytes
    }

    #[test]
    fn a_frame_is_whole_with_its_last_byte_and_says_what_was_sent() {
        for length in [0, 1, 7, 8, 125, 126, 4_000, 65_535, 65_536] {
            let payload: Vec<u8> = (0..=255).cycle().take(length).collect();
            let bytes = masked(0x82, &payload);
            for end in [1, 2, 5, bytes.len() - 1] {
                let mut part = bytes[..end.min(bytes.len() - 1)].to_vec();
                assert_eq!(read(&mut part, 0), Ok(None), "{length} {end}");
            }
            let mut whole = bytes.clone();
            let frame = read(&mut whole, 0).unwrap().unwrap();
            assert_eq!(&whole[frame.payload.clone()], payload, "{length}");
            assert_eq!((frame.is_last, frame.opcode), (true, BINARY));
        }
    }

    #[test]
    fn what_a_client_may_not_send_closes() {
        let code = |mut bytes: Vec<u8>| read(&mut bytes, 0).unwrap_err();
        assert_eq!(code(masked(0xc1, b"a")), close::PROTOCOL, "an extension");
        assert_eq!(code(masked(0x83, b"a")), close::PROTOCOL, "an unknown kind");
        assert_eq!(code(masked(0x09, b"a")), close::PROTOCOL, "half a ping");
        assert_eq!(
            code(masked(0x89, &[0; 126])),
            close::PROTOCOL,
            "a long ping"
        );
        assert_eq!(code(vec![0x81, 1, b'a']), close::PROTOCOL, "no mask");
        assert_eq!(
            code(vec![0x81, 0xfe, 0, 1]),
            close::PROTOCOL,
            "a long way to say 1"
        );
        let long = [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(code(long.to_vec()), close::TOO_BIG);
        assert_eq!(
            code(vec![0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 1]),
            close::TOO_BIG
        );
    }
}
