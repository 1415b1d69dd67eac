//! Recoverable ECDSA over secp256k1 as Ethereum writes it, and addresses.
//!
//! Nonces are RFC 6979, so equal inputs give equal signatures; `s` is always in the lower half of
//! the curve and `v` is 27 or 28, since venues refuse anything else.

use std::fmt;

use k256::ecdsa::{RecoveryId, Signature as Ecdsa, SigningKey, VerifyingKey};
use sha3::{Digest as _, Keccak256};
use zeroize::Zeroizing;

use super::encoding::{decode_hex, hex_word, strip_0x};
use super::{Secret, SignError};

/// A 32-byte word: a hash, or a number with its most significant byte first.
pub type Word = [u8; 32];

/// Keccak-256 of the parts in order, as Ethereum uses it (not NIST SHA3-256).
pub(crate) fn keccak(parts: &[&[u8]]) -> Word {
    let mut hasher = Keccak256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// The last 20 bytes of the hash of a public key; prints with the EIP-55 checksum.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address(pub [u8; 20]);

impl Address {
    /// Reads `0x` and 40 hex digits; the case of letters is not checked, since venues print both.
    ///
    /// # Errors
    ///
    /// [`SignError::MalformedHex`] naming the argument.
    pub fn parse(name: &'static str, text: &str) -> Result<Self, SignError> {
        let digits = strip_0x(text.as_bytes());
        let bytes = (digits.len() < text.len()).then(|| decode_hex(digits));
        bytes
            .flatten()
            .map(Self)
            .ok_or_else(|| SignError::MalformedHex {
                name,
                rule: "40",
                value: text.to_owned(),
            })
    }

    fn of(key: &VerifyingKey) -> Self {
        let point = key.to_encoded_point(false);
        let hash = keccak(&[&point.as_bytes()[1..]]);
        let mut bytes = [0; 20];
        bytes.copy_from_slice(&hash[12..]);
        Self(bytes)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = hex_word(&self.0);
        let hash = keccak(&[&plain.as_bytes()[2..]]);
        f.write_str("0x")?;
        for (at, character) in plain[2..].chars().enumerate() {
            let nibble = hash[at / 2] >> (4 * (1 - at % 2)) & 15;
            let shown = if nibble >= 8 {
                character.to_ascii_uppercase()
            } else {
                character
            };
            write!(f, "{shown}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One signature over a 32-byte digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The x coordinate of the nonce's point.
    pub r: Word,
    /// The proof, at most half of the curve's order.
    pub s: Word,
    /// 27 when the nonce's y coordinate is even, 28 when odd.
    pub v: u8,
}

/// A private key, wiped when dropped, with its address.
pub struct Secp256k1Key {
    key: SigningKey,
    address: Address,
}

impl Secp256k1Key {
    /// Reads 32 raw bytes, or 64 hex digits with or without `0x`.
    ///
    /// # Errors
    ///
    /// [`SignError::EmptyKey`]; [`SignError::MalformedKey`] for another form, zero, or a number
    /// not below the curve's order. Neither shows the key.
    pub fn new(secret: &Secret) -> Result<Self, SignError> {
        const ALGORITHM: &str = "secp256k1";
        if secret.is_empty() {
            return Err(SignError::EmptyKey {
                algorithm: ALGORITHM,
            });
        }
        let malformed = || SignError::MalformedKey {
            algorithm: ALGORITHM,
            rule: "32 raw bytes or 64 hex digits, above zero and below the curve's order",
            length: secret.len(),
        };
        let mut scalar = Zeroizing::new([0; 32]);
        if secret.len() == 32 {
            scalar.copy_from_slice(secret.expose());
        } else {
            *scalar = decode_hex(strip_0x(secret.expose().trim_ascii())).ok_or_else(malformed)?;
        }
        let key = SigningKey::from_slice(&*scalar).map_err(|_| malformed())?;
        let address = Address::of(key.verifying_key());
        Ok(Self { key, address })
    }

    /// Who signatures of this key recover to.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// Signs a digest.
    ///
    /// # Errors
    ///
    /// [`SignError::Unrecoverable`] when the nonce's point lies where `v` cannot name it, which no
    /// digest is known to reach (odds below 2⁻¹²⁷).
    pub fn sign(&self, digest: &Word) -> Result<Signature, SignError> {
        let (signature, id) = self
            .key
            .sign_prehash_recoverable(digest)
            .map_err(|_| SignError::Unrecoverable)?;
        if id.is_x_reduced() || signature.normalize_s().is_some() {
            return Err(SignError::Unrecoverable);
        }
        Ok(Signature {
            r: signature.r().to_bytes().into(),
            s: signature.s().to_bytes().into(),
            v: 27 + u8::from(id.is_y_odd()),
        })
    }
}

impl fmt::Debug for Secp256k1Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secp256k1Key({}, ***)", self.address)
    }
}

/// Who signed `digest`.
///
/// # Errors
///
/// [`SignError::Unrecoverable`] when `v` is not 27 or 28, `s` is in the upper half of the curve
/// (a second signature anyone can make from the first), or no key fits.
pub fn recover(digest: &Word, signature: &Signature) -> Result<Address, SignError> {
    let bad = |_| SignError::Unrecoverable;
    let id = match signature.v {
        27 => RecoveryId::new(false, false),
        28 => RecoveryId::new(true, false),
        _ => return Err(SignError::Unrecoverable),
    };
    let ecdsa = Ecdsa::from_scalars(signature.r, signature.s).map_err(bad)?;
    if ecdsa.normalize_s().is_some() {
        return Err(SignError::Unrecoverable);
    }
    VerifyingKey::recover_from_prehash(digest, &ecdsa, id)
        .map(|key| Address::of(&key))
        .map_err(bad)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    const HALF_ORDER: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";

    fn key(text: &str) -> Result<Secp256k1Key, SignError> {
        Secp256k1Key::new(&Secret::copy(text.as_bytes()))
    }

    /// Facts anyone can look up: the empty hash, and the address of the private key 1.
    #[test]
    fn hashes_and_addresses_are_those_of_ethereum() {
        assert_eq!(
            hex_word(&keccak(&[])),
            "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
        );
        let one = key(&format!("0x{:064x}", 1)).unwrap();
        assert_eq!(
            one.address().to_string(),
            "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
        );
        let parsed = Address::parse("signer", "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf");
        assert_eq!(parsed, Ok(one.address()));
    }

    #[test]
    fn refuses_keys_outside_the_curve_without_showing_them() {
        let zero = "0".repeat(64);
        for (given, said) in [
            ("", "must not be empty"),
            ("0x", "got 2 bytes"),
            (&zero, "above zero"),
            (ORDER, "below the curve's order"),
            (&ORDER[1..], "got 63 bytes"),
            ("-----BEGIN PRIVATE KEY-----", "64 hex digits"),
        ] {
            let text = key(given).unwrap_err().to_string();
            assert!(text.contains(said), "{text}");
            assert!(given.len() < 10 || !text.contains(given), "{text}");
        }
        let shown = format!("{:?}", key(&format!("{:064x}", 1)).unwrap());
        assert!(shown.ends_with(", ***)"), "{shown}");
    }

    #[test]
    fn refuses_addresses_and_signatures_of_another_shape() {
        for text in [
            "",
            "0x",
            "7e5f4552091a69125d5dfcb7b8c2659029395bdf",
            "0x7e5f",
        ] {
            let refused = Address::parse("builder", text).unwrap_err().to_string();
            assert!(
                refused.starts_with("builder must be 0x and 40 hex"),
                "{refused}"
            );
        }
        let good = key(&format!("{:064x}", 7)).unwrap().sign(&[9; 32]).unwrap();
        let high = Signature {
            s: decode_hex(ORDER.as_bytes()).unwrap(),
            ..good
        };
        let zero = Signature { r: [0; 32], ..good };
        for bad in [
            Signature { v: 0, ..good },
            Signature { v: 29, ..good },
            high,
            zero,
        ] {
            assert_eq!(recover(&[9; 32], &bad), Err(SignError::Unrecoverable));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whoever signs is recovered, the same signature comes every time, and `s` is low.
        #[test]
        fn signs_low_deterministic_and_recoverable(seed in 1_u128.., digest: [u8; 32]) {
            let key = key(&format!("{seed:064x}")).unwrap();
            let signature = key.sign(&digest).unwrap();
            prop_assert_eq!(key.sign(&digest).unwrap(), signature);
            prop_assert!(signature.v == 27 || signature.v == 28);
            prop_assert!(signature.s <= decode_hex(HALF_ORDER.as_bytes()).unwrap());
            prop_assert_eq!(recover(&digest, &signature), Ok(key.address()));
        }
    }
}
