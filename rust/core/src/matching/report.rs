//! What an engine answers: one fixed record a fact.

use crate::matching::book_event::BookEvent;
use crate::reject::RejectCode;
use crate::units::Side;

/// What happened (FIX `ExecType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ExecType {
    /// The order was taken in.
    #[default]
    New = 0,
    /// The order traded.
    Trade = 1,
    /// The order, or what was left of it, was taken out.
    Canceled = 2,
    /// The order was changed.
    Replaced = 3,
    /// The command was refused; nothing changed.
    Rejected = 4,
    /// The order's time was up.
    Expired = 5,
    /// A stop was triggered.
    Triggered = 6,
}

impl ExecType {
    /// Every value in order of its number.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Trade,
        Self::Canceled,
        Self::Replaced,
        Self::Rejected,
        Self::Expired,
        Self::Triggered,
    ];

    /// The word in reports and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Trade => "trade",
            Self::Canceled => "canceled",
            Self::Replaced => "replaced",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Triggered => "triggered",
        }
    }
}

/// Where the order stands after it (FIX `OrdStatus`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum OrderStatus {
    /// Live, nothing traded.
    #[default]
    New = 0,
    /// Live, some traded.
    PartiallyFilled = 1,
    /// Done, all traded.
    Filled = 2,
    /// Done, taken out.
    Canceled = 3,
    /// Live, just changed, nothing traded.
    Replaced = 4,
    /// Never lived.
    Rejected = 5,
    /// Done, its time was up.
    Expired = 6,
    /// Waits for its trigger.
    PendingTrigger = 7,
}

impl OrderStatus {
    /// Every value in order of its number.
    pub const ALL: [Self; 8] = [
        Self::New,
        Self::PartiallyFilled,
        Self::Filled,
        Self::Canceled,
        Self::Replaced,
        Self::Rejected,
        Self::Expired,
        Self::PendingTrigger,
    ];

    /// The word in reports and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::PartiallyFilled => "partially_filled",
            Self::Filled => "filled",
            Self::Canceled => "canceled",
            Self::Replaced => "replaced",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::PendingTrigger => "pending_trigger",
        }
    }
}

/// One execution report, 72 bytes: the element of the arrays that cross the boundary to Python.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Report {
    /// Counts every report of the engine from 1 without a gap.
    pub sequence: u64,
    /// Which order.
    pub order_id: u64,
    /// The order on the other side of a trade; 0 otherwise.
    pub counter_order_id: u64,
    /// Of a trade the trade's price, else the order's limit, in ticks.
    pub price: i64,
    /// Of a trade what traded, of a cancel what was taken out, else the order's total, in lots.
    pub qty: i64,
    /// Still open after this, in lots.
    pub leaves: i64,
    /// Traded so far, in lots.
    pub cumulative: i64,
    /// Whose order.
    pub account: u32,
    /// Dense index of the instrument.
    pub symbol: u32,
    /// As [`ExecType`].
    pub exec_type: u8,
    /// As [`OrderStatus`].
    pub status: u8,
    /// 0 buy, 1 sell.
    pub side: u8,
    /// 0 none, 1 maker, 2 taker, 3 auction.
    pub liquidity: u8,
    /// As [`RejectCode`]; 0 where nothing was refused.
    pub reject: u16,
    /// Of a refusal by a limit, whose limit: as [`crate::risk::Scope`]; 0 otherwise.
    pub scope: u16,
}

/// [`Report::liquidity`] of an order that rested.
pub const MAKER: u8 = 1;
/// [`Report::liquidity`] of an order that came.
pub const TAKER: u8 = 2;
/// [`Report::liquidity`] of an order that traded in an auction.
pub const AUCTION: u8 = 3;

impl Report {
    /// The side of the order.
    pub const fn side(&self) -> Side {
        if self.side == 0 {
            Side::Buy
        } else {
            Side::Sell
        }
    }

    /// The refusal, where there is one.
    pub const fn reject_code(&self) -> Option<RejectCode> {
        RejectCode::from_number(self.reject)
    }

    /// What happened.
    pub const fn exec_type(&self) -> ExecType {
        ExecType::ALL[self.exec_type as usize]
    }

    /// Where the order stands.
    pub const fn status(&self) -> OrderStatus {
        OrderStatus::ALL[self.status as usize]
    }

    /// The number both reports of a trade share: the sequence of the first.
    pub const fn trade_id(&self) -> u64 {
        match (self.liquidity, self.side()) {
            (MAKER, _) | (AUCTION, Side::Buy) => self.sequence,
            (TAKER, _) | (AUCTION, Side::Sell) => self.sequence - 1,
            _ => 0,
        }
    }
}

/// Where reports go.
pub trait Sink {
    /// Takes a report; `cost` is Σ price × quantity of the order's fills so far,
    /// computed on demand.
    fn push(&mut self, report: Report, cost: impl FnOnce() -> i128);

    /// Takes note of a change of the public book, after the report that tells its cause.
    ///
    /// Who keeps no copy of the book does not pay for it.
    #[inline]
    fn book(&mut self, _event: impl FnOnce() -> BookEvent) {}

    /// Takes note of an order with a name or a strategy that is gone, after its last report.
    #[inline]
    fn gone(&mut self, _gone: Gone<'_>) {}
}

/// What is forgotten of an order once it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone<'a> {
    /// Which order.
    pub order_id: u64,
    /// The caller's own name for it.
    pub name: Option<&'a str>,
    /// As [`crate::matching::Terms::strategy`].
    pub strategy: u32,
}

impl Sink for Vec<Report> {
    #[inline]
    fn push(&mut self, report: Report, _: impl FnOnce() -> i128) {
        self.push(report);
    }
}

const _: () = assert!(
    size_of::<Report>() == 72,
    "Invariant: REPORT_DTYPE mirrors this"
);
