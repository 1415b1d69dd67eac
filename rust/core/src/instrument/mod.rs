//! What is traded: the steps of price and quantity, and what a contract is worth.

mod error;
mod rounding;
mod spec;

pub use self::error::{InstrumentError, UnitError};
pub use self::rounding::float_steps;
pub use self::spec::{ContractKind, InstrumentSpec};

use crate::decimal::Decimal;
use crate::money::{Money, Rate, UNIT};
use crate::units::{Lots, Side, Ticks};

/// A tradable instrument; everything in it is checked once, here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Instrument {
    symbol: String,
    kind: ContractKind,
    tick_size: Decimal,
    lot_size: Decimal,
    multiplier: Decimal,
    min_notional: Money,
    maker_fee: Rate,
    taker_fee: Rate,
    /// Money of one tick × one lot (spot, linear), or of one lot × price⁻¹ tick⁻¹ (inverse).
    unit_value: i128,
}

/// Largest count of ticks or lots admitted from outside; sums of two stay inside `i64`.
pub const COUNT_MAX: i64 = 1 << 62;

impl Instrument {
    /// Checks `spec` and precomputes the value of one tick of one lot.
    ///
    /// # Errors
    ///
    /// [`InstrumentError`] when a step is not positive, a fee is absurd, or money could not be
    /// counted exactly.
    pub fn new(spec: InstrumentSpec) -> Result<Self, InstrumentError> {
        let symbol = spec.symbol;
        if symbol.is_empty()
            || symbol.len() > 64
            || symbol.chars().any(|c| c.is_control() || c == ' ')
        {
            return Err(InstrumentError::Symbol(symbol));
        }
        for (name, value) in [
            ("tick_size", spec.tick_size),
            ("lot_size", spec.lot_size),
            ("multiplier", spec.multiplier),
        ] {
            if !value.is_positive() {
                return Err(InstrumentError::NotPositive {
                    name,
                    value,
                    symbol,
                });
            }
        }
        for (name, rate) in [("maker_fee", spec.maker_fee), ("taker_fee", spec.taker_fee)] {
            if rate.0.unsigned_abs() >= 1_000_000_000 {
                return Err(InstrumentError::Fee {
                    name,
                    value: rate.0,
                    symbol,
                });
            }
        }
        let Some(unit_value) =
            unit_value(spec.kind, spec.tick_size, spec.lot_size, spec.multiplier)
        else {
            return Err(InstrumentError::TooFine {
                tick_size: spec.tick_size,
                lot_size: spec.lot_size,
                multiplier: spec.multiplier,
                symbol,
            });
        };
        let min_notional = match spec.min_notional.to_atto() {
            Some(atto) if atto >= 0 => Money(atto),
            Some(_) | None => {
                return Err(InstrumentError::MinNotional {
                    value: spec.min_notional,
                    symbol,
                });
            }
        };
        Ok(Self {
            symbol,
            kind: spec.kind,
            tick_size: spec.tick_size,
            lot_size: spec.lot_size,
            multiplier: spec.multiplier,
            min_notional,
            maker_fee: spec.maker_fee,
            taker_fee: spec.taker_fee,
            unit_value,
        })
    }

    /// The name used in every call.
    pub fn symbol(&self) -> &str {
        &self.symbol
    }

    /// How price and quantity turn into money.
    pub const fn kind(&self) -> ContractKind {
        self.kind
    }

    /// Smallest step of a price.
    pub const fn tick_size(&self) -> Decimal {
        self.tick_size
    }

    /// Smallest step of a quantity.
    pub const fn lot_size(&self) -> Decimal {
        self.lot_size
    }

    /// Contract size.
    pub const fn multiplier(&self) -> Decimal {
        self.multiplier
    }

    /// Smallest value of an order; zero for none.
    pub const fn min_notional(&self) -> Money {
        self.min_notional
    }

    /// Fee rate of a maker.
    pub const fn maker_fee(&self) -> Rate {
        self.maker_fee
    }

    /// Fee rate of a taker.
    pub const fn taker_fee(&self) -> Rate {
        self.taker_fee
    }

    /// Money of one tick × one lot (spot, linear), or the dividend of an inverse contract:
    /// value = `unit_value × lots ÷ ticks`.
    pub const fn unit_value(&self) -> i128 {
        self.unit_value
    }

