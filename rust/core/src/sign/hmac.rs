//! HMAC-SHA256 and HMAC-SHA512 with a key prepared once (RFC 2104).
//!
//! Preparing hashes the padded key into the inner and outer state; a signature then starts from
//! copies of these, so the key itself is hashed once and not kept.

use std::fmt;
use std::hint::black_box;

use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::encoding::{Encoding, TEXT_MAX};
use super::{Secret, SignError};

/// The hash inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// 32-byte signatures.
    Sha256,
    /// 64-byte signatures.
    Sha512,
}

impl Algorithm {
    /// The name in errors and in `repr`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "hmac-sha256",
            Self::Sha512 => "hmac-sha512",
        }
    }
}

/// A prepared key; the state derived from the secret is overwritten when it is dropped.
pub struct HmacKey(Keyed);

enum Keyed {
    Sha256(Box<Hmac<Sha256>>),
    Sha512(Box<Hmac<Sha512>>),
}

/// The bytes of one signature.
#[derive(Clone, Copy)]
pub struct Tag {
    bytes: [u8; 64],
    length: usize,
}

impl HmacKey {
    /// Prepares `secret`, of any length but zero.
    ///
    /// # Errors
    ///
    /// [`SignError::EmptyKey`]: HMAC is defined for it, but it is always a missing setting.
    pub fn new(algorithm: Algorithm, secret: &Secret) -> Result<Self, SignError> {
        let empty = SignError::EmptyKey {
            algorithm: algorithm.as_str(),
        };
        if secret.is_empty() {
            return Err(empty);
        }
        Self::keyed(algorithm, secret.expose()).ok_or(empty)
    }

    fn keyed(algorithm: Algorithm, key: &[u8]) -> Option<Self> {
        Some(Self(match algorithm {
            Algorithm::Sha256 => Keyed::Sha256(Box::new(Hmac::new_from_slice(key).ok()?)),
            Algorithm::Sha512 => Keyed::Sha512(Box::new(Hmac::new_from_slice(key).ok()?)),
        }))
    }

    /// The hash it was prepared for.
    pub const fn algorithm(&self) -> Algorithm {
        match self.0 {
            Keyed::Sha256(_) => Algorithm::Sha256,
            Keyed::Sha512(_) => Algorithm::Sha512,
        }
    }

    /// Signs `message`, which may be empty.
    #[inline]
    pub fn sign(&self, message: &[u8]) -> Tag {
        let mut bytes = [0; 64];
        let length = match &self.0 {
            Keyed::Sha256(keyed) => {
                let mut mac = keyed.as_ref().clone();
                mac.update(message);
                bytes[..32].copy_from_slice(&mac.finalize().into_bytes());
                32
            }
            Keyed::Sha512(keyed) => {
                let mut mac = keyed.as_ref().clone();
                mac.update(message);
                bytes.copy_from_slice(&mac.finalize().into_bytes());
                64
            }
        };
        Tag { bytes, length }
    }

    /// Whether `signature` is that of `message`, in constant time once its length is right.
    ///
    /// A text that is no signature at all is simply not the signature.
    pub fn verify(&self, message: &[u8], signature: &[u8], encoding: Encoding) -> bool {
        let tag = self.sign(message);
        let given = match self.algorithm() {
            Algorithm::Sha256 => encoding.read::<32>(signature).map(|read| {
                let mut bytes = [0; 64];
                bytes[..32].copy_from_slice(&read);
                bytes
            }),
            Algorithm::Sha512 => encoding.read::<64>(signature),
        };
        given.is_some_and(|bytes| bytes.ct_eq(&tag.bytes).into())
    }
}

impl Tag {
    /// The signature's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// The signature as text in `buffer`.
    #[inline]
    pub fn write<'a>(&self, encoding: Encoding, buffer: &'a mut [u8; TEXT_MAX]) -> &'a str {
        encoding.write(self.as_bytes(), buffer)
    }
}

impl HmacKey {
    /// Overwrites the keyed state with that of an empty key; `black_box` keeps the write.
    fn wipe(&mut self) {
        match &mut self.0 {
            Keyed::Sha256(keyed) => {
                if let Ok(blank) = Hmac::new_from_slice(&[]) {
                    **keyed = blank;
                }
            }
            Keyed::Sha512(keyed) => {
                if let Ok(blank) = Hmac::new_from_slice(&[]) {
                    **keyed = blank;
                }
            }
        }
        black_box(&self.0);
    }
}

impl Drop for HmacKey {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HmacKey({}, ***)", self.algorithm().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(algorithm: Algorithm, key: &[u8], message: &[u8], encoding: Encoding) -> String {
        let key = HmacKey::new(algorithm, &Secret::copy(key)).unwrap();
        key.sign(message)
            .write(encoding, &mut [0; TEXT_MAX])
            .to_owned()
    }

    /// RFC 4231, cases 1, 2, 3, 6 and 7 (key shorter and longer than a block).
    #[test]
    fn agrees_with_rfc_4231() {
        let cases: [(&[u8], &[u8], &str, &str); 5] = [
            (
                &[0x0b; 20],
                b"Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
                "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde\
                 daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
                 9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ),
            (
                &[0xaa; 20],
                &[0xdd; 50],
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
                "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39\
                 bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
                "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
                 6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
            ),
            (
                &[0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than \
                  block-size data. The key needs to be hashed before being used by the HMAC \
                  algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
                "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944\
                 b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
            ),
        ];
        for (key, message, sha256, sha512) in cases {
            let hex = Encoding::Hex;
            assert_eq!(signed(Algorithm::Sha256, key, message, hex), sha256);
            assert_eq!(signed(Algorithm::Sha512, key, message, hex), sha512);
        }
    }

    #[test]
    fn signs_an_empty_message_and_refuses_an_empty_key() {
        assert_eq!(
            signed(Algorithm::Sha256, b"key", b"", Encoding::Base64),
            "XV0TlWPJW1lnub2ajJsjOp3ttFByeUzSMtwbdIMmB9A="
        );
        let refused = HmacKey::new(Algorithm::Sha512, &Secret::copy(b"")).unwrap_err();
        assert_eq!(refused.to_string(), "hmac-sha512 key must not be empty");
    }

    #[test]
    fn verifies_its_own_signature_and_no_other() {
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            let key = HmacKey::new(algorithm, &Secret::copy(b"canary")).unwrap();
            for encoding in [Encoding::Hex, Encoding::Base64] {
                let mut buffer = [0; TEXT_MAX];
                let text = key.sign(b"message").write(encoding, &mut buffer);
                assert!(key.verify(b"message", text.as_bytes(), encoding));
                assert!(!key.verify(b"massage", text.as_bytes(), encoding));
                assert!(!key.verify(b"message", &text.as_bytes()[1..], encoding));
                assert!(!key.verify(b"message", b"", encoding));
            }
            assert!(!format!("{key:?}").contains("canary"));
        }
    }

    /// What is dropped no longer signs as the key: the state was overwritten in place.
    #[test]
    fn nothing_of_the_key_is_left_when_it_goes() {
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            let mut key = HmacKey::new(algorithm, &Secret::copy(b"canary")).unwrap();
            key.wipe();
            let empty = HmacKey::keyed(algorithm, b"").unwrap();
            assert_eq!(key.sign(b"m").as_bytes(), empty.sign(b"m").as_bytes());
        }
    }
}
