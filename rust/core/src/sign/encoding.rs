//! Hex and base64, written into buffers on the stack.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How signature bytes become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Two lower-case hex digits a byte.
    Hex,
    /// Standard alphabet with padding (RFC 4648 §4).
    Base64,
}

/// Characters the longest signature (64 bytes) takes: 128 in hex, 88 in base64.
pub const TEXT_MAX: usize = 128;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

impl Encoding {
    /// Writes `bytes` as text into `buffer` and returns the part written.
    ///
    /// # Panics
    ///
    /// Invariant: signatures are at most 64 bytes, so the text fits [`TEXT_MAX`].
    #[inline]
    pub fn write<'a>(self, bytes: &[u8], buffer: &'a mut [u8; TEXT_MAX]) -> &'a str {
        assert!(
            bytes.len() <= TEXT_MAX / 2,
            "Invariant: signatures are at most 64 bytes"
        );
        let length = match self {
            Self::Hex => {
                for (pair, byte) in buffer.chunks_exact_mut(2).zip(bytes) {
                    pair[0] = DIGITS[usize::from(byte >> 4)];
                    pair[1] = DIGITS[usize::from(byte & 15)];
                }
                bytes.len() * 2
            }
            Self::Base64 => STANDARD.encode_slice(bytes, buffer).unwrap_or(0),
        };
        std::str::from_utf8(&buffer[..length]).unwrap_or("")
    }

    /// Reads exactly `N` bytes; `None` when the text holds anything else.
    pub fn read<const N: usize>(self, text: &[u8]) -> Option<[u8; N]> {
        match self {
            Self::Hex => decode_hex(text),
            Self::Base64 => {
                let mut bytes = [0; N];
                let mut room = [0; TEXT_MAX];
                let read = STANDARD.decode_slice(text, &mut room).ok()?;
                if read != N {
                    return None;
                }
                bytes.copy_from_slice(&room[..N]);
                Some(bytes)
            }
        }
    }
}

/// Exactly `2 × N` hex digits of either case.
pub fn decode_hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// `0x` and lower-case digits, as Ethereum writes words.
pub fn hex_word(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 + 2 * bytes.len());
    text.push_str("0x");
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The text after `0x`, or all of it.
pub(crate) fn strip_0x(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"0x")
        .or_else(|| text.strip_prefix(b"0X"))
        .unwrap_or(text)
}

const fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        b'A'..=b'F' => Some(character - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_it_reads_back() {
        let bytes: [u8; 64] = std::array::from_fn(|at| u8::try_from(at * 4).unwrap());
        for encoding in [Encoding::Hex, Encoding::Base64] {
            let mut buffer = [0; TEXT_MAX];
            let text = encoding.write(&bytes, &mut buffer);
            assert_eq!(encoding.read(text.as_bytes()), Some(bytes));
        }
        let mut buffer = [0; TEXT_MAX];
        assert_eq!(Encoding::Hex.write(&[0x0f, 0xa0], &mut buffer), "0fa0");
        assert_eq!(Encoding::Base64.write(b"any", &mut buffer), "YW55");
        assert_eq!(hex_word(&[0x0f, 0xa0]), "0x0fa0");
    }

    #[test]
    fn refuses_texts_of_another_length_or_alphabet() {
        for text in ["0fa", "0fa0", "0g", "", "0x0f"] {
            assert_eq!(Encoding::Hex.read::<1>(text.as_bytes()), None, "{text:?}");
        }
        for text in ["YW5", "YW55YQ==", "Y-55", "", "YW55\n"] {
            assert_eq!(
                Encoding::Base64.read::<3>(text.as_bytes()),
                None,
                "{text:?}"
            );
        }
    }
}
