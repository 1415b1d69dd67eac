//! What the twin knows of an order.

use crate::book::tags::Place;
use crate::matching::command::PostOnly;
use crate::order::{OrderType, SelfTradePrevention, TimeInForce};
use crate::units::Side;

/// A live order, wherever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: u64,
    /// Its instrument.
    pub symbol: u32,
    /// Whose it is.
    pub account: u32,
    /// Which way.
    pub side: Side,
    /// How; of an order in the book a limit.
    pub order_type: OrderType,
    /// How long.
    pub time_in_force: TimeInForce,
    /// Never take.
    pub post_only: PostOnly,
    /// Trade no more than the position it reduces.
    pub reduce_only: bool,
    /// When it would meet its own owner group.
    pub self_trade_prevention: SelfTradePrevention,
    /// Its limit, or its protection price; 0 takes any price.
    pub price: i64,
    /// Still open, all of it.
    pub open: i64,
    /// The part of it the book shows; all of it elsewhere.
    pub shown: i64,
    /// Traded so far.
    pub filled: i64,
    /// Σ price × quantity of its fills.
    pub cost: i128,
    /// Shown at a time; 0 of an order that shows all.
    pub display: i64,
    /// Its trigger.
    pub trigger: i64,
    /// How far its trigger stays behind the market; 0 of one that stays.
    pub distance: i64,
    /// When it expires; 0 for never.
    pub expire_ns: i64,
    /// The strategy it came from.
    pub strategy: u32,
    /// The `oco` group it is in, by the id of the order named first; 0 for none.
    pub group: u64,
    /// The held order it releases when it is gone.
    pub releases: u64,
    /// The order that releases it.
    pub released_by: u64,
    /// Another of its group traded while it was coming in.
    pub is_outrun: bool,
    /// What the twin of risk calls it, while accounts are kept.
    pub number: Option<usize>,
    /// The caller's name for it.
    pub name: Option<String>,
    /// Where it is.
    pub place: Place,
    /// The sequence of the report with which it took its place.
    pub priority: u64,
}

impl Order {
    /// Whether it comes to wait for a price or for another order.
    pub fn waits(&self) -> bool {
        self.order_type.is_stop() || self.place == Place::Held
    }

    /// Whether it may trade at `price`.
    pub fn accepts(&self, price: i64) -> bool {
        self.price == 0
            || match self.side {
                Side::Buy => price <= self.price,
                Side::Sell => price >= self.price,
            }
    }

    /// Whether the last trade triggers it.
    pub fn is_reached(&self, last: i64) -> bool {
        last > 0
            && match self.side {
                Side::Buy => last >= self.trigger,
                Side::Sell => last <= self.trigger,
            }
    }

    /// Where the trigger of a trailing stop belongs after a trade at `last`.
    pub fn behind(&self, last: i64) -> i64 {
        last + self.side.sign() * self.distance
    }

    /// What it offers to its next trade.
    pub fn offered(&self) -> i64 {
        if self.place == Place::Book {
            self.shown
        } else {
            self.open
        }
    }

    /// What it shows when it takes a new place in the book.
    pub fn slice(&self) -> i64 {
        if self.display == 0 {
            self.open
        } else {
            self.open.min(self.display)
        }
    }

    /// What it asked for: traded and open.
    pub fn total(&self) -> i64 {
        self.filled + self.open
    }

    /// Takes `qty` away from what is open, and from what is shown first.
    pub fn lose(&mut self, qty: i64) {
        self.open -= qty;
        self.shown = if self.place == Place::Book {
            self.shown - qty
        } else {
            self.open
        };
    }

    /// Leaves it open no more than `open`, taking from what is not shown first.
    pub fn shrink(&mut self, open: i64) {
        self.open = self.open.min(open);
        self.shown = self.shown.min(self.open);
    }

    /// Whether it is left in the book when it cannot trade on.
    pub fn may_rest(&self) -> bool {
        self.order_type.has_limit() && self.time_in_force.rests()
    }
}
