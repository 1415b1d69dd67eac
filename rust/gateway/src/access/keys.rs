//! The keys requests are signed with, as their owner hands them in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use tradecore_core::sign::hmac::{Algorithm, HmacKey};
use tradecore_core::sign::{Secret, SignError};

use super::network::Network;

/// Bits of what a key may do, in the order of the identity's scopes.
pub(crate) mod scope {
    pub(crate) const READ: u32 = 1;
    pub(crate) const WRITE: u32 = 1 << 1;
    pub(crate) const HIGH_RATE: u32 = 1 << 3;
}

/// Longest id of a key or a user.
const ID_BYTES_MAX: usize = 64;

/// One key as its owner hands it in.
#[derive(Debug)]
pub struct KeyRow {
    /// Its public name.
    pub id: String,
    /// What requests are signed with; never shown again.
    pub secret: Secret,
    /// Whose it is: limits of rate are a user's.
    pub user: String,
    /// The account it trades for.
    pub account: u32,
    /// What it may do, one bit a scope.
    pub scopes: u32,
    /// Networks it may be used from, as `10.0.0.0/8`; none for any.
    pub networks: Vec<String>,
    /// When it ends, in nanoseconds since 1970; 0 for never.
    pub expires_ns: i64,
}

/// Why a key cannot be one.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Its name or its user's is empty or too long.
    #[error("the id of a key and of a user has 1 to 64 bytes: id={0:?}")]
    Id(String),
    /// It stands twice.
    #[error("a key stands once in a table: id={0:?}")]
    Twice(String),
    /// A network that is none.
    #[error("a network is an address and a length: network={network:?}, key {id:?}")]
    Network {
        /// What was given.
        network: String,
        /// Of which key.
        id: String,
    },
    /// The secret cannot sign.
    #[error("{source}, key {id:?}")]
    Secret {
        /// Why.
        source: SignError,
        /// Of which key.
        id: String,
    },
}

/// A key, ready to check signatures.
pub(crate) struct Key {
    pub(crate) id: Box<str>,
    pub(crate) user: Box<str>,
    pub(crate) account: u32,
    pub(crate) scopes: u32,
    pub(crate) hmac: HmacKey,
    networks: Vec<Network>,
    expires_ns: i64,
}

impl Key {
    /// Checks and prepares what its owner handed in.
    fn prepare(row: KeyRow) -> Result<Self, KeyError> {
        for id in [&row.id, &row.user] {
            if id.is_empty() || id.len() > ID_BYTES_MAX {
                return Err(KeyError::Id(id.clone()));
            }
        }
        let mut networks = Vec::new();
        for network in row.networks {
            match Network::read(&network) {
                Some(network) => networks.push(network),
                None => {
                    return Err(KeyError::Network {
                        network,
                        id: row.id,
                    });
                }
            }
        }
        let hmac = match HmacKey::new(Algorithm::Sha256, &row.secret) {
            Ok(hmac) => hmac,
            Err(source) => return Err(KeyError::Secret { source, id: row.id }),
        };
        Ok(Self {
            id: row.id.into(),
            user: row.user.into(),
            account: row.account,
            scopes: row.scopes,
            hmac,
            networks,
            expires_ns: row.expires_ns,
        })
    }

    /// Whether it may still be used, and from there.
    pub(crate) fn is_valid(&self, peer: IpAddr, now_ns: i64) -> bool {
        let is_live = self.expires_ns == 0 || now_ns < self.expires_ns;
        let is_near = self.networks.iter().any(|network| network.holds(peer));
        is_live && (self.networks.is_empty() || is_near)
    }

    /// Whether it may do what any of these bits stand for.
    pub(crate) const fn may(&self, scopes: u32) -> bool {
        self.scopes & scopes != 0
    }
}

/// Every key there is; what is not in it is not valid.
#[derive(Default)]
pub(crate) struct KeyTable(HashMap<Box<str>, Arc<Key>>);

impl KeyTable {
    /// Prepares all rows, or none.
    ///
    /// # Errors
    ///
    /// [`KeyError`] for the first that cannot be a key.
    pub(crate) fn prepare(rows: Vec<KeyRow>) -> Result<Self, KeyError> {
        let mut keys = HashMap::with_capacity(rows.len());
        for row in rows {
            let key = Key::prepare(row)?;
            if keys.contains_key(&key.id) {
                return Err(KeyError::Twice(key.id.into()));
            }
            keys.insert(key.id.clone(), Arc::new(key));
        }
        Ok(Self(keys))
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Arc<Key>> {
        self.0.get(id)
    }
}
