//! GRVT's orders, transfers and logins as typed data.
//!
//! The domain has a name, a version and a chain id (325 production, 326 testnet), no contract and
//! no salt. Each message is its declared type and its values in that order; the rest is common.
//!
//! Source: GRVT API documentation, "Signing".

mod order;
mod scale;
mod transfer;
mod wallet_login;

use std::sync::LazyLock;

use super::SignError;
use super::eip712::{self, Schema, Value};
use super::secp256k1::{Address, Secp256k1Key, Signature, Word};

pub use order::{Builder, Leg, Order, TimeInForce, asset_id};
pub use scale::ExcessDigits;
pub use transfer::Transfer;
pub use wallet_login::WalletLogin;

const DOMAIN: &str = "EIP712Domain(string name,string version,uint256 chainId)";

/// A message with a declared type.
pub trait Message {
    /// The declared type.
    fn schema(&self) -> &'static Schema;

    /// The values in the order of the declared fields.
    ///
    /// # Errors
    ///
    /// [`SignError::Expiration`] when it is not above zero.
    fn values(&self) -> Result<Vec<Value<'_>>, SignError>;
}

/// A signature and everything it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Who signed.
    pub signer: Address,
    /// The signature.
    pub signature: Signature,
    /// Keccak-256 of the declared type.
    pub type_hash: Word,
    /// The hash of GRVT's domain on this chain.
    pub domain_separator: Word,
    /// The hash of the message.
    pub struct_hash: Word,
    /// What was signed.
    pub digest: Word,
}

/// Signs `message` for the chain `chain_id`.
///
/// # Errors
///
/// As [`Message::values`] and [`Secp256k1Key::sign`].
pub fn sign(
    key: &Secp256k1Key,
    chain_id: u64,
    message: &impl Message,
) -> Result<Signed, SignError> {
    let schema = message.schema();
    let domain_separator = domain_separator(chain_id)?;
    let struct_hash = schema.struct_hash(&message.values()?)?;
    let digest = eip712::digest(&domain_separator, &struct_hash);
    Ok(Signed {
        signer: key.address(),
        signature: key.sign(&digest)?,
        type_hash: schema.type_hash(),
        domain_separator,
        struct_hash,
        digest,
    })
}

/// The hash of GRVT's domain on the chain `chain_id`.
///
/// # Errors
///
/// None for any chain id; the type is that of [`Schema::struct_hash`].
pub fn domain_separator(chain_id: u64) -> Result<Word, SignError> {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| declared(DOMAIN));
    SCHEMA.struct_hash(&[
        Value::Text("GRVT Exchange"),
        Value::Text("0"),
        Value::from(chain_id),
    ])
}

fn expiration(expiration_ns: i64) -> Result<Value<'static>, SignError> {
    if expiration_ns <= 0 {
        return Err(SignError::Expiration(expiration_ns));
    }
    Ok(Value::Int(i128::from(expiration_ns)))
}

