//! Bytes that must not be seen: wiped when dropped, printed as `***`.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Key material.
///
/// It cannot be cloned, compares in constant time and prints as `***` in every format, so it may
/// stand in a struct that derives `Debug`. The memory is overwritten when it is dropped.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Keeps a copy of `bytes`; the caller wipes its own.
    pub fn copy(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// Takes `bytes` over without copying them.
    pub fn take(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for the moment they are needed.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq for Secret {
    /// Equal bytes, in a time that depends on the lengths only.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_stars_whatever_the_format() {
        let secret = Secret::copy(b"canary");
        for text in [
            format!("{secret}"),
            format!("{secret:?}"),
            format!("{secret:#?}"),
            format!("{:>20}", format!("{secret:x>4}")),
        ] {
            assert_eq!(text.trim(), "***");
        }
    }

    #[test]
    fn is_equal_by_content_and_length() {
        let secret = Secret::copy(b"canary");
        assert_eq!(secret, Secret::take(b"canary".to_vec()));
        assert_ne!(secret, Secret::copy(b"canarx"));
        assert_ne!(secret, Secret::copy(b"canar"));
        assert!(Secret::copy(b"").is_empty());
        assert_eq!(secret.len(), 6);
    }
}
