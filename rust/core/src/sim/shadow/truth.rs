//! Where shadow orders stand when every order is known: first come, first served.

use std::collections::BTreeMap;

use crate::flow::OrderEvent;
use crate::matching::{BookEvent, Shown};
use crate::mirror::Book;
use crate::sim::mid::Mid;
use crate::sim::taker::reaches;
use crate::units::{Lots, Side, Ticks};

/// A shadow order in its true queue.
#[derive(Clone, Copy, Debug)]
struct Standing {
    key: usize,
    side: Side,
    price: Ticks,
    /// What shows ahead of it, in lots.
    ahead: i64,
    /// Orders that joined before this number stand ahead.
    joined: u64,
}

/// A live order: when it joined, and what it shows.
#[derive(Clone, Copy, Debug)]
struct Place {
    joined: u64,
    qty: i64,
}

/// A market order by order, with the shadows in it.
pub(super) struct Truth {
    book: Book,
    orders: BTreeMap<u64, Place>,
    joined: u64,
    standing: Vec<Standing>,
}

impl Truth {
    pub(super) fn new() -> Self {
        let mut book = Book::new();
        book.apply_snapshot(&[]);
        Self {
            book,
            orders: BTreeMap::new(),
            joined: 0,
            standing: Vec::new(),
        }
    }

    /// Best bid plus best ask; zero when a side is empty.
    pub(super) fn mid(&self) -> Mid {
        match (self.book.best_bid(), self.book.best_ask()) {
            (Some((bid, _)), Some((ask, _))) => Mid(bid.0 + ask.0),
            _ => Mid::default(),
        }
    }

    /// Whether an order would trade at once.
    pub(super) fn crosses(&self, side: Side, price: Ticks) -> bool {
        let best = self.book.best(side.opposite());
        best.is_some_and(|(at, _)| reaches(side, price, at))
    }

    /// Puts a shadow at the back of its price; answers what shows ahead.
    pub(super) fn join(&mut self, key: usize, side: Side, price: Ticks) -> Lots {
        let ahead = self.book.qty_at(side, price);
        self.joined += 1;
        self.standing.push(Standing {
            key,
            side,
            price,
            ahead: ahead.0,
            joined: self.joined,
        });
        ahead
    }

    /// Takes a shadow out.
    pub(super) fn leave(&mut self, key: usize) {
        self.standing.retain(|shadow| shadow.key != key);
    }

    /// What shows ahead of a shadow that still stands.
    #[cfg(test)]
    pub(super) fn ahead(&self, key: usize) -> Option<i64> {
        let found = self.standing.iter().find(|shadow| shadow.key == key);
        found.map(|shadow| shadow.ahead)
    }

    /// Takes a fact; appends the shadows that would have traded to `filled`.
    pub(super) fn take(&mut self, event: &OrderEvent, filled: &mut Vec<usize>) {
        let before = filled.len();
        match *event {
            OrderEvent::Book(change) => self.change(&change, filled),
            OrderEvent::Hidden {
                price, aggressor, ..
            } => {
                // What shows comes before what hides at the same price.
                let reached = |shadow: &Standing| {
                    shadow.side != aggressor && reaches(aggressor, price, shadow.price)
                };
                filled.extend(self.standing.iter().filter(|s| reached(s)).map(|s| s.key));
            }
            OrderEvent::Trade { .. } | OrderEvent::Done | OrderEvent::Open => {}
        }
        let gone = &filled[before..];
        if !gone.is_empty() {
            self.standing.retain(|shadow| !gone.contains(&shadow.key));
        }
    }

    fn change(&mut self, change: &BookEvent, filled: &mut Vec<usize>) {
        let Some((order, by)) = change.shift() else {
            return;
        };
        let (side, price) = (order.side, Ticks(order.price));
        let shown = self.book.qty_at(side, price).0.saturating_add(by);
        self.book.set(side, price, Lots(shown.max(0)));
        match change {
            BookEvent::Added(_) => self.added(&order, filled),
            BookEvent::Filled(_) => self.traded(&order, by, filled),
            BookEvent::Changed { .. } | BookEvent::Removed(_) | BookEvent::Phase { .. } => {
                let joined = self.shrink(order.order_id, by);
                self.move_up(&order, by, joined);
            }
        }
    }

    /// An order came to rest; shadows of the other side at its price or beyond it meets.
    fn added(&mut self, order: &Shown, filled: &mut Vec<usize>) {
        self.joined += 1;
        if order.order_id != 0 {
            let place = Place {
                joined: self.joined,
                qty: order.qty,
            };
            self.orders.insert(order.order_id, place);
        }
        let met = |shadow: &&Standing| {
            shadow.side != order.side && reaches(order.side, Ticks(order.price), shadow.price)
        };
        filled.extend(self.standing.iter().filter(met).map(|shadow| shadow.key));
    }

    /// An order traded: whoever stood before it would have traded first.
    fn traded(&mut self, order: &Shown, by: i64, filled: &mut Vec<usize>) {
        let joined = self.shrink(order.order_id, by);
        self.move_up(order, by, joined);
        let price = Ticks(order.price);
        let before = |shadow: &&Standing| {
            shadow.side == order.side
                && if shadow.price == price {
                    shadow.joined < joined
                } else {
                    reaches(order.side.opposite(), price, shadow.price)
                }
        };
        filled.extend(self.standing.iter().filter(before).map(|shadow| shadow.key));
    }

    /// Makes an order smaller by what is negative; answers when it joined: 0, before all, for one
    /// that was there before anybody looked.
    fn shrink(&mut self, order_id: u64, by: i64) -> u64 {
        let Some(place) = self.orders.get_mut(&order_id) else {
            return 0;
        };
        place.qty += by;
        let joined = place.joined;
        if place.qty <= 0 {
            self.orders.remove(&order_id);
        }
        joined
    }

    /// What stood ahead got smaller.
    fn move_up(&mut self, order: &Shown, by: i64, joined: u64) {
        for shadow in &mut self.standing {
            let is_level = (shadow.side, shadow.price.0) == (order.side, order.price);
            if is_level && joined < shadow.joined {
                shadow.ahead = (shadow.ahead + by).max(0);
            }
        }
    }
}