/// A schema of this folder.
#[expect(
    clippy::expect_used,
    reason = "the text is a constant, and a test parses each"
)]
fn declared(text: &str) -> Schema {
    Schema::parse(text).expect("Invariant: declared schemas are canonical")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decimal::Decimal;
    use crate::sign::Secret;
    use crate::sign::encoding::hex_word;
    use crate::sign::secp256k1::recover;
    use crate::units::Side;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text.as_bytes()).unwrap()
    }

    fn leg(excess: ExcessDigits) -> Leg {
        let asset = asset_id("0x030501").unwrap();
        let (quantity, price) = (decimal("0.25"), Some(decimal("68900.5")));
        Leg::new(asset, Side::Buy, quantity, 9, price, excess).unwrap()
    }

    fn order(legs: &[Leg]) -> Order<'_> {
        Order {
            sub_account_id: 42,
            is_market: false,
            time_in_force: TimeInForce::GoodTillTime,
            post_only: true,
            reduce_only: false,
            legs,
            builder: None,
            nonce: 7,
            expiration_ns: 1_900_000_000_000_000_000,
        }
    }

    /// The type hashes GRVT's documentation prints.
    #[test]
    fn declares_the_types_of_the_venue() {
        let legs = [leg(ExcessDigits::Refuse)];
        let plain = order(&legs);
        let account = Address([0xab; 20]);
        let builder = Builder::new(account, decimal("0.001"), ExcessDigits::Refuse).unwrap();
        assert_eq!(builder.fee, 10);
        let built = Order {
            builder: Some(builder),
            ..plain
        };
        assert_eq!(
            hex_word(&plain.schema().type_hash()),
            "0xb4b857ba9641f20a7c4007c73e548a2ee5afb7207744cc41fa7849451419bbb2"
        );
        assert_eq!(
            hex_word(&built.schema().type_hash()),
            "0x6a59e4932070a97495ccc9de30b7309ec82b07156f8cfcbe516d28d226d11028"
        );
    }

    #[test]
    fn a_signature_recovers_to_its_signer_and_binds_every_field() {
        let key = Secp256k1Key::new(&Secret::copy(&[7; 32])).unwrap();
        let legs = [leg(ExcessDigits::Refuse)];
        let plain = order(&legs);
        let signed = sign(&key, 326, &plain).unwrap();
        assert_eq!(
            recover(&signed.digest, &signed.signature),
            Ok(key.address())
        );
        assert_eq!(sign(&key, 326, &plain).unwrap(), signed);

        let other_leg = [Leg {
            is_buying: false,
            ..legs[0]
        }];
        let changed = [
            Order {
                sub_account_id: 43,
                ..plain
            },
            Order {
                is_market: true,
                ..plain
            },
            Order {
                time_in_force: TimeInForce::FillOrKill,
                ..plain
            },
            Order {
                post_only: false,
                ..plain
            },
            Order {
                reduce_only: true,
                ..plain
            },
            Order {
                legs: &other_leg,
                ..plain
            },
            Order { nonce: 8, ..plain },
            Order {
                expiration_ns: plain.expiration_ns + 1,
                ..plain
            },
        ];
        for order in changed {
            assert_ne!(
                sign(&key, 326, &order).unwrap().digest,
                signed.digest,
                "{order:?}"
            );
        }
        assert_ne!(sign(&key, 325, &plain).unwrap().digest, signed.digest);
    }

    #[test]
    fn transfers_and_logins_bind_who_and_when() {
        let key = Secp256k1Key::new(&Secret::copy(&[7; 32])).unwrap();
        let login = WalletLogin {
            signer: key.address(),
            nonce: 1,
            expiration_ns: 1,
        };
        let transfer = Transfer {
            from_account: key.address(),
            from_sub_account: 0,
            to_account: Address([1; 20]),
            to_sub_account: 5,
            token_currency: 3,
            num_tokens: Transfer::tokens(decimal("1.5"), 6, ExcessDigits::Refuse).unwrap(),
            nonce: 1,
            expiration_ns: 1,
        };
        assert_eq!(transfer.num_tokens, 1_500_000);
        assert_ne!(
            sign(&key, 325, &login).unwrap().digest,
            sign(&key, 325, &transfer).unwrap().digest
        );
        for expiration_ns in [0, -1, i64::MIN] {
            let refused = Err(SignError::Expiration(expiration_ns));
            assert_eq!(
                sign(
                    &key,
                    325,
                    &WalletLogin {
                        expiration_ns,
                        ..login
                    }
                ),
                refused
            );
            assert_eq!(
                sign(
                    &key,
                    325,
                    &Transfer {
                        expiration_ns,
                        ..transfer
                    }
                ),
                refused
            );
        }
    }

    #[test]
    fn instrument_hashes_are_numbers_in_hex() {
        let mut word = [0; 32];
        word[29..].copy_from_slice(&[3, 5, 1]);
        assert_eq!(asset_id("0x030501"), Ok(word));
        assert_eq!(asset_id("0x30501"), Ok(word));
        for text in ["", "0x", "030501", "0xzz", &format!("0x{}", "0".repeat(65))] {
            assert!(asset_id(text).is_err(), "{text:?}");
        }
    }
}
