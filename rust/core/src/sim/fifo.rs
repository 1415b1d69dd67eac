//! First come, first served: who stands before whom in a market of which every order is known.
//!
//! The one rule of a queue. An order that joined earlier and at the same price stands ahead; when
//! one that came later trades, whoever stood before it would have traded first.

use std::collections::BTreeMap;

use crate::market::{OrderAt, OrderFact};
use crate::units::{Side, Ticks};

use super::taker::reaches;

/// A recorded order: when it joined, and what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its number in the order of joining, from 1.
    pub(super) joined: u64,
    /// Which side.
    pub(super) side: Side,
    /// At what price.
    pub(super) price: Ticks,
    /// What it shows, in lots.
    pub(super) qty: i64,
}

/// The recorded orders that rest.
#[derive(Clone, Debug, Default)]
pub(super) struct Fifo {
    orders: BTreeMap<u64, Place>,
    joined: u64,
}

/// Where somebody stands who is not recorded: behind all that had joined before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stand {
    /// Which side.
    pub(super) side: Side,
    /// At what price.
    pub(super) price: Ticks,
    /// How many had joined before.
    pub(super) joined: u64,
}

/// What a fact about a recorded order means for whoever stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    fact: OrderFact,
    /// When the order joined: 0, before all, for one that was there before anybody looked.
    joined: u64,
}

impl Fifo {
    /// How many have joined so far.
    pub(super) const fn joined(&self) -> u64 {
        self.joined
    }

    /// Whether an order rests of which this is the number.
    pub(super) fn knows(&self, id: u64) -> bool {
        self.orders.contains_key(&id)
    }

    /// The recorded orders of a level, front first.
    pub(super) fn level(&self, side: Side, price: Ticks) -> Vec<(u64, Place)> {
        let here = |place: &Place| (place.side, place.price) == (side, price);
        let all = self.orders.iter().filter(|(_, place)| here(place));
        let mut level: Vec<(u64, Place)> = all.map(|(id, place)| (*id, *place)).collect();
        level.sort_unstable_by_key(|(_, place)| place.joined);
        level
    }

    /// Takes a fact.
    pub(super) fn take(&mut self, fact: &OrderFact) -> Turn {
        let joined = match fact {
            OrderFact::Came(order) => {
                self.joined += 1;
                self.add(order);
                self.joined
            }
            OrderFact::Shrank(order) | OrderFact::Traded(order) => self.shrink(order),
            OrderFact::Hidden(_) => u64::MAX,
        };
        Turn {
            fact: *fact,
            joined,
        }
    }

    fn add(&mut self, order: &OrderAt) {
        // Orders without a number are known by their level alone.
        if order.id != 0 {
            let place = Place {
                joined: self.joined,
                side: order.side,
                price: order.price,
                qty: order.qty.0,
            };
            self.orders.insert(order.id, place);
        }
    }

    /// Makes an order smaller; answers when it joined.
    fn shrink(&mut self, order: &OrderAt) -> u64 {
        let Some(place) = self.orders.get_mut(&order.id) else {
            return 0;
        };
        place.qty -= order.qty.0;
        let joined = place.joined;
        if place.qty <= 0 {
            self.orders.remove(&order.id);
        }
        joined
    }
}

impl Turn {
    /// The order it is about.
    pub(super) const fn order(&self) -> OrderAt {
        match self.fact {
            OrderFact::Came(order)
            | OrderFact::Shrank(order)
            | OrderFact::Traded(order)
            | OrderFact::Hidden(order) => order,
        }
    }

    /// Whether somebody traded with what rested.
    pub(super) const fn is_trade(&self) -> bool {
        matches!(self.fact, OrderFact::Traded(_) | OrderFact::Hidden(_))
    }

    /// What shows ahead of somebody afterwards, where `ahead` did.
    pub(super) fn ahead(&self, stand: Stand, ahead: i64) -> i64 {
        match self.fact {
            OrderFact::Shrank(order) | OrderFact::Traded(order)
                if (order.side, order.price) == (stand.side, stand.price)
                    && self.joined <= stand.joined =>
            {
                (ahead - order.qty.0).max(0)
            }
            OrderFact::Came(_)
            | OrderFact::Shrank(_)
            | OrderFact::Traded(_)
            | OrderFact::Hidden(_) => ahead,
        }
    }

    /// Whether somebody would have traded before, or with, the order.
    pub(super) fn meets(&self, stand: Stand) -> bool {
        match self.fact {
            // It came to the other side's price, or beyond.
            OrderFact::Came(order) => {
                stand.side != order.side && reaches(order.side, order.price, stand.price)
            }
            OrderFact::Traded(order) if order.price == stand.price => {
                stand.side == order.side && stand.joined < self.joined
            }
            // What shows comes before what hides at the same price.
            OrderFact::Traded(order) | OrderFact::Hidden(order) => {
                stand.side == order.side
                    && reaches(order.side.opposite(), order.price, stand.price)
            }
            OrderFact::Shrank(_) => false,
        }
    }
}
