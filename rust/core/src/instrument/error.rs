//! Why an instrument cannot exist, and why a number does not fit one.

use crate::decimal::Decimal;

/// Why an instrument cannot exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstrumentError {
    /// The name is empty, too long or not printable.
    #[error("a symbol is 1 to 64 printable characters without spaces: {0:?}")]
    Symbol(String),
    /// A step or multiplier is zero or negative.
    #[error("{name} must be above 0: {name}={value}, symbol={symbol}")]
    NotPositive {
        /// Which number.
        name: &'static str,
        /// Its value.
        value: Decimal,
        /// Whose.
        symbol: String,
    },
    /// One tick of one lot is no whole number of 10⁻¹⁸.
    #[error(
        "tick_size × lot_size × multiplier must be a multiple of 1e-18: \
         tick_size={tick_size}, lot_size={lot_size}, multiplier={multiplier}, symbol={symbol}"
    )]
    TooFine {
        /// The tick.
        tick_size: Decimal,
        /// The lot.
        lot_size: Decimal,
        /// The multiplier.
        multiplier: Decimal,
        /// Whose.
        symbol: String,
    },
    /// The smallest value of an order is below zero, or more than money can count.
    #[error(
        "min_notional must be 0 or more and below 2^127 × 1e-18: min_notional={value}, \
         symbol={symbol}"
    )]
    MinNotional {
        /// The value.
        value: Decimal,
        /// Whose.
        symbol: String,
    },
    /// A fee rate of 100 % or more.
    #[error("a fee rate must lie between -1 and 1: {name}={value}e-9, symbol={symbol}")]
    Fee {
        /// Which rate.
        name: &'static str,
        /// Its value in 10⁻⁹.
        value: i64,
        /// Whose.
        symbol: String,
    },
}

/// Why a price or quantity does not fit an instrument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// Not a multiple of the tick.
    #[error(
        "price must be a multiple of the tick: price={price}, tick_size={tick_size}, \
         nearest valid {below} and {above}, symbol={symbol}"
    )]
    OffTick {
        /// The price asked for.
        price: Decimal,
        /// The tick.
        tick_size: Decimal,
        /// The valid price below.
        below: Decimal,
        /// The valid price above.
        above: Decimal,
        /// Whose tick.
        symbol: String,
    },
    /// Not a multiple of the lot.
    #[error(
        "quantity must be a multiple of the lot: quantity={quantity}, lot_size={lot_size}, \
         nearest valid {below} and {above}, symbol={symbol}"
    )]
    OffLot {
        /// The quantity asked for.
        quantity: Decimal,
        /// The lot.
        lot_size: Decimal,
        /// The valid quantity below.
        below: Decimal,
        /// The valid quantity above.
        above: Decimal,
        /// Whose lot.
        symbol: String,
    },
    /// Zero or less.
    #[error("{name} must be above 0: {name}={value}, symbol={symbol}")]
    NotPositive {
        /// `price` or `quantity`.
        name: &'static str,
        /// Its value.
        value: Decimal,
        /// Whose.
        symbol: String,
    },
    /// More than the core counts.
    #[error(
        "{name} is beyond what {step} steps can count (|n| < 2^62): {name}={value}, symbol={symbol}"
    )]
    TooLarge {
        /// `price` or `quantity`.
        name: &'static str,
        /// `tick` or `lot`.
        step: &'static str,
        /// Its value.
        value: Decimal,
        /// Whose.
        symbol: String,
    },
}
