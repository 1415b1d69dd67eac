//! `tradecore._core`: GRVT's orders, transfers and logins, signed as typed data.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyString};
use tradecore_core::decimal::Decimal;
use tradecore_core::sign::SignError;
use tradecore_core::sign::encoding::{decode_hex, hex_word};
use tradecore_core::sign::grvt::{
    self, Builder, ExcessDigits, Leg, Order, Signed, TimeInForce, Transfer, WalletLogin,
};
use tradecore_core::sign::secp256k1::{self, Address, Secp256k1Key, Signature, Word};

use crate::convert;
use crate::errors::{InputError, IntoPy, SigningError};
use crate::sign::{secret, word};
use crate::whole;

/// A parsed secp256k1 private key.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct Eip712Key(Secp256k1Key);

#[pymethods]
impl Eip712Key {
    #[new]
    #[pyo3(signature = (key, /))]
    fn new(key: &Bound<'_, PyAny>) -> PyResult<Self> {
        Secp256k1Key::new(&secret(key, "key")?)
            .map(Self)
            .map_err(IntoPy::into_py)
    }

    #[getter]
    fn address(&self) -> String {
        self.0.address().to_string()
    }

    fn __repr__(&self) -> String {
        format!("Eip712Key(***, address='{}')", self.0.address())
    }
}

/// A signature and everything it was made from.
#[pyclass(frozen, eq, hash, module = "tradecore._core")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Eip712Signature {
    #[pyo3(get)]
    signer: String,
    #[pyo3(get)]
    r: String,
    #[pyo3(get)]
    s: String,
    #[pyo3(get)]
    v: u8,
    #[pyo3(get)]
    type_hash: String,
    #[pyo3(get)]
    domain_separator: String,
    #[pyo3(get)]
    struct_hash: String,
    #[pyo3(get)]
    digest: String,
}

impl From<Signed> for Eip712Signature {
    fn from(signed: Signed) -> Self {
        Self {
            signer: signed.signer.to_string(),
            r: hex_word(&signed.signature.r),
            s: hex_word(&signed.signature.s),
            v: signed.signature.v,
            type_hash: hex_word(&signed.type_hash),
            domain_separator: hex_word(&signed.domain_separator),
            struct_hash: hex_word(&signed.struct_hash),
            digest: hex_word(&signed.digest),
        }
    }
}

#[pymethods]
impl Eip712Signature {
    fn __repr__(&self) -> String {
        format!(
            "Eip712Signature(signer='{}', r='{}', s='{}', v={})",
            self.signer, self.r, self.s, self.v
        )
    }
}

#[pyfunction]
#[pyo3(signature = (key, *, chain_id, sub_account_id, instrument_hash, base_decimals, side,
                    quantity, price, nonce, expiration_ns, time_in_force = "GOOD_TILL_TIME",
                    post_only = false, reduce_only = false, builder = None, builder_fee = None,
                    excess_digits = "refuse"))]
#[expect(
    clippy::too_many_arguments,
    reason = "keyword-only, as the venue names them"
)]
pub(crate) fn eip712_order(
    key: &Bound<'_, PyAny>,
    chain_id: &Bound<'_, PyAny>,
    sub_account_id: &Bound<'_, PyAny>,
    instrument_hash: &str,
    base_decimals: &Bound<'_, PyAny>,
    side: &str,
    quantity: &Bound<'_, PyAny>,
    price: Option<&Bound<'_, PyAny>>,
    nonce: &Bound<'_, PyAny>,
    expiration_ns: &Bound<'_, PyAny>,
    time_in_force: &str,
    post_only: bool,
    reduce_only: bool,
    builder: Option<&str>,
    builder_fee: Option<&Bound<'_, PyAny>>,
    excess_digits: &str,
) -> PyResult<Eip712Signature> {
    let excess = excess_named(excess_digits)?;
    let leg = Leg::new(
        grvt::asset_id(instrument_hash).map_err(IntoPy::into_py)?,
        convert::side(side).map_err(|error| as_signing(key.py(), error))?,
        decimal(quantity, "quantity")?,
        small(base_decimals, "base_decimals")?,
        price.map(|price| decimal(price, "price")).transpose()?,
        excess,
    );
    let order = Order {
        sub_account_id: account(sub_account_id, "sub_account_id")?,
        is_market: price.is_none(),
        time_in_force: time_in_force_named(time_in_force)?,
        post_only,
        reduce_only,
        legs: &[leg.map_err(IntoPy::into_py)?],
        builder: builder_of(builder, builder_fee, excess)?,
        nonce: small(nonce, "nonce")?,
        expiration_ns: time(expiration_ns)?,
    };
    signed(key, chain_id, &order)
}

