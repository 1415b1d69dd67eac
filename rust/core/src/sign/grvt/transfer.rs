//! `Transfer`.

use std::sync::LazyLock;

use super::scale::{ExcessDigits, decimals, scaled_positive};
use super::{Message, declared, expiration};
use crate::decimal::Decimal;
use crate::sign::SignError;
use crate::sign::eip712::{Schema, Value};
use crate::sign::secp256k1::Address;

const TRANSFER: &str = "Transfer(address fromAccount,uint64 fromSubAccount,address toAccount,\
    uint64 toSubAccount,uint8 tokenCurrency,uint64 numTokens,uint32 nonce,int64 expiration)";

/// A movement of tokens between accounts of one's own or to another's.
#[derive(Clone, Copy, Debug)]
pub struct Transfer {
    /// Account that gives.
    pub from_account: Address,
    /// Its sub-account; zero is the funding account.
    pub from_sub_account: u64,
    /// Account that receives.
    pub to_account: Address,
    /// Its sub-account; zero is the funding account.
    pub to_sub_account: u64,
    /// GRVT's number of the currency.
    pub token_currency: u8,
    /// Amount × 10^decimals of the token.
    pub num_tokens: u64,
    /// A number not used before with this expiration.
    pub nonce: u32,
    /// When the signature ends: nanoseconds since 1970.
    pub expiration_ns: i64,
}

impl Transfer {
    /// The integer that is signed for `amount` of a token with `token_decimals`.
    ///
    /// # Errors
    ///
    /// As [`super::Leg::new`].
    pub fn tokens(
        amount: Decimal,
        token_decimals: u32,
        excess: ExcessDigits,
    ) -> Result<u64, SignError> {
        let token_decimals = decimals("token_decimals", token_decimals)?;
        scaled_positive("amount", amount, token_decimals, excess)
    }
}

impl Message for Transfer {
    fn schema(&self) -> &'static Schema {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(|| declared(TRANSFER));
        &SCHEMA
    }

    fn values(&self) -> Result<Vec<Value<'_>>, SignError> {
        Ok(vec![
            Value::Address(self.from_account),
            Value::from(self.from_sub_account),
            Value::Address(self.to_account),
            Value::from(self.to_sub_account),
            Value::from(u64::from(self.token_currency)),
            Value::from(self.num_tokens),
            Value::from(u64::from(self.nonce)),
            expiration(self.expiration_ns)?,
        ])
    }
}
