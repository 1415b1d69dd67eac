//! Refusals: one banded enum, so a code means the same in a report, a file and a document.

macro_rules! reject_codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal, $word:literal;)+) => {
        /// Why a command was refused.
        ///
        /// 1xxx the input makes no sense, 2xxx risk, 3xxx matching rules, 4xxx a venue said so.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum RejectCode {
            $($(#[doc = $doc])+ $name = $number,)+
        }

        impl RejectCode {
            /// Every code in order of its number: the source of the reference table in `docs/`.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name in reports and files.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// The sentence that explains it.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// The code with this number.
            pub const fn from_number(number: u16) -> Option<Self> {
                match number { $($number => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

reject_codes! {
    /// The symbol is not traded here.
    UnknownSymbol = 1001, "UNKNOWN_SYMBOL";
    /// The quantity is zero or negative.
    QtyNotPositive = 1002, "QTY_NOT_POSITIVE";
    /// The quantity is beyond what the engine counts.
    QtyTooLarge = 1003, "QTY_TOO_LARGE";
    /// The price is missing, zero, negative, or beyond what the engine counts.
    BadPrice = 1004, "BAD_PRICE";
    /// The combination of order type, time in force and flags makes no sense.
    BadCombination = 1005, "BAD_COMBINATION";
    /// The command itself is not known.
    UnknownCommand = 1006, "UNKNOWN_COMMAND";
    /// Price × quantity is below the instrument's smallest order value.
    MinNotional = 1007, "MIN_NOTIONAL";
    /// The price is not a multiple of the tick.
    OffTick = 1008, "OFF_TICK";
    /// The quantity is not a multiple of the lot.
    OffLot = 1009, "OFF_LOT";
    /// The host cannot do what the order asks for.
    Unsupported = 1010, "UNSUPPORTED";
    /// The time an order is to expire at is missing, past, or given to an order that has none.
    BadExpireTime = 1011, "BAD_EXPIRE_TIME";
    /// The trigger is missing, out of range, or given to an order that has none.
    BadStopPrice = 1012, "BAD_STOP_PRICE";
    /// The shown quantity is out of range: an order is shown in at most 1,000 slices.
    BadDisplayQty = 1013, "BAD_DISPLAY_QTY";
    /// The linked order is missing, another account's or symbol's, or cannot be linked so.
    BadLink = 1014, "BAD_LINK";
    /// A setting of a symbol, an account or a limit is out of range.
    BadSetting = 1015, "BAD_SETTING";
    /// The account is not known here.
    UnknownAccount = 1016, "UNKNOWN_ACCOUNT";
    /// The strategy was halted: it may cancel, not place.
    StrategyHalted = 2001, "STRATEGY_HALTED";
    /// Trading is halted for the symbol, the account, or all: only cancels pass.
    TradingHalted = 2002, "TRADING_HALTED";
    /// Only orders that reduce a position pass at present.
    ReduceOnlyState = 2003, "REDUCE_ONLY_STATE";
    /// There is no price to value the order at.
    NoReferencePrice = 2004, "NO_REFERENCE_PRICE";
    /// The quantity is above the largest one allowed for an order.
    MaxOrderQty = 2005, "MAX_ORDER_QTY";
    /// The value is above the largest one allowed for an order.
    MaxOrderValue = 2006, "MAX_ORDER_VALUE";
    /// The price is too far beyond the reference price in the direction that trades.
    PriceCollar = 2007, "PRICE_COLLAR";
    /// The same order came a moment ago.
    DuplicateOrder = 2008, "DUPLICATE_ORDER";
    /// The account has as many open orders as it may have.
    MaxOpenOrders = 2009, "MAX_OPEN_ORDERS";
    /// Position and working orders together would be above the largest position allowed.
    MaxPositionQty = 2010, "MAX_POSITION_QTY";
    /// Position and working orders together would be worth more than allowed.
    MaxPositionValue = 2011, "MAX_POSITION_VALUE";
    /// Exposure over equity would be above the leverage allowed.
    MaxLeverage = 2012, "MAX_LEVERAGE";
    /// The account's equity does not cover the margin the order would need.
    InsufficientMargin = 2013, "INSUFFICIENT_MARGIN";
    /// The account's free balance does not cover the order.
    InsufficientFunds = 2014, "INSUFFICIENT_FUNDS";
    /// The account lost as much as it may lose in a day.
    MaxDailyLoss = 2015, "MAX_DAILY_LOSS";
    /// The portfolio's value at risk is above its limit.
    MaxVar = 2016, "MAX_VAR";
    /// Too many orders in too little time.
    RateLimit = 2017, "RATE_LIMIT";
    /// The order id is already in use by a live order.
    DuplicateOrderId = 3001, "DUPLICATE_ORDER_ID";
    /// The client order id is already in use by a live order of the account.
    DuplicateClientOrderId = 3002, "DUPLICATE_CLIENT_ORDER_ID";
    /// No live order has this id.
    UnknownOrder = 3003, "UNKNOWN_ORDER";
    /// A post-only order would have traded at once.
    PostOnlyWouldCross = 3004, "POST_ONLY_WOULD_CROSS";
    /// A fill-or-kill order could not be filled whole.
    FillOrKill = 3005, "FOK_NOT_FILLABLE";
    /// A market order found nothing on the other side.
    NoLiquidity = 3006, "NO_LIQUIDITY";
    /// The new total is at or below what already traded.
    TotalBelowFilled = 3007, "TOTAL_BELOW_FILLED";
    /// The engine holds as many live orders as it can address.
    EngineFull = 3008, "ENGINE_FULL";
    /// A reduce-only order would not reduce a position.
    ReduceOnly = 3009, "REDUCE_ONLY_WOULD_INCREASE";
    /// The order is not live any more, or never was.
    OrderNotLive = 3010, "ORDER_NOT_LIVE";
    /// An answer about the order is outstanding; it cannot be changed until it comes.
    RequestInFlight = 3011, "REQUEST_IN_FLIGHT";
    /// The order would trade with another one of the same trader.
    SelfCross = 3012, "SELF_CROSS";
    /// The order met one of its own owner group.
    SelfTrade = 3013, "SELF_TRADE_PREVENTED";
    /// Another order of its group traded, was triggered or ended.
    LinkedOrderDone = 3014, "LINKED_ORDER_DONE";
    /// The symbol is in a call auction, which takes only orders that can rest.
    NotInAuction = 3015, "NOT_IN_AUCTION";
    /// The price is outside the symbol's price band.
    PriceBand = 3016, "PRICE_BAND";
    /// A trade outside the symbol's dynamic band was due, so trading paused.
    VolatilityHalt = 3017, "VOLATILITY_HALT";
    /// The state of the symbol does not lead to that state.
    BadPhase = 3018, "BAD_PHASE";
    /// An order was taken out by an operator: mass cancel, kill switch.
    MassCancel = 3019, "MASS_CANCEL";
    /// The venue refused, without a code of ours that fits.
    VenueRejected = 4001, "VENUE_REJECTED";
    /// The venue's rate limit was reached.
    VenueRateLimit = 4002, "VENUE_RATE_LIMIT";
    /// The venue was not reachable, and the command was provably not sent.
    VenueUnavailable = 4003, "VENUE_UNAVAILABLE";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words_are_unique_and_found_again() {
        for (at, code) in RejectCode::ALL.iter().enumerate() {
            assert_eq!(RejectCode::from_number(*code as u16), Some(*code));
            assert!(
                RejectCode::ALL[..at]
                    .iter()
                    .all(|other| other.as_str() != code.as_str())
            );
            assert!(
                RejectCode::ALL[..at]
                    .iter()
                    .all(|other| (*other as u16) < (*code as u16))
            );
            assert!(code.text().ends_with('.'));
        }
    }
}