#[pyfunction]
#[pyo3(signature = (key, *, chain_id, from_account, from_sub_account, to_account, to_sub_account,
                    token_currency, amount, token_decimals, nonce, expiration_ns,
                    excess_digits = "refuse"))]
#[expect(
    clippy::too_many_arguments,
    reason = "keyword-only, as the venue names them"
)]
pub(crate) fn eip712_transfer(
    key: &Bound<'_, PyAny>,
    chain_id: &Bound<'_, PyAny>,
    from_account: &str,
    from_sub_account: &Bound<'_, PyAny>,
    to_account: &str,
    to_sub_account: &Bound<'_, PyAny>,
    token_currency: &Bound<'_, PyAny>,
    amount: &Bound<'_, PyAny>,
    token_decimals: &Bound<'_, PyAny>,
    nonce: &Bound<'_, PyAny>,
    expiration_ns: &Bound<'_, PyAny>,
    excess_digits: &str,
) -> PyResult<Eip712Signature> {
    let tokens = Transfer::tokens(
        decimal(amount, "amount")?,
        small(token_decimals, "token_decimals")?,
        excess_named(excess_digits)?,
    );
    let transfer = Transfer {
        from_account: address(from_account, "from_account")?,
        from_sub_account: account(from_sub_account, "from_sub_account")?,
        to_account: address(to_account, "to_account")?,
        to_sub_account: account(to_sub_account, "to_sub_account")?,
        token_currency: small(token_currency, "token_currency")?,
        num_tokens: tokens.map_err(IntoPy::into_py)?,
        nonce: small(nonce, "nonce")?,
        expiration_ns: time(expiration_ns)?,
    };
    signed(key, chain_id, &transfer)
}

#[pyfunction]
#[pyo3(signature = (key, *, chain_id, nonce, expiration_ns))]
pub(crate) fn eip712_wallet_login(
    key: &Bound<'_, PyAny>,
    chain_id: &Bound<'_, PyAny>,
    nonce: &Bound<'_, PyAny>,
    expiration_ns: &Bound<'_, PyAny>,
) -> PyResult<Eip712Signature> {
    with_key(key, |wallet| {
        let login = WalletLogin {
            signer: wallet.address(),
            nonce: small(nonce, "nonce")?,
            expiration_ns: time(expiration_ns)?,
        };
        sign_with(key.py(), wallet, chain_id, &login)
    })
}

#[pyfunction]
#[pyo3(signature = (digest, *, r, s, v))]
pub(crate) fn eip712_recover(
    py: Python<'_>,
    digest: &str,
    r: &str,
    s: &str,
    v: &Bound<'_, PyAny>,
) -> PyResult<String> {
    let digest = word_of(digest, "digest")?;
    let signature = Signature {
        r: word_of(r, "r")?,
        s: word_of(s, "s")?,
        v: small(v, "v")?,
    };
    py.detach(|| secp256k1::recover(&digest, &signature))
        .map(|address| address.to_string())
        .map_err(IntoPy::into_py)
}

fn signed(
    key: &Bound<'_, PyAny>,
    chain_id: &Bound<'_, PyAny>,
    message: &(impl grvt::Message + Sync),
) -> PyResult<Eip712Signature> {
    with_key(key, |wallet| sign_with(key.py(), wallet, chain_id, message))
}

fn sign_with(
    py: Python<'_>,
    wallet: &Secp256k1Key,
    chain_id: &Bound<'_, PyAny>,
    message: &(impl grvt::Message + Sync),
) -> PyResult<Eip712Signature> {
    let chain = whole::unsigned::<SigningError>(chain_id, "chain_id")?;
    py.detach(|| grvt::sign(wallet, chain, message))
        .map(Eip712Signature::from)
        .map_err(IntoPy::into_py)
}

