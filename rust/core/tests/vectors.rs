//! Signatures that venues and their clients published, kept beside the tree and not in it.
//!
//! Found as `../shared/protocols/vectors.json` beside the project, or under `TRADECORE_SHARED`.
//! Where they are absent this says so and passes: the tree's own vectors stand in the unit tests.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use tradecore_core::decimal::Decimal;
use tradecore_core::sign::ed25519::{self, Ed25519Key};
use tradecore_core::sign::eip712::{self, Schema, Value};
use tradecore_core::sign::encoding::{TEXT_MAX, decode_hex, hex_word};
use tradecore_core::sign::grvt::{
    self, Builder, ExcessDigits, Leg, Order, Signed, TimeInForce, Transfer, WalletLogin,
};
use tradecore_core::sign::hmac::{Algorithm, HmacKey};
use tradecore_core::sign::secp256k1::{Address, Secp256k1Key, recover};
use tradecore_core::sign::{Encoding, Secret};
use tradecore_core::units::Side;

fn vectors(algorithm: &str) -> Vec<Json> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("TRADECORE_SHARED").map_or(beside, PathBuf::from);
    let path = shared.join("protocols/vectors.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: needs {}", path.display());
        return Vec::new();
    };
    let file: Json = serde_json::from_str(&text).unwrap();
    let all = file["vectors"].as_array().unwrap().clone();
    for vector in &all {
        let known = ["HMAC-SHA256 hex", "Ed25519, base64", "EIP-712"];
        let named = text_of(vector, "alg");
        assert!(
            known.iter().any(|start| named.starts_with(start)),
            "{vector}"
        );
    }
    let chosen = |vector: &Json| text_of(vector, "alg").starts_with(algorithm);
    let chosen: Vec<Json> = all.into_iter().filter(chosen).collect();
    assert!(!chosen.is_empty(), "no vector of {algorithm}");
    chosen
}

fn text_of<'a>(vector: &'a Json, field: &str) -> &'a str {
    vector[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field} of {vector}"))
}

fn number(value: &Json) -> u64 {
    let text = value.as_str().map(|text| text.parse().unwrap());
    text.or_else(|| value.as_u64()).unwrap()
}

fn decimal(value: &Json) -> Decimal {
    Decimal::parse(value.as_str().unwrap().as_bytes()).unwrap()
}

fn address(value: &Json) -> Address {
    Address::parse("address", value.as_str().unwrap()).unwrap()
}

#[test]
fn every_hmac_vector_is_reproduced() {
    for vector in vectors("HMAC-SHA256 hex") {
        let secret = Secret::copy(text_of(&vector, "secret").as_bytes());
        let key = HmacKey::new(Algorithm::Sha256, &secret).unwrap();
        let payload = text_of(&vector, "payload").as_bytes();
        let signed = key.sign(payload);
        let expected = text_of(&vector, "signature");
        assert_eq!(
            signed.write(Encoding::Hex, &mut [0; TEXT_MAX]),
            expected,
            "{vector}"
        );
        assert!(key.verify(payload, expected.as_bytes(), Encoding::Hex));
        if let (Some(query), Some(body)) = (vector["query"].as_str(), vector["body"].as_str()) {
            assert_eq!(format!("{query}{body}").as_bytes(), payload, "{vector}");
        }
    }
}

#[test]
fn every_ed25519_vector_is_reproduced() {
    for vector in vectors("Ed25519, base64") {
        let pem = Secret::copy(text_of(&vector, "private_key_pem").as_bytes());
        let key = Ed25519Key::new(&pem).unwrap();
        let payload = text_of(&vector, "payload").as_bytes();
        let signature = key.sign(payload);
        let mut room = [0; TEXT_MAX];
        let text = Encoding::Base64.write(&signature, &mut room);
        assert_eq!(text, text_of(&vector, "signature"), "{vector}");
        let public = vector["public_key_pem"].as_str().map(str::as_bytes);
        let public = public.map_or_else(|| key.public_key().to_vec(), <[u8]>::to_vec);
        assert_eq!(ed25519::verify(&public, payload, &signature), Ok(true));
    }
}

