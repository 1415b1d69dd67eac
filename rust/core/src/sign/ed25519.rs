//! Ed25519 (RFC 8032) from a PKCS#8 PEM or a 32-byte seed.

use std::fmt;

use ed25519_dalek::pkcs8::{self, DecodePrivateKey as _, DecodePublicKey as _, spki};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use super::encoding::decode_hex;
use super::{Secret, SignError};

const ALGORITHM: &str = "ed25519";
const PEM_MARK: &[u8] = b"-----BEGIN ";

/// A private key, wiped when dropped.
pub struct Ed25519Key(SigningKey);

impl Ed25519Key {
    /// Reads a PKCS#8 PEM (`-----BEGIN PRIVATE KEY-----`), 32 raw bytes or 64 hex digits.
    ///
    /// # Errors
    ///
    /// [`SignError::EmptyKey`], [`SignError::WrongKey`] for a key of another curve or an encrypted
    /// or public one, [`SignError::MalformedKey`] for anything else. None shows the key.
    pub fn new(secret: &Secret) -> Result<Self, SignError> {
        let given = secret.expose();
        let text = given.trim_ascii();
        if text.is_empty() && given.len() != 32 {
            return Err(SignError::EmptyKey {
                algorithm: ALGORITHM,
            });
        }
        if text.starts_with(PEM_MARK) {
            return Self::from_pem(text);
        }
        let mut seed = Zeroizing::new([0; 32]);
        if given.len() == 32 {
            seed.copy_from_slice(given);
        } else {
            *seed = decode_hex(text).ok_or_else(|| malformed(given.len()))?;
        }
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    fn from_pem(text: &[u8]) -> Result<Self, SignError> {
        let pem = std::str::from_utf8(text).map_err(|_| malformed(text.len()))?;
        if let Some(found) = other_document(pem) {
            return Err(SignError::WrongKey {
                algorithm: ALGORITHM,
                found,
            });
        }
        SigningKey::from_pkcs8_pem(pem)
            .map(Self)
            .map_err(|error| match error {
                pkcs8::Error::PublicKey(spki::Error::OidUnknown { .. }) => SignError::WrongKey {
                    algorithm: ALGORITHM,
                    found: "a private key of another algorithm",
                },
                _ => malformed(text.len()),
            })
    }

    /// Signs `message`, which may be empty; the same bytes every time.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    /// The public key's 32 bytes.
    pub fn public_key(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }
}

impl fmt::Debug for Ed25519Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519Key(***)")
    }
}

/// Whether `signature` is that of `message` by the owner of `public_key`.
///
/// `public_key` is a PEM (`-----BEGIN PUBLIC KEY-----`), 32 raw bytes or 64 hex digits. The check
/// is the strict one: keys of small order and signatures that could be altered do not pass.
///
/// # Errors
///
/// [`SignError::MalformedKey`] when the public key is none.
pub fn verify(public_key: &[u8], message: &[u8], signature: &[u8; 64]) -> Result<bool, SignError> {
    let bad = || SignError::MalformedKey {
        algorithm: "ed25519 public",
        rule: "a PEM, 32 raw bytes or 64 hex digits of a point on the curve",
        length: public_key.len(),
    };
    let text = public_key.trim_ascii();
    let key = if text.starts_with(PEM_MARK) {
        let pem = std::str::from_utf8(text).map_err(|_| bad())?;
        VerifyingKey::from_public_key_pem(pem).map_err(|_| bad())?
    } else {
        let bytes = <[u8; 32]>::try_from(public_key)
            .ok()
            .or_else(|| decode_hex(text))
            .ok_or_else(bad)?;
        VerifyingKey::from_bytes(&bytes).map_err(|_| bad())?
    };
    let signature = Signature::from_bytes(signature);
    Ok(key.verify_strict(message, &signature).is_ok())
}

fn malformed(length: usize) -> SignError {
    SignError::MalformedKey {
        algorithm: ALGORITHM,
        rule: "a PKCS#8 PEM with its line breaks, 32 raw bytes or 64 hex digits",
        length,
    }
}

