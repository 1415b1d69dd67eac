//! What an engine is told to do.

use crate::money::Money;
use crate::order::{OrderType, SelfTradePrevention, TimeInForce};
use crate::risk::{Limits, Scope, TradingState};
use crate::units::Side;

/// One instruction to the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Place an order.
    New(NewOrder),
    /// Place an order with terms few orders have.
    NewWith(NewOrder, Terms),
    /// Take an order out.
    Cancel {
        /// Dense index of its instrument.
        symbol: u32,
        /// Its id.
        order_id: u64,
    },
    /// Change an order.
    Modify {
        /// Dense index of its instrument.
        symbol: u32,
        /// Its id.
        order_id: u64,
        /// What is to be different.
        change: Change,
    },
    /// Take out every order a filter matches.
    CancelAll(Filter),
    /// Lead a symbol into another state.
    SetPhase {
        /// Dense index of the instrument.
        symbol: u32,
        /// The state.
        phase: Phase,
    },
    /// Bound the prices of a symbol.
    SetBands {
        /// Dense index of the instrument.
        symbol: u32,
        /// The bounds.
        bands: Bands,
    },
    /// Set the reference price of a symbol until its next trade.
    SetReference {
        /// Dense index of the instrument.
        symbol: u32,
        /// In ticks.
        price: i64,
    },
    /// Tell the time: what is due happens.
    AdvanceTime {
        /// In nanoseconds since 1970.
        now_ns: i64,
    },
    /// Set something about accounts and limits.
    Control(Control),
}

/// What an operator sets about accounts and limits; only a refusal is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Say whose an account is, and whose orders its own do not trade with.
    Seat {
        /// The account.
        account: u32,
        /// The user it belongs to.
        user: u32,
        /// Its owner group.
        group: u32,
    },
    /// Put money into an account.
    Deposit {
        /// The account.
        account: u32,
        /// Number of the asset.
        asset: u32,
        /// How much.
        amount: Money,
    },
    /// Take money out of an account, as far as it is free.
    Withdraw {
        /// The account.
        account: u32,
        /// Number of the asset.
        asset: u32,
        /// How much.
        amount: Money,
    },
    /// Set the limits of a scope in place of those it had.
    SetLimits {
        /// Whose.
        scope: Scope,
        /// The limits.
        limits: Limits,
    },
    /// Let everything, only what reduces, or nothing of a scope pass.
    SetState {
        /// Whose.
        scope: Scope,
        /// The state.
        state: TradingState,
    },
    /// Set the price positions of a symbol are valued at.
    SetMark {
        /// Dense index of the instrument.
        symbol: u32,
        /// In ticks.
        price: i64,
    },
    /// Start a day: daily losses count from here.
    StartDay,
}

/// An order to place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NewOrder {
    /// Dense index of its instrument.
    pub symbol: u32,
    /// Whose it is.
    pub account: u32,
    /// The caller's id, or 0 to be given the next one.
    pub order_id: u64,
    /// Which way.
    pub side: Side,
    /// How.
    pub order_type: OrderType,
    /// How long.
    pub time_in_force: TimeInForce,
    /// Never take.
    pub post_only: PostOnly,
    /// Trade no more than the position it reduces.
    pub reduce_only: bool,
    /// When it would meet its own owner group.
    pub self_trade_prevention: SelfTradePrevention,
    /// Limit in ticks; of an order without one the protection price, 0 for none.
    pub price: i64,
    /// Quantity in lots.
    pub qty: i64,
}

/// Whether an order may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PostOnly {
    /// It may.
    #[default]
    No = 0,
    /// It is refused rather than take.
    Reject = 1,
    /// It is moved behind the best opposite price rather than take.
    Reprice = 2,
}

/// What few orders have. Zero means it has not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The trigger of a stop, in ticks; of a trailing stop where it starts.
    pub stop_price: i64,
    /// How far the trigger of a trailing stop stays behind the market, in ticks.
    pub trailing_distance: i64,
    /// What an iceberg shows at a time, in lots.
    pub display_qty: i64,
    /// When a `GTD` order expires, in nanoseconds since 1970.
    pub expire_time_ns: i64,
    /// The order it is linked with, where `link` names one.
    pub linked_id: u64,
    /// The strategy that sent it, for limits.
    pub strategy: u32,
    /// How it is linked.
    pub link: Link,
}

/// How an order is linked with another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Link {
    /// Not at all.
    #[default]
    None = 0,
    /// One cancels the other; names a live order.
    Oco = 1,
    /// Waits until an order releases it; names none.
    Held = 2,
    /// Releases a held order and its group when it is gone; names it.
    Releases = 3,
}

/// What a modify asks for; `None` keeps what is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// New limit or protection price in ticks.
    pub price: Option<i64>,
    /// New quantity in lots, read as `revision` says.
    pub qty: Option<i64>,
    /// New trigger in ticks, of an order that waits for one.
    pub stop_price: Option<i64>,
    /// What `qty` counts and whether priority may be kept.
    pub revision: Revision,
}

/// How a modify is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Revision {
    /// FIX: the quantity is the order's new total, filled part included; a smaller one at the same
    /// price keeps priority.
    #[default]
    Total,
    /// The quantity is what is to be open; a smaller one at the same price keeps priority.
    Open,
    /// The quantity is what is to be open; priority is always lost.
    Reinsert,
}

/// Which orders a mass cancel takes out; `None` means all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Whose.
    pub account: Option<u32>,
    /// Of which instrument.
    pub symbol: Option<u32>,
    /// Of which side.
    pub side: Option<Side>,
    /// Of which strategy.
    pub strategy: Option<u32>,
}

/// The state of a symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Phase {
    /// Orders match as they come.
    #[default]
    Open = 0,
    /// Orders gather for a call auction.
    Auction = 1,
    /// Nothing but cancels, for now.
    Halted = 2,
    /// Nothing but cancels, until the next session.
    Closed = 3,
}

impl Phase {
    /// Every value in order of its number.
    pub const ALL: [Self; 4] = [Self::Open, Self::Auction, Self::Halted, Self::Closed];

    /// The word in calls and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Auction => "auction",
            Self::Halted => "halted",
            Self::Closed => "closed",
        }
    }
}

/// Bounds on the prices of a symbol. Zero means there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bands {
    /// Lowest limit accepted, in ticks.
    pub low: i64,
    /// Highest limit accepted, in ticks.
    pub high: i64,
    /// How far from the reference price a trade may be, in hundredths of a percent; below 10,000.
    pub dynamic_bps: u32,
    /// How long trading pauses when one would be farther; 0 cancels the order's rest instead.
    pub halt_ns: i64,
}