    /// The whole number of ticks in `price`.
    ///
    /// # Errors
    ///
    /// [`UnitError`] when it lies between two ticks, is not positive, or is beyond counting.
    pub fn ticks(&self, price: Decimal) -> Result<Ticks, UnitError> {
        let symbol = || self.symbol.clone();
        if !price.is_positive() {
            return Err(UnitError::NotPositive {
                name: "price",
                value: price,
                symbol: symbol(),
            });
        }
        if let Some(count) = price.in_units_of(self.tick_size).filter(|n| *n < COUNT_MAX) {
            return Ok(Ticks(count));
        }
        let too_large = || UnitError::TooLarge {
            name: "price",
            step: "tick",
            value: price,
            symbol: symbol(),
        };
        let (below, above) = neighbours(price, self.tick_size).ok_or_else(too_large)?;
        Err(UnitError::OffTick {
            price,
            tick_size: self.tick_size,
            below,
            above,
            symbol: symbol(),
        })
    }

    /// The whole number of lots in `quantity`.
    ///
    /// # Errors
    ///
    /// [`UnitError`] when it lies between two lots, is not positive, or is beyond counting.
    pub fn lots(&self, quantity: Decimal) -> Result<Lots, UnitError> {
        let symbol = || self.symbol.clone();
        if !quantity.is_positive() {
            return Err(UnitError::NotPositive {
                name: "quantity",
                value: quantity,
                symbol: symbol(),
            });
        }
        if let Some(count) = quantity
            .in_units_of(self.lot_size)
            .filter(|n| *n < COUNT_MAX)
        {
            return Ok(Lots(count));
        }
        let too_large = || UnitError::TooLarge {
            name: "quantity",
            step: "lot",
            value: quantity,
            symbol: symbol(),
        };
        let (below, above) = neighbours(quantity, self.lot_size).ok_or_else(too_large)?;
        Err(UnitError::OffLot {
            quantity,
            lot_size: self.lot_size,
            below,
            above,
            symbol: symbol(),
        })
    }

    /// The tick at `price`, or the next one away from the market: down for a bid, up for an ask.
    pub fn round_price(&self, price: Decimal, side: Side) -> Option<Ticks> {
        let below = price.floor_units_of(self.tick_size)?;
        let exact = price.in_units_of(self.tick_size).is_some();
        let ticks = match side {
            Side::Buy => below,
            Side::Sell => below.checked_add(i64::from(!exact))?,
        };
        is_countable(ticks).then_some(Ticks(ticks))
    }

    /// The whole lots inside `quantity`, rounded towards zero quantity.
    pub fn round_quantity(&self, quantity: Decimal) -> Option<Lots> {
        quantity
            .floor_units_of(self.lot_size)
            .filter(|count| is_countable(*count))
            .map(Lots)
    }

    /// The price of `ticks`, exact.
    pub fn price(&self, ticks: Ticks) -> Decimal {
        self.tick_size.times(ticks.0).unwrap_or(Decimal::ZERO)
    }

    /// The quantity of `lots`, exact.
    pub fn quantity(&self, lots: Lots) -> Decimal {
        self.lot_size.times(lots.0).unwrap_or(Decimal::ZERO)
    }

    /// What `qty` at `price` is worth in the settlement currency.
    ///
    /// Exact for spot and linear. For inverse contracts rounded towards zero at 10⁻¹⁸ coins.
    /// `None` when it does not fit, or an inverse price is zero.
    pub fn notional(&self, price: Ticks, qty: Lots) -> Option<Money> {
        match self.kind {
            ContractKind::Spot | ContractKind::Linear => i128::from(price.0)
                .checked_mul(i128::from(qty.0))?
                .checked_mul(self.unit_value)
                .map(Money),
            ContractKind::Inverse => self
                .unit_value
                .checked_mul(i128::from(qty.0))?
                .checked_div(i128::from(price.0))
                .map(Money),
        }
    }
}

const fn is_countable(count: i64) -> bool {
    count.unsigned_abs() < COUNT_MAX.unsigned_abs()
}

fn unit_value(
    kind: ContractKind,
    tick: Decimal,
    lot: Decimal,
    multiplier: Decimal,
) -> Option<i128> {
    let contract = lot.mantissa().checked_mul(multiplier.mantissa())?;
    let contract_scale = lot.scale() + multiplier.scale();
    match kind {
        ContractKind::Spot | ContractKind::Linear => {
            let mantissa = contract.checked_mul(tick.mantissa())?;
            scaled(mantissa, contract_scale + tick.scale())
        }
        // lots × lot × multiplier ÷ (ticks × tick), so the tick divides once and for all.
        ContractKind::Inverse => {
            let dividend = scaled(contract, contract_scale)?
                .checked_mul(10_i128.checked_pow(tick.scale())?)?;
            (dividend % tick.mantissa() == 0).then(|| dividend / tick.mantissa())
        }
    }
}

