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
    /// The strategy was halted: it may cancel, not place.
    StrategyHalted = 2001, "STRATEGY_HALTED";
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
