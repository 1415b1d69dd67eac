//! The words of an order, shared by the engine that matches it and the trader who sent it.

/// How an order may trade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum OrderType {
    /// At its price or better.
    #[default]
    Limit = 0,
    /// At whatever rests.
    Market = 1,
}

/// How long an order may rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TimeInForce {
    /// Until it is filled or canceled.
    #[default]
    Gtc = 0,
    /// Not at all: what does not trade at once is canceled.
    Ioc = 1,
    /// Whole at once, or not at all.
    Fok = 2,
}

/// Which side of a trade an order was on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Liquidity {
    /// It rested.
    Maker = 0,
    /// It came.
    Taker = 1,
}
