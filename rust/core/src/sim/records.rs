//! What a simulation counts and keeps for its result.

use crate::market::MarketEvent;
use crate::money::Money;
use crate::oms::message::{Command, VenueEvent, VenueReply};
use crate::units::Lots;

use super::ledger::Mid;

/// How often the equity curve has a point besides the fills: once a second of simulated time.
pub const EQUITY_PERIOD_NS: i64 = 1_000_000_000;

/// Messages by kind, and what was wrong with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages in all.
    pub events: u64,
    /// Whole books.
    pub snapshots: u64,
    /// Depth messages.
    pub depths: u64,
    /// Trades.
    pub trades: u64,
    /// Quotes.
    pub quotes: u64,
    /// Times updates were found missing; the book was unknown until the next snapshot.
    pub gaps: u64,
    /// Depth messages after which the participant's book was crossed; it was not shown.
    pub crossed: u64,
    /// Records that could not be decoded.
    pub corrupt: u64,
    /// Messages stamped earlier than one before them.
    pub disordered: u64,
}

impl Counts {
    #[inline]
    pub(super) const fn seen(&mut self, event: &MarketEvent<'_>) {
        self.events += 1;
        match event {
            MarketEvent::Snapshot { .. } => self.snapshots += 1,
            MarketEvent::Depth { .. } => self.depths += 1,
            MarketEvent::Trade { .. } => self.trades += 1,
            MarketEvent::Quote { .. } => self.quotes += 1,
        }
    }
}

/// The account at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EquityPoint {
    /// Simulated time.
    pub ts_ns: i64,
    /// Cash that trading has moved, before fees.
    pub cash: Money,
    /// Lots held; negative is short.
    pub position: Lots,
    /// Fees paid.
    pub fees: Money,
    /// The middle.
    pub mid: Mid,
}

/// What was asked of the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Request {
    /// A new order.
    New = 0,
    /// A change.
    Modify = 1,
    /// A cancel.
    Cancel = 2,
}

/// How long one answer took, from our command to our receipt of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundTrip {
    /// When the answer was received.
    pub ts_ns: i64,
    /// To what.
    pub request: Request,
    /// How long.
    pub latency_ns: i64,
}

/// When an order was sent, taken and done, by our clock; zero where it was not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderTimes {
    /// Sent.
    pub submit_ns: i64,
    /// Its acceptance received.
    pub accept_ns: i64,
    /// Its end received.
    pub done_ns: i64,
    modify_ns: i64,
    cancel_ns: i64,
}

/// Everything a result is made from, besides the fills.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// Messages by kind.
    pub counts: Counts,
    /// The equity curve.
    pub equity: Vec<EquityPoint>,
    /// Answers in order of receipt.
    pub round_trips: Vec<RoundTrip>,
    orders: Vec<OrderTimes>,
    equity_ns: i64,
}

impl Records {
    /// When the order with this number was sent, taken and done.
    pub fn order(&self, key: u64) -> OrderTimes {
        let at = usize::try_from(key).unwrap_or(usize::MAX);
        self.orders.get(at).copied().unwrap_or_default()
    }

    fn order_mut(&mut self, key: u64) -> Option<&mut OrderTimes> {
        self.orders.get_mut(usize::try_from(key).ok()?)
    }

    pub(super) fn sent(&mut self, now_ns: i64, command: &Command) {
        match command {
            Command::New(order) => {
                // Keys are dense from 1, so this grows by the orders a trader denied in between.
                let at = usize::try_from(order.key.0).unwrap_or(usize::MAX);
                if at >= self.orders.len() {
                    self.orders.resize(at + 1, OrderTimes::default());
                }
                self.orders[at].submit_ns = now_ns;
            }
            Command::Modify { key, .. } => {
                if let Some(order) = self.order_mut(key.0) {
                    order.modify_ns = now_ns;
                }
            }
            Command::Cancel { key, .. } => {
                if let Some(order) = self.order_mut(key.0) {
                    order.cancel_ns = now_ns;
                }
            }
        }
    }

    pub(super) fn received(&mut self, event: &VenueEvent) {
        let now_ns = event.ts_recv_ns;
        let Some(order) = self.order_mut(event.key.0) else {
            return;
        };
        let (request, sent_ns) = match event.reply {
            VenueReply::Accepted => {
                order.accept_ns = now_ns;
                (Request::New, order.submit_ns)
            }
            VenueReply::Rejected(_) => {
                order.done_ns = now_ns;
                (Request::New, order.submit_ns)
            }
            VenueReply::Replaced { .. } | VenueReply::ModifyRejected(_) => {
                (Request::Modify, order.modify_ns)
            }
            VenueReply::Canceled => {
                order.done_ns = now_ns;
                (Request::Cancel, order.cancel_ns)
            }
            VenueReply::CancelRejected(_) => (Request::Cancel, order.cancel_ns),
            VenueReply::Filled(_) | VenueReply::Expired => {
                order.done_ns = now_ns;
                return;
            }
            VenueReply::Triggered | VenueReply::Unknown => return,
        };
        self.round_trips.push(RoundTrip {
            ts_ns: now_ns,
            request,
            latency_ns: now_ns - sent_ns,
        });
    }

    /// Whether a point of the equity curve is due; if so the next one is set.
    #[inline]
    pub(super) const fn equity_due(&mut self, now_ns: i64) -> bool {
        if now_ns < self.equity_ns {
            return false;
        }
        self.equity_ns = now_ns - now_ns.rem_euclid(EQUITY_PERIOD_NS) + EQUITY_PERIOD_NS;
        true
    }
}
