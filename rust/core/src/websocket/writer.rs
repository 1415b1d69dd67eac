//! A client's messages as frames: whole, and masked.

/// Bytes a head takes at most: flags, length, mask.
pub const HEAD_MAX: usize = 14;

const FINAL_TEXT: u8 = 0x81;
const MASKED: u8 = 0x80;

/// Appends a text message in one frame, masked with `mask`.
///
/// The mask is for proxies on the way (RFC 6455, section 10.3): it must be new with each frame and
/// not be foreseen.
pub fn text_frame(text: &str, mask: [u8; 4], out: &mut Vec<u8>) {
    let payload = text.as_bytes();
    out.reserve(payload.len() + HEAD_MAX);
    out.push(FINAL_TEXT);
    let size = payload.len();
    match (u8::try_from(size), u16::try_from(size)) {
        (Ok(short @ 0..=125), _) => out.push(MASKED | short),
        (_, Ok(size)) => {
            out.push(MASKED | 0x7e);
            out.extend_from_slice(&size.to_be_bytes());
        }
        _ => {
            out.push(MASKED | 0x7f);
            out.extend_from_slice(&(size as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&mask);
    let begin = out.len();
    out.extend_from_slice(payload);
    let (words, rest) = out[begin..].as_chunks_mut::<4>();
    for word in words {
        *word = (u32::from_ne_bytes(*word) ^ u32::from_ne_bytes(mask)).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(mask) {
        *byte ^= key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_protocol_is_written() {
        let mut out = Vec::new();
        text_frame("Hello", [0x37, 0xfa, 0x21, 0x3d], &mut out);
        let want = [
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ];
        assert_eq!(out, want);
    }

    #[test]
    fn the_head_is_as_long_as_the_length_needs() {
        for (size, head) in [(0, 6), (125, 6), (126, 8), (65_535, 8), (65_536, 14)] {
            let mut out = Vec::new();
            text_frame(&"x".repeat(size), [1, 2, 3, 4], &mut out);
            assert_eq!(out.len(), size + head, "of {size} bytes");
            let unmasked = out[head..].iter().zip([1, 2, 3, 4].iter().cycle());
            assert!(
                unmasked
                    .map(|(byte, key)| byte ^ key)
                    .all(|byte| byte == b'x')
            );
        }
    }
}