fn signed_as_typed(vector: &Json, key: &Secp256k1Key) -> Signed {
    let message = &vector["message"];
    let chain_id = vector["domain"]["chainId"].as_u64().unwrap();
    let nonce = u32::try_from(number(&message["nonce"])).unwrap();
    let expiration_ns = i64::try_from(number(&message["expiration"])).unwrap();
    let cut = ExcessDigits::Truncate;
    match text_of(vector, "primary") {
        "WalletLogin" => {
            let login = WalletLogin {
                signer: address(&message["signer"]),
                nonce,
                expiration_ns,
            };
            grvt::sign(key, chain_id, &login).unwrap()
        }
        "Transfer" => {
            let transfer = Transfer {
                from_account: address(&message["fromAccount"]),
                from_sub_account: number(&message["fromSubAccount"]),
                to_account: address(&message["toAccount"]),
                to_sub_account: number(&message["toSubAccount"]),
                token_currency: u8::try_from(number(&message["tokenCurrency"])).unwrap(),
                num_tokens: Transfer::tokens(decimal(&vector["input"]["num_tokens"]), 6, cut)
                    .unwrap(),
                nonce,
                expiration_ns,
            };
            assert_eq!(transfer.num_tokens, number(&message["numTokens"]));
            grvt::sign(key, chain_id, &transfer).unwrap()
        }
        "Order" | "OrderWithBuilderFee" => {
            let legs = [leg_of(vector)];
            let builder = message.get("builder").map(|builder| {
                let fee = decimal(&vector["input"]["builder_fee"]);
                Builder::new(address(builder), fee, cut).unwrap()
            });
            let order = Order {
                sub_account_id: number(&message["subAccountID"]),
                is_market: message["isMarket"].as_bool().unwrap(),
                time_in_force: time_in_force(number(&message["timeInForce"])),
                post_only: message["postOnly"].as_bool().unwrap(),
                reduce_only: message["reduceOnly"].as_bool().unwrap(),
                legs: &legs,
                builder,
                nonce,
                expiration_ns,
            };
            grvt::sign(key, chain_id, &order).unwrap()
        }
        other => panic!("no such message: {other}"),
    }
}

fn leg_of(vector: &Json) -> Leg {
    let (input, leg) = (&vector["input"], &vector["message"]["legs"][0]);
    let buys = leg["isBuyingContract"].as_bool().unwrap();
    let made = Leg::new(
        grvt::asset_id(text_of(leg, "assetID")).unwrap(),
        if buys { Side::Buy } else { Side::Sell },
        decimal(&input["size"]),
        u32::try_from(number(&input["base_decimals"])).unwrap(),
        Some(decimal(&input["limit_price"])),
        ExcessDigits::Truncate,
    );
    let made = made.unwrap();
    assert_eq!(made.contract_size, number(&leg["contractSize"]), "{vector}");
    assert_eq!(made.limit_price, number(&leg["limitPrice"]), "{vector}");
    made
}

fn time_in_force(number: u64) -> TimeInForce {
    match number {
        1 => TimeInForce::GoodTillTime,
        2 => TimeInForce::AllOrNone,
        3 => TimeInForce::ImmediateOrCancel,
        4 => TimeInForce::FillOrKill,
        5 => TimeInForce::RetailPriceImprovement,
        _ => panic!("no such time in force: {number}"),
    }
}

#[test]
fn every_typed_data_vector_is_reproduced_field_by_field() {
    for vector in vectors("EIP-712") {
        let private = Secret::copy(text_of(&vector, "private_key").as_bytes());
        let key = Secp256k1Key::new(&private).unwrap();
        let signed = signed_as_typed(&vector, &key);

        let schema = Schema::parse(text_of(&vector, "encode_type")).unwrap();
        assert_eq!(schema.name(), text_of(&vector, "primary"));
        assert_eq!(schema.type_hash(), signed.type_hash, "{vector}");
        if let Some(expected) = vector["type_hash"].as_str() {
            assert_eq!(hex_word(&signed.type_hash), expected, "{vector}");
        }
        for (field, word) in [
            ("domain_separator", signed.domain_separator),
            ("struct_hash", signed.struct_hash),
            ("digest", signed.digest),
            ("r", signed.signature.r),
            ("s", signed.signature.s),
        ] {
            assert_eq!(
                hex_word(&word),
                text_of(&vector, field),
                "{field} of {vector}"
            );
        }
        assert_eq!(
            u64::from(signed.signature.v),
            number(&vector["v"]),
            "{vector}"
        );
        assert_eq!(
            signed.signer.to_string(),
            text_of(&vector, "signer"),
            "{vector}"
        );
        assert_eq!(
            recover(&signed.digest, &signed.signature),
            Ok(signed.signer)
        );
    }
}

/// The domain is typed data like any other: built by hand it hashes to the same separator.
#[test]
fn the_domain_hashes_like_any_struct() {
    let schema = Schema::parse("EIP712Domain(string name,string version,uint256 chainId)");
    let values = [
        Value::Text("GRVT Exchange"),
        Value::Text("0"),
        Value::from(326),
    ];
    let separator = schema.unwrap().struct_hash(&values).unwrap();
    assert_eq!(grvt::domain_separator(326), Ok(separator));
    let hash = decode_hex(&[b'1'; 64]).unwrap();
    assert_ne!(
        eip712::digest(&separator, &hash),
        eip712::digest(&hash, &separator)
    );
}
