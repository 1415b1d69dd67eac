//! `WalletLogin`.

use std::sync::LazyLock;

use super::{Message, declared, expiration};
use crate::sign::SignError;
use crate::sign::eip712::{Schema, Value};
use crate::sign::secp256k1::Address;

const WALLET_LOGIN: &str = "WalletLogin(address signer,uint32 nonce,int64 expiration)";

/// A proof of holding a wallet's key, answered with a session cookie.
#[derive(Clone, Copy, Debug)]
pub struct WalletLogin {
    /// The wallet.
    pub signer: Address,
    /// A number not used before with this expiration.
    pub nonce: u32,
    /// When the signature ends: nanoseconds since 1970.
    pub expiration_ns: i64,
}

impl Message for WalletLogin {
    fn schema(&self) -> &'static Schema {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(|| declared(WALLET_LOGIN));
        &SCHEMA
    }

    fn values(&self) -> Result<Vec<Value<'_>>, SignError> {
        Ok(vec![
            Value::Address(self.signer),
            Value::from(u64::from(self.nonce)),
            expiration(self.expiration_ns)?,
        ])
    }
}
