//! What an instrument is made from, before it is checked.

use crate::decimal::Decimal;
use crate::money::Rate;

/// How price and quantity turn into money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ContractKind {
    /// The asset itself; value = price × quantity, in the quote currency.
    #[default]
    Spot,
    /// A derivative settled in the quote currency; value = price × quantity × multiplier.
    Linear,
    /// A derivative settled in the base coin; value = quantity × multiplier ÷ price.
    Inverse,
}

/// What an [`Instrument`](super::Instrument) is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentSpec {
    /// The name used in every call.
    pub symbol: String,
    /// How price and quantity turn into money.
    pub kind: ContractKind,
    /// Smallest step of a price, in quote units.
    pub tick_size: Decimal,
    /// Smallest step of a quantity, in base units or contracts.
    pub lot_size: Decimal,
    /// Contract size; 1 for spot.
    pub multiplier: Decimal,
    /// Smallest value of an order, in the currency the instrument settles in; zero for none.
    pub min_notional: Decimal,
    /// Fee rate of a maker; negative is a rebate.
    pub maker_fee: Rate,
    /// Fee rate of a taker.
    pub taker_fee: Rate,
}
