//! What passes between a trader and a venue: commands out, evidence in.
//!
//! The same two enums serve the simulated exchange and, through their Python face, every connector.

use crate::money::Money;
pub use crate::order::{Liquidity, OrderType, TimeInForce};
use crate::reject::RejectCode;
use crate::units::{Lots, Side, SymbolId, Ticks};

/// The trader's own number of an order, dense from 1; a venue's ids are looked up from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct OrderKey(pub u64);

/// A new order as the venue is to receive it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewOrder {
    /// The trader's number.
    pub key: OrderKey,
    /// What to trade.
    pub symbol: SymbolId,
    /// Which way.
    pub side: Side,
    /// How.
    pub order_type: OrderType,
    /// Limit price; of an order without one the worst price, zero for any.
    pub price: Ticks,
    /// How much.
    pub qty: Lots,
    /// How long.
    pub time_in_force: TimeInForce,
    /// Refuse rather than take.
    pub post_only: bool,
    /// Refuse rather than increase the position.
    pub reduce_only: bool,
}

/// What few orders have. Zero means it has not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The trigger of a stop; of a trailing stop where it starts.
    pub stop_price: Ticks,
    /// How far the trigger of a trailing stop stays behind the market.
    pub trailing_distance: Ticks,
    /// What an iceberg shows at a time.
    pub display_qty: Lots,
    /// When a `GTD` order expires, in nanoseconds since 1970.
    pub expire_ns: i64,
}

/// What a trader sends to a venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Place an order.
    New(NewOrder),
    /// Place an order with terms few orders have.
    NewWith(NewOrder, Terms),
    /// Change price and total quantity (filled part included, as FIX `OrderQty`).
    Modify {
        /// Which order.
        key: OrderKey,
        /// Its symbol.
        symbol: SymbolId,
        /// New price.
        price: Ticks,
        /// New total quantity.
        qty: Lots,
        /// New trigger of a stop that waits; zero where it stays.
        stop: Ticks,
    },
    /// Take an order out.
    Cancel {
        /// Which order.
        key: OrderKey,
        /// Its symbol.
        symbol: SymbolId,
    },
}

/// A trade of one of our orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The venue's execution id, unique per symbol; the same id twice is the same fill.
    pub exec_id: u64,
    /// At what price.
    pub price: Ticks,
    /// How much.
    pub qty: Lots,
    /// Maker or taker.
    pub liquidity: Liquidity,
    /// Fee in the settlement currency; negative is a rebate.
    pub fee: Money,
}

/// What a venue says about one of our orders: evidence, to be merged in any order and any number
/// of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VenueReply {
    /// The order rests (or trades; fills follow).
    Accepted,
    /// The order was refused.
    Rejected(RejectCode),
    /// The order traded.
    Filled(Fill),
    /// The order is out; what had not traded is gone.
    Canceled,
    /// The order's time ran out (an IOC or FOK remainder included).
    Expired,
    /// The order now has these terms.
    Replaced {
        /// New price; zero of an order without a limit.
        price: Ticks,
        /// New total quantity.
        qty: Lots,
        /// New trigger of a stop that waits; zero where it is not said.
        stop: Ticks,
    },
    /// The cancel was refused; the order is as it was.
    CancelRejected(RejectCode),
    /// The change was refused; the order is as it was.
    ModifyRejected(RejectCode),
    /// A stop was triggered.
    Triggered,
    /// The answer was lost: nobody knows, until evidence comes.
    Unknown,
    /// Funding was received, below zero paid; about no order.
    Funded {
        /// Of what.
        symbol: SymbolId,
        /// In the settlement currency.
        amount: Money,
    },
    /// The venue closed a position; about no order of ours.
    Liquidated {
        /// Of what.
        symbol: SymbolId,
        /// Which way the venue traded for us.
        side: Side,
        /// The trade.
        fill: Fill,
    },
}

/// A reply with its order and clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VenueEvent {
    /// Which order.
    pub key: OrderKey,
    /// The venue's time.
    pub ts_event_ns: i64,
    /// Our time of receipt.
    pub ts_recv_ns: i64,
    /// What it says.
    pub reply: VenueReply,
}

impl Command {
    /// The trader's number of the order it is about.
    pub const fn key(&self) -> OrderKey {
        match self {
            Self::New(order) | Self::NewWith(order, _) => order.key,
            Self::Modify { key, .. } | Self::Cancel { key, .. } => *key,
        }
    }
}
