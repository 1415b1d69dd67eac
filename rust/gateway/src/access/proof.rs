//! Whether a request was signed with a key, and with which.

use std::net::IpAddr;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tradecore_core::sign::Encoding;

use super::nonces::Stale;
use super::{Key, KeyTable, Nonces};

/// The first line of what is signed.
const SCHEME: &[u8] = b"TRADECORE-HMAC-SHA256\n";
/// SHA-256 of nothing.
const EMPTY: &[u8; 64] = b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// Characters of a signature.
const SIGNATURE_BYTES: usize = 64;
/// Milliseconds in a text: enough for three hundred million years.
const TIMESTAMP_BYTES_MAX: usize = 19;
const MILLISECOND: i64 = 1_000_000;

/// What a request says of who sent it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Proof<'a> {
    pub(crate) key: &'a str,
    /// Milliseconds since 1970, as digits.
    pub(crate) timestamp: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) signature: &'a str,
}

/// What is signed beside it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    /// Path and query as they stand on the request's line.
    pub(crate) target: &'a str,
    pub(crate) body: &'a [u8],
}

/// Why a proof is none. Outside every [`Denied::Proof`] looks the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    Proof,
    /// There is no room to remember its nonce.
    Busy,
}

impl Proof<'_> {
    /// The key it was signed with.
    ///
    /// # Errors
    ///
    /// [`Denied`].
    pub(crate) fn check(
        &self,
        signed: &Signed<'_>,
        from: (&KeyTable, IpAddr, i64),
        nonces: &mut Nonces,
        room: &mut Vec<u8>,
    ) -> Result<Arc<Key>, Denied> {
        let (keys, peer, now_ns) = from;
        let at_ns = self.at_ns().ok_or(Denied::Proof)?;
        let is_shaped = is_nonce(self.nonce) && self.is_signature();
        let key = keys
            .get(self.key)
            .filter(|_| is_shaped)
            .ok_or(Denied::Proof)?;
        self.write(signed, room);
        let signature = self.signature.as_bytes();
        if !key.hmac.verify(room, signature, Encoding::Hex) || !key.is_valid(peer, now_ns) {
            return Err(Denied::Proof);
        }
        match nonces.admit(&key.id, self.nonce, at_ns, now_ns) {
            Ok(()) => Ok(Arc::clone(key)),
            Err(Stale::Time | Stale::Used) => Err(Denied::Proof),
            Err(Stale::Full) => Err(Denied::Busy),
        }
    }

    /// The text that is signed.
    fn write(&self, signed: &Signed<'_>, out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(SCHEME);
        for line in [self.timestamp, self.nonce, signed.method, signed.target] {
            out.extend_from_slice(line.as_bytes());
            out.push(b'\n');
        }
        if signed.body.is_empty() {
            return out.extend_from_slice(EMPTY);
        }
        for byte in Sha256::digest(signed.body) {
            let hex = b"0123456789abcdef";
            out.push(hex[usize::from(byte >> 4)]);
            out.push(hex[usize::from(byte & 15)]);
        }
    }

    /// The time it names, which is written in one way only.
    fn at_ns(&self) -> Option<i64> {
        let text = self.timestamp.as_bytes();
        let is_plain = text.iter().all(u8::is_ascii_digit) && text.first() != Some(&b'0');
        if text.is_empty() || text.len() > TIMESTAMP_BYTES_MAX || !is_plain {
            return None;
        }
        let ms: i64 = self.timestamp.parse().ok()?;
        ms.checked_mul(MILLISECOND)
    }

    fn is_signature(&self) -> bool {
        let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        self.signature.len() == SIGNATURE_BYTES && self.signature.bytes().all(is_hex)
    }
}

fn is_nonce(text: &str) -> bool {
    let kept = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    (8..=64).contains(&text.len()) && text.bytes().all(kept)
}

#[cfg(test)]
mod tests {
    use tradecore_core::sign::Secret;

    use super::super::KeyRow;
    use super::*;

    const AT_NS: i64 = 1_767_225_600_000 * MILLISECOND;
    const SIGNATURE: &str = "5704c1ada312abdb945453623d510e5e7d24d831b71fb3982c8d5c0442b31b5e";
    const SIGNED: Signed<'_> = Signed {
        method: "POST",
        target: "/api/trading/orders?x=1",
        body: b"{\"symbol\":\"BTCUSDT\"}",
    };

    fn proof() -> Proof<'static> {
        Proof {
            key: "tck_1",
            timestamp: "1767225600000",
            nonce: "n-000001",
            signature: SIGNATURE,
        }
    }

    fn table() -> KeyTable {
        let secret = b"tcs_0123456789abcdefghijklmnopqrstuvwxyzABCDEF";
        let row = KeyRow {
            id: "tck_1".into(),
            secret: Secret::copy(secret),
            user: "u".into(),
            account: 1,
            scopes: 3,
            networks: vec!["127.0.0.0/8".into()],
            expires_ns: AT_NS + 2_000 * MILLISECOND,
        };
        KeyTable::prepare(vec![row]).unwrap()
    }

    fn check(proof: &Proof<'_>, signed: &Signed<'_>, now_ns: i64) -> Result<(), Denied> {
        let mut nonces = Nonces::new(5_000 * MILLISECOND, 0);
        let from = (&table(), "127.0.0.1".parse().unwrap(), now_ns);
        let checked = proof.check(signed, from, &mut nonces, &mut Vec::new());
        checked.map(|key| assert_eq!(&*key.id, "tck_1"))
    }

    #[test]
    fn the_known_signature_is_accepted() {
        assert_eq!(check(&proof(), &SIGNED, AT_NS), Ok(()));
    }

    #[test]
    fn any_other_text_has_another_signature() {
        for signed in [
            Signed {
                method: "GET",
                ..SIGNED
            },
            Signed {
                target: "/api/trading/orders",
                ..SIGNED
            },
            Signed {
                body: b"",
                ..SIGNED
            },
        ] {
            assert_eq!(check(&proof(), &signed, AT_NS), Err(Denied::Proof));
        }
        for forged in [
            Proof {
                key: "tck_2",
                ..proof()
            },
            Proof {
                nonce: "n-000002",
                ..proof()
            },
            Proof {
                nonce: "n 000001",
                ..proof()
            },
            Proof {
                nonce: "n",
                ..proof()
            },
            Proof {
                timestamp: "1767225600001",
                ..proof()
            },
            Proof {
                timestamp: "01767225600000",
                ..proof()
            },
            Proof {
                timestamp: "+1767225600000",
                ..proof()
            },
            Proof {
                timestamp: "",
                ..proof()
            },
            Proof {
                signature: "",
                ..proof()
            },
            Proof {
                signature: &SIGNATURE.to_uppercase(),
                ..proof()
            },
            Proof {
                signature: &SIGNATURE.replace('5', "6"),
                ..proof()
            },
        ] {
            assert_eq!(
                check(&forged, &SIGNED, AT_NS),
                Err(Denied::Proof),
                "{forged:?}"
            );
        }
    }

    #[test]
    fn a_good_signature_does_not_help_an_ended_key_or_a_strange_place() {
        let late = AT_NS + 2_000 * MILLISECOND;
        assert_eq!(check(&proof(), &SIGNED, late), Err(Denied::Proof));
        let mut nonces = Nonces::new(5_000 * MILLISECOND, 0);
        let from = (&table(), "10.0.0.1".parse().unwrap(), AT_NS);
        let checked = proof().check(&SIGNED, from, &mut nonces, &mut Vec::new());
        assert_eq!(checked.err(), Some(Denied::Proof));
    }
}
