//! The words of an order, shared by the engine that matches it and the trader who sent it.

/// How an order may trade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum OrderType {
    /// At its price or better.
    #[default]
    Limit = 0,
    /// At whatever rests, within its protection price where it has one.
    Market = 1,
    /// As [`Self::Market`], once the last trade reached its trigger.
    Stop = 2,
    /// As [`Self::Limit`], once the last trade reached its trigger.
    StopLimit = 3,
    /// As [`Self::Stop`]; the trigger follows the market at a distance.
    TrailingStop = 4,
    /// As [`Self::Market`]; what is left rests at the price of its last trade.
    MarketToLimit = 5,
}

impl OrderType {
    /// Every value in order of its number.
    pub const ALL: [Self; 6] = [
        Self::Limit,
        Self::Market,
        Self::Stop,
        Self::StopLimit,
        Self::TrailingStop,
        Self::MarketToLimit,
    ];

    /// The word in calls, files and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Market => "market",
            Self::Stop => "stop",
            Self::StopLimit => "stop_limit",
            Self::TrailingStop => "trailing_stop",
            Self::MarketToLimit => "market_to_limit",
        }
    }

    /// Whether it names a limit.
    #[inline]
    pub const fn has_limit(self) -> bool {
        matches!(self, Self::Limit | Self::StopLimit)
    }

    /// Whether it waits for a trigger.
    #[inline]
    pub const fn is_stop(self) -> bool {
        matches!(self, Self::Stop | Self::StopLimit | Self::TrailingStop)
    }
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
    /// Until a time given with it.
    Gtd = 3,
    /// Until the end of the day.
    Day = 4,
}

impl TimeInForce {
    /// Every value in order of its number.
    pub const ALL: [Self; 5] = [Self::Gtc, Self::Ioc, Self::Fok, Self::Gtd, Self::Day];

    /// The word in calls, files and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gtc => "GTC",
            Self::Ioc => "IOC",
            Self::Fok => "FOK",
            Self::Gtd => "GTD",
            Self::Day => "DAY",
        }
    }

    /// Whether what does not trade at once may stay.
    #[inline]
    pub const fn rests(self) -> bool {
        matches!(self, Self::Gtc | Self::Gtd | Self::Day)
    }
}

/// What happens when an order meets one of its own owner group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SelfTradePrevention {
    /// They trade.
    #[default]
    None = 0,
    /// The incoming order ends.
    CancelNewest = 1,
    /// The resting order ends, the incoming one goes on.
    CancelOldest = 2,
    /// Both end.
    CancelBoth = 3,
    /// Both lose the smaller of the two open quantities, without a trade.
    Decrement = 4,
}

impl SelfTradePrevention {
    /// Every value in order of its number.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::CancelNewest,
        Self::CancelOldest,
        Self::CancelBoth,
        Self::Decrement,
    ];

    /// The word in calls and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::CancelNewest => "cancel_newest",
            Self::CancelOldest => "cancel_oldest",
            Self::CancelBoth => "cancel_both",
            Self::Decrement => "decrement",
        }
    }
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
