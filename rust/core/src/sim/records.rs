//! What a simulation counts and keeps for its result.

use crate::market::{Aside, MarketEvent};
use crate::money::Money;
use crate::oms::OrderState;
use crate::oms::message::{Command, NewOrder, VenueEvent, VenueReply};
use crate::reject::RejectCode;
use crate::units::{Lots, Side, Ticks};

use super::mid::Mid;
use super::thinning::Thinning;

/// How often the equity curve has a point besides the fills: once a second of simulated time.
pub const EQUITY_PERIOD_NS: i64 = 1_000_000_000;

/// Most answers of one recording whose time is kept; of more every second, fourth and so on.
pub const TRIPS_MAX: usize = 1 << 18;

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
    /// Rates and marks that the recording told.
    pub fundings: u64,
    /// Changes of the instrument's rules.
    pub terms: u64,
    /// Breaks of the recording.
    pub breaks: u64,
}

impl Counts {
    #[inline]
    pub(super) const fn seen(&mut self, event: &MarketEvent<'_>) {
        self.events += 1;
        self.snapshots += matches!(event, MarketEvent::Snapshot { .. }) as u64;
        self.depths += matches!(event, MarketEvent::Depth { .. }) as u64;
        self.trades += matches!(event, MarketEvent::Trade { .. }) as u64;
        self.quotes += matches!(event, MarketEvent::Quote { .. }) as u64;
    }

    pub(super) const fn said(&mut self, aside: &Aside) {
        match aside {
            Aside::Funding(_) => self.fundings += 1,
            Aside::Terms(_) => self.terms += 1,
            Aside::Break(_) => self.breaks += 1,
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
    /// Funding received; below zero it was paid.
    pub funding: Money,
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

/// One order from its sending to its end; times are ours, zero for what did not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderRecord {
    /// The trader's number.
    pub key: u64,
    /// Sent.
    pub submit_ns: i64,
    /// Its acceptance received.
    pub accept_ns: i64,
    /// Its end received.
    pub done_ns: i64,
    /// Which way.
    pub side: Side,
    /// Limit price as last confirmed; zero for a market order.
    pub price: Ticks,
    /// Total quantity as last confirmed.
    pub qty: Lots,
    /// What traded.
    pub filled: Lots,
    /// Where it stands, as the replies say.
    pub state: OrderState,
    /// Why it was refused.
    pub reject: Option<RejectCode>,
    modify_ns: i64,
    cancel_ns: i64,
}

impl OrderRecord {
    fn new(now_ns: i64, order: &NewOrder) -> Self {
        let limit = order.order_type.has_limit();
        Self {
            key: order.key.0,
            submit_ns: now_ns,
            accept_ns: 0,
            done_ns: 0,
            side: order.side,
            price: if limit { order.price } else { Ticks(0) },
            qty: order.qty,
            filled: Lots(0),
            state: OrderState::PendingNew,
            reject: None,
            modify_ns: 0,
            cancel_ns: 0,
        }
    }

    /// Takes a reply in; what it answered and when that was sent.
    fn receive(&mut self, event: &VenueEvent) -> Option<(Request, i64)> {
        let now_ns = event.ts_recv_ns;
        let mut end = |state| {
            self.done_ns = now_ns;
            self.state = state;
        };
        match event.reply {
            VenueReply::Accepted => {
                self.accept_ns = now_ns;
                self.state = OrderState::Accepted;
                Some((Request::New, self.submit_ns))
            }
            VenueReply::Rejected(code) => {
                end(OrderState::Rejected);
                self.reject = Some(code);
                Some((Request::New, self.submit_ns))
            }
            VenueReply::Replaced { price, qty, .. } => {
                (self.price, self.qty) = (price, qty);
                Some((Request::Modify, self.modify_ns))
            }
            VenueReply::ModifyRejected(_) => Some((Request::Modify, self.modify_ns)),
            VenueReply::Canceled => {
                end(OrderState::Canceled);
                Some((Request::Cancel, self.cancel_ns))
            }
            VenueReply::CancelRejected(_) => Some((Request::Cancel, self.cancel_ns)),
            VenueReply::Filled(fill) => {
                self.filled.0 += fill.qty.0;
                self.state = OrderState::PartiallyFilled;
                if self.filled >= self.qty {
                    self.done_ns = now_ns;
                    self.state = OrderState::Filled;
                }
                None
            }
            VenueReply::Expired => {
                end(OrderState::Expired);
                None
            }
            VenueReply::Triggered
            | VenueReply::Unknown
            | VenueReply::Funded { .. }
            | VenueReply::Liquidated { .. } => None,
        }
    }
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
    /// Orders in the order they were sent.
    pub orders: Vec<OrderRecord>,
    /// Where the order with a key stands in `orders`, plus one; keys are dense from 1.
    places: Vec<u32>,
    trips: Thinning,
    equity_ns: i64,
}

impl Records {
    fn order_mut(&mut self, key: u64) -> Option<&mut OrderRecord> {
        let place = *self.places.get(usize::try_from(key).ok()?)?;
        self.orders.get_mut((place as usize).checked_sub(1)?)
    }

    pub(super) fn sent(&mut self, now_ns: i64, command: &Command) {
        match command {
            Command::New(order) | Command::NewWith(order, _) => {
                let at = usize::try_from(order.key.0).unwrap_or(usize::MAX);
                if at >= self.places.len() {
                    self.places.resize(at + 1, 0);
                }
                self.orders.push(OrderRecord::new(now_ns, order));
                self.places[at] = u32::try_from(self.orders.len()).unwrap_or(0);
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
        let answered = self.order_mut(event.key.0).and_then(|o| o.receive(event));
        if let Some((request, sent_ns)) = answered.filter(|_| self.trips.takes()) {
            let trip = RoundTrip {
                ts_ns: event.ts_recv_ns,
                request,
                latency_ns: event.ts_recv_ns - sent_ns,
            };
            self.trips.keep(&mut self.round_trips, TRIPS_MAX, trip);
        }
    }

    /// Whether a point of the equity curve is due.
    #[inline]
    pub(super) const fn is_due(&self, now_ns: i64) -> bool {
        now_ns >= self.equity_ns
    }

    /// Whether a point of the equity curve is due; if so the next one is set.
    #[inline]
    pub(super) const fn equity_due(&mut self, now_ns: i64) -> bool {
        if !self.is_due(now_ns) {
            return false;
        }
        let since = now_ns.rem_euclid(EQUITY_PERIOD_NS);
        self.equity_ns = now_ns.saturating_add(EQUITY_PERIOD_NS - since);
        true
    }
}