/// `mantissa × 10^-scale` as a whole number of 10⁻¹⁸, if it is one.
fn scaled(mantissa: i128, scale: u32) -> Option<i128> {
    let unit = 10_i128.checked_pow(scale)?;
    let value = mantissa.checked_mul(UNIT)?;
    (value % unit == 0).then(|| value / unit)
}

fn neighbours(value: Decimal, step: Decimal) -> Option<(Decimal, Decimal)> {
    let below = value.floor_units_of(step).filter(|n| *n < COUNT_MAX)?;
    Some((step.times(below)?, step.times(below + 1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text.as_bytes()).unwrap()
    }

    fn spec(kind: ContractKind, tick: &str, lot: &str) -> InstrumentSpec {
        InstrumentSpec {
            symbol: "BTCUSDT".into(),
            kind,
            tick_size: decimal(tick),
            lot_size: decimal(lot),
            multiplier: decimal("1"),
            min_notional: Decimal::ZERO,
            maker_fee: Rate(0),
            taker_fee: Rate(0),
        }
    }

    #[test]
    fn an_off_tick_price_names_its_neighbours() {
        let btc = Instrument::new(spec(ContractKind::Spot, "0.1", "0.001")).unwrap();
        assert_eq!(btc.ticks(decimal("50000.1")), Ok(Ticks(500_001)));
        assert_eq!(
            btc.ticks(decimal("50000.15")).unwrap_err().to_string(),
            "price must be a multiple of the tick: price=50000.15, tick_size=0.1, \
             nearest valid 50000.1 and 50000.2, symbol=BTCUSDT"
        );
        assert!(matches!(
            btc.lots(decimal("0")),
            Err(UnitError::NotPositive { .. })
        ));
        assert!(matches!(
            btc.lots(decimal("1e19")),
            Err(UnitError::TooLarge { .. })
        ));
    }

    #[test]
    fn prices_round_away_from_the_market() {
        let btc = Instrument::new(spec(ContractKind::Spot, "0.1", "0.001")).unwrap();
        assert_eq!(btc.round_price(decimal("1.25"), Side::Buy), Some(Ticks(12)));
        assert_eq!(
            btc.round_price(decimal("1.25"), Side::Sell),
            Some(Ticks(13))
        );
        assert_eq!(btc.round_price(decimal("1.3"), Side::Sell), Some(Ticks(13)));
        for end in ["922337203685477580.75", "-922337203685477580.8"] {
            assert_eq!(btc.round_price(decimal(end), Side::Sell), None);
            assert_eq!(btc.round_quantity(decimal(end)), None);
        }
        let whole = Instrument::new(spec(ContractKind::Spot, "1", "1")).unwrap();
        let least = decimal("-9223372036854775808");
        assert_eq!(whole.round_price(least, Side::Buy), None);
        assert_eq!(whole.round_quantity(least), None);
    }

    #[test]
    fn notional_is_exact_for_linear_and_truncated_for_inverse() {
        let linear = Instrument::new(spec(ContractKind::Linear, "0.1", "0.001")).unwrap();
        assert_eq!(
            linear.notional(Ticks(500_000), Lots(1500)),
            Some(Money(75_000 * UNIT))
        );
        let inverse = Instrument::new(spec(ContractKind::Inverse, "0.5", "10")).unwrap();
        // 10,000 USD at 50,000 = 0.2 BTC
        assert_eq!(
            inverse.notional(Ticks(100_000), Lots(1000)),
            Some(Money(UNIT / 5))
        );
        assert_eq!(inverse.notional(Ticks(0), Lots(1)), None);
    }

    #[test]
    fn impossible_instruments_are_refused() {
        let text = |s: InstrumentSpec| Instrument::new(s).unwrap_err().to_string();
        assert!(text(spec(ContractKind::Spot, "0", "1")).starts_with("tick_size must be above 0"));
        assert!(text(spec(ContractKind::Spot, "1e-10", "1e-9")).contains("multiple of 1e-18"));
        for value in ["-1", "1e21", "-1e21"] {
            let mut least = spec(ContractKind::Spot, "1", "1");
            least.min_notional = decimal(value);
            assert!(text(least).starts_with("min_notional must be 0 or more"));
        }
        let mut named = spec(ContractKind::Spot, "1", "1");
        named.symbol = "BTC USDT".into();
        assert!(text(named).starts_with("a symbol is"));
    }
}
