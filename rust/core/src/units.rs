//! Integers with names: ticks, lots, sides, symbols.

use std::fmt;

/// A price as a whole number of ticks of its instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Ticks(pub i64);

/// A quantity as a whole number of lots of its instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Lots(pub i64);

/// Dense index of an instrument inside one engine, trader or simulation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct SymbolId(pub u32);

/// The side of an order, or of the aggressor in a trade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Side {
    /// Wants the base asset.
    #[default]
    Buy = 0,
    /// Gives the base asset.
    Sell = 1,
}

impl Side {
    /// The other side.
    #[inline]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// `+1` for a buy, `-1` for a sell: the sign of the position a fill creates.
    #[inline]
    pub const fn sign(self) -> i64 {
        1 - 2 * (self as i64)
    }

    /// A number that is the larger the better `price` is on this side.
    ///
    /// Without a branch: nobody can foretell the side of the next order.
    #[inline(always)]
    pub const fn toward(self, price: i64) -> i64 {
        price ^ -(self as i64)
    }

    /// The word used in every file, message and report.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
