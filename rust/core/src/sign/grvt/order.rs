//! `Order` and `OrderWithBuilderFee`.

use std::sync::LazyLock;

use super::scale::{ExcessDigits, decimals, scaled, scaled_positive};
use super::{Message, declared, expiration};
use crate::decimal::Decimal;
use crate::sign::SignError;
use crate::sign::eip712::{Schema, Value};
use crate::sign::encoding::{decode_hex, strip_0x};
use crate::sign::secp256k1::{Address, Word};
use crate::units::Side;

const ORDER: &str = "Order(uint64 subAccountID,bool isMarket,uint8 timeInForce,bool postOnly,\
    bool reduceOnly,OrderLeg[] legs,uint32 nonce,int64 expiration)\
    OrderLeg(uint256 assetID,uint64 contractSize,uint64 limitPrice,bool isBuyingContract)";
const ORDER_WITH_BUILDER_FEE: &str = "OrderWithBuilderFee(uint64 subAccountID,bool isMarket,\
    uint8 timeInForce,bool postOnly,bool reduceOnly,OrderLeg[] legs,address builder,\
    uint32 builderFee,uint32 nonce,int64 expiration)\
    OrderLeg(uint256 assetID,uint64 contractSize,uint64 limitPrice,bool isBuyingContract)";

/// Decimals of a limit price in the signed message.
const PRICE_DECIMALS: u32 = 9;

/// Decimals of a builder fee in percent in the signed message.
const BUILDER_FEE_DECIMALS: u32 = 4;

/// How long an order lives, by the number GRVT signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TimeInForce {
    /// Rests until its signature expires.
    GoodTillTime = 1,
    /// All at once or not yet (quotes on request only).
    AllOrNone = 2,
    /// What does not fill at once is cancelled.
    ImmediateOrCancel = 3,
    /// All at once or not at all.
    FillOrKill = 4,
    /// Rests for retail flow only.
    RetailPriceImprovement = 5,
}

/// One instrument of an order, in the integers that are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// The instrument's hash.
    pub asset_id: Word,
    /// Quantity × 10^`base_decimals`.
    pub contract_size: u64,
    /// Price × 10⁹; zero for a market order.
    pub limit_price: u64,
    /// Whether the base asset is bought.
    pub is_buying: bool,
}

impl Leg {
    /// Scales what a trader writes: `price` is `None` for a market order.
    ///
    /// # Errors
    ///
    /// [`SignError::NotPositive`], [`SignError::LosesDigits`], [`SignError::TooLarge`] and
    /// [`SignError::TooManyDecimals`], naming the argument.
    pub fn new(
        asset_id: Word,
        side: Side,
        quantity: Decimal,
        base_decimals: u32,
        price: Option<Decimal>,
        excess: ExcessDigits,
    ) -> Result<Self, SignError> {
        let base_decimals = decimals("base_decimals", base_decimals)?;
        let limit_price = match price {
            Some(price) => scaled_positive("price", price, PRICE_DECIMALS, excess)?,
            None => 0,
        };
        Ok(Self {
            asset_id,
            contract_size: scaled_positive("quantity", quantity, base_decimals, excess)?,
            limit_price,
            is_buying: side == Side::Buy,
        })
    }
}

/// Who routed an order, and what they may charge for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builder {
    /// The builder's account.
    pub account: Address,
    /// The fee in percent × 10⁴.
    pub fee: u32,
}

impl Builder {
    /// Scales a fee written in percent: `0.001` is a thousandth of a percent, signed as 10.
    ///
    /// # Errors
    ///
    /// As [`Leg::new`]; a fee of zero is a fee.
    pub fn new(
        account: Address,
        fee_percent: Decimal,
        excess: ExcessDigits,
    ) -> Result<Self, SignError> {
        let name = "builder_fee";
        let fee = scaled(name, fee_percent, BUILDER_FEE_DECIMALS, excess)?;
        let fee = u32::try_from(fee).map_err(|_| SignError::TooLarge {
            name,
            value: fee_percent,
            decimals: BUILDER_FEE_DECIMALS,
            bits: u32::BITS,
        })?;
        Ok(Self { account, fee })
    }
}

/// An order; with a builder it is signed as `OrderWithBuilderFee`, else as `Order`.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The account that trades.
    pub sub_account_id: u64,
    /// Whether it has no limit price.
    pub is_market: bool,
    /// How long it lives.
    pub time_in_force: TimeInForce,
    /// Refused by the venue rather than taking liquidity.
    pub post_only: bool,
    /// May only shrink a position.
    pub reduce_only: bool,
    /// What is traded; one leg in the order book.
    pub legs: &'a [Leg],
    /// Who routed it.
    pub builder: Option<Builder>,
    /// A number not used before with this expiration.
    pub nonce: u32,
    /// When the signature, and with it the order, ends: nanoseconds since 1970.
    pub expiration_ns: i64,
}

impl Message for Order<'_> {
    fn schema(&self) -> &'static Schema {
        static PLAIN: LazyLock<Schema> = LazyLock::new(|| declared(ORDER));
        static BUILT: LazyLock<Schema> = LazyLock::new(|| declared(ORDER_WITH_BUILDER_FEE));
        if self.builder.is_some() {
            &BUILT
        } else {
            &PLAIN
        }
    }

    fn values(&self) -> Result<Vec<Value<'_>>, SignError> {
        let legs = self.legs.iter().map(|leg| {
            Value::Struct(vec![
                Value::Uint(leg.asset_id),
                Value::from(leg.contract_size),
                Value::from(leg.limit_price),
                Value::Bool(leg.is_buying),
            ])
        });
        let mut values = vec![
            Value::from(self.sub_account_id),
            Value::Bool(self.is_market),
            Value::from(self.time_in_force as u64),
            Value::Bool(self.post_only),
            Value::Bool(self.reduce_only),
            Value::List(legs.collect()),
        ];
        if let Some(builder) = self.builder {
            values.push(Value::Address(builder.account));
            values.push(Value::from(u64::from(builder.fee)));
        }
        values.push(Value::from(u64::from(self.nonce)));
        values.push(expiration(self.expiration_ns)?);
        Ok(values)
    }
}

/// Reads an instrument hash: `0x` and 1 to 64 hex digits, a number of 256 bits.
///
/// # Errors
///
/// [`SignError::MalformedHex`].
pub fn asset_id(text: &str) -> Result<Word, SignError> {
    let digits = strip_0x(text.as_bytes());
    let word = (digits.len() < text.len() && (1..=64).contains(&digits.len())).then(|| {
        let mut padded = [b'0'; 64];
        padded[64 - digits.len()..].copy_from_slice(digits);
        decode_hex(&padded)
    });
    word.flatten().ok_or_else(|| SignError::MalformedHex {
        name: "instrument_hash",
        rule: "1 to 64",
        value: text.to_owned(),
    })
}