/// What a PEM holds when its label says it is no plain PKCS#8 private key.
fn other_document(pem: &str) -> Option<&'static str> {
    let (label, _) = pem.get(PEM_MARK.len()..)?.split_once("-----")?;
    match label {
        "PRIVATE KEY" => None,
        "ENCRYPTED PRIVATE KEY" => Some("an encrypted key; decrypt it first"),
        "PUBLIC KEY" => Some("a public key"),
        "EC PRIVATE KEY" => Some("an elliptic-curve key (SEC1)"),
        "RSA PRIVATE KEY" => Some("an RSA key"),
        "OPENSSH PRIVATE KEY" => Some("an OpenSSH key; convert it to PKCS#8"),
        _ => Some("something else"),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::sign::encoding::hex_word;

    /// RFC 8032 §7.1, tests 1 to 3: seed, public key, message, signature.
    const CASES: [(&str, &str, &[u8], &str); 3] = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            &[],
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc\
             61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            &[0x72],
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e45\
             8f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            &[0xaf, 0x82],
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae\
             67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ];

    fn pem(label: &str, prefix: &[u8], body: &[u8]) -> Vec<u8> {
        let text = STANDARD.encode([prefix, body].concat());
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n").into_bytes()
    }

    /// The DER before a seed: version 0, id-Ed25519 (1.3.101.112), an octet string in another.
    const PKCS8: [u8; 16] = [
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];

    #[test]
    fn agrees_with_rfc_8032_whatever_the_form_of_the_key() {
        for (seed, public, message, signature) in CASES {
            let raw: [u8; 32] = decode_hex(seed.as_bytes()).unwrap();
            let padded = format!("  {seed}\n").into_bytes();
            for form in [raw.to_vec(), padded, pem("PRIVATE KEY", &PKCS8, &raw)] {
                let key = Ed25519Key::new(&Secret::take(form)).unwrap();
                assert_eq!(hex_word(&key.sign(message))[2..], *signature);
                assert_eq!(hex_word(&key.public_key())[2..], *public);
            }
        }
    }

    #[test]
    fn verifies_by_any_form_of_the_public_key() {
        let (_, public, message, signature) = CASES[1];
        let raw: [u8; 32] = decode_hex(public.as_bytes()).unwrap();
        let mut signature: [u8; 64] = decode_hex(signature.as_bytes()).unwrap();
        let forms = [
            raw.to_vec(),
            public.as_bytes().to_vec(),
            pem("PUBLIC KEY", &SPKI, &raw),
        ];
        for form in &forms {
            assert_eq!(verify(form, message, &signature), Ok(true));
            assert_eq!(verify(form, b"other", &signature), Ok(false));
        }
        signature[63] ^= 1;
        assert_eq!(verify(&raw, message, &signature), Ok(false));
        assert!(verify(b"short", message, &signature).is_err());
    }

    #[test]
    fn names_what_was_given_instead_of_a_key_and_never_shows_it() {
        let seed: [u8; 32] = decode_hex(CASES[0].0.as_bytes()).unwrap();
        let mut x25519 = PKCS8;
        x25519[11] = 0x6e;
        let body = STANDARD.encode(seed);
        for (given, said) in [
            (Vec::new(), "must not be empty"),
            (b" \n".to_vec(), "must not be empty"),
            (seed[1..].to_vec(), "got 31 bytes"),
            (vec![b'0'; 63], "got 63 bytes"),
            (vec![b'g'; 64], "got 64 bytes"),
            (pem("PRIVATE KEY", &PKCS8, &seed[1..]), "got 118 bytes"),
            (pem("PRIVATE KEY", &x25519, &seed), "another algorithm"),
            (pem("EC PRIVATE KEY", &PKCS8, &seed), "elliptic-curve"),
            (pem("RSA PRIVATE KEY", &PKCS8, &seed), "RSA"),
            (pem("PUBLIC KEY", &SPKI, &seed), "a public key"),
            (pem("ENCRYPTED PRIVATE KEY", &PKCS8, &seed), "encrypted"),
            (pem("CERTIFICATE", &PKCS8, &seed), "something else"),
        ] {
            let text = Ed25519Key::new(&Secret::take(given))
                .unwrap_err()
                .to_string();
            assert!(text.contains(said), "{text}");
            assert!(
                !text.contains(CASES[0].0) && !text.contains(&body),
                "{text}"
            );
        }
        let key = Ed25519Key::new(&Secret::copy(&seed)).unwrap();
        assert_eq!(format!("{key:?}"), "Ed25519Key(***)");
    }
}