/// A prepared key as it is, anything else parsed for this call.
fn with_key<T>(
    key: &Bound<'_, PyAny>,
    act: impl FnOnce(&Secp256k1Key) -> PyResult<T>,
) -> PyResult<T> {
    match key.cast::<Eip712Key>() {
        Ok(prepared) => act(&prepared.get().0),
        Err(_) => act(&Eip712Key::new(key)?.0),
    }
}

fn builder_of(
    builder: Option<&str>,
    fee: Option<&Bound<'_, PyAny>>,
    excess: ExcessDigits,
) -> PyResult<Option<Builder>> {
    match (builder, fee) {
        (None, None) => Ok(None),
        (Some(account), Some(fee)) => {
            let fee = decimal(fee, "builder_fee")?;
            Builder::new(address(account, "builder")?, fee, excess)
                .map(Some)
                .map_err(IntoPy::into_py)
        }
        (given, _) => Err(SigningError::new_err(format!(
            "builder and builder_fee must be given together: {} alone is",
            if given.is_some() {
                "builder"
            } else {
                "builder_fee"
            }
        ))),
    }
}

fn time_in_force_named(name: &str) -> PyResult<TimeInForce> {
    match name {
        "GOOD_TILL_TIME" => Ok(TimeInForce::GoodTillTime),
        "ALL_OR_NONE" => Ok(TimeInForce::AllOrNone),
        "IMMEDIATE_OR_CANCEL" => Ok(TimeInForce::ImmediateOrCancel),
        "FILL_OR_KILL" => Ok(TimeInForce::FillOrKill),
        "RETAIL_PRICE_IMPROVEMENT" => Ok(TimeInForce::RetailPriceImprovement),
        _ => Err(word(
            "time_in_force",
            "GOOD_TILL_TIME, ALL_OR_NONE, IMMEDIATE_OR_CANCEL, FILL_OR_KILL or \
             RETAIL_PRICE_IMPROVEMENT",
            name,
        )),
    }
}

fn excess_named(name: &str) -> PyResult<ExcessDigits> {
    match name {
        "refuse" => Ok(ExcessDigits::Refuse),
        "truncate" => Ok(ExcessDigits::Truncate),
        _ => Err(word("excess_digits", "'refuse' or 'truncate'", name)),
    }
}

/// An exact number: `Decimal`, `str` or `int`, never a float.
fn decimal(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Decimal> {
    if value.is_instance_of::<PyFloat>() || value.is_instance_of::<PyBool>() {
        return Err(SigningError::new_err(format!(
            "{name} must be Decimal, str or int, so that no digit is lost: got {}",
            value.get_type().name()?
        )));
    }
    convert::decimal(value, name).map_err(|error| as_signing(value.py(), error))
}

/// A whole number narrower than 64 bits.
fn small<T: TryFrom<u64>>(value: &Bound<'_, PyAny>, name: &str) -> PyResult<T> {
    T::try_from(whole::unsigned::<SigningError>(value, name)?).map_err(|_| {
        let bits = 8 * size_of::<T>();
        SigningError::new_err(format!("{name} must fit {bits} bits: {name}={value}"))
    })
}

/// An account number: a whole number, or its digits as venues write it in JSON.
fn account(value: &Bound<'_, PyAny>, name: &str) -> PyResult<u64> {
    let Ok(text) = value.cast::<PyString>() else {
        return whole::unsigned::<SigningError>(value, name);
    };
    let text = text.to_string_lossy();
    let digits = text.bytes().all(|digit| digit.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number.ok_or_else(|| word(name, "the digits of a number below 2^64", &text))
}

fn time(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    whole::time_ns::<SigningError>(value, "expiration_ns")
}

fn address(text: &str, name: &'static str) -> PyResult<Address> {
    Address::parse(name, text).map_err(IntoPy::into_py)
}

fn word_of(text: &str, name: &'static str) -> PyResult<Word> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    decode_hex(digits.as_bytes()).ok_or_else(|| {
        let malformed = SignError::MalformedHex {
            name,
            rule: "64",
            value: text.to_owned(),
        };
        malformed.into_py()
    })
}

/// The refusal of a number, in the class of this module.
fn as_signing(py: Python<'_>, error: PyErr) -> PyErr {
    if error.is_instance_of::<InputError>(py) {
        return SigningError::new_err(error.value(py).to_string());
    }
    error
}
