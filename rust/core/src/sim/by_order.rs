//! The venue of a recording order by order: our orders stand exactly where they would have stood.
//!
//! What rests ahead of ours is known, whoever cancels; what a recorded trade gave to orders behind
//! ours goes to ours first. What we take is taken from the orders at the front: it is there again
//! only when others have come, not when those orders leave.

use crate::market::OrderFact;
use crate::units::{Lots, Side, Ticks};

use super::exchange::Exchange;
use super::fifo::{Fifo, Turn};
use super::queue::UNKNOWN;

/// A recorded order of which we took something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Eaten {
    side: Side,
    price: Ticks,
    /// 0 stands for all of a level that were there before anybody looked.
    id: u64,
    /// What we took.
    qty: i64,
    /// What the recording shows of it.
    shown: i64,
}

/// The recorded orders of a market, and what we took of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders {
    pub(super) fifo: Fifo,
    eaten: Vec<Eaten>,
}

impl Orders {
    /// Settles what of the orders at the front was taken of late: `ours` is what is taken in all,
    /// by level, and `displayed` what a level shows.
    fn settle(&mut self, ours: &[(Side, Ticks, Lots)], displayed: impl Fn(Side, Ticks) -> Lots) {
        for (side, price, qty) in ours {
            let level = |eaten: &&Eaten| (eaten.side, eaten.price) == (*side, *price);
            let known: i64 = self.eaten.iter().filter(level).map(|eaten| eaten.qty).sum();
            let mut left = qty.0 - known;
            if left <= 0 {
                continue;
            }
            let orders = self.fifo.level(*side, *price);
            let named: i64 = orders.iter().map(|(_, place)| place.qty).sum();
            let unnamed = (0, displayed(*side, *price).0 - named);
            let front = orders.iter().map(|(id, place)| (*id, place.qty));
            for (id, shown) in std::iter::once(unnamed).chain(front) {
                left -= self.eat((*side, *price, id), shown, left);
            }
        }
    }

    /// Takes at most `wanted` of an order; answers how much.
    fn eat(&mut self, (side, price, id): (Side, Ticks, u64), shown: i64, wanted: i64) -> i64 {
        let same = |eaten: &Eaten| (eaten.side, eaten.price, eaten.id) == (side, price, id);
        let at = self.eaten.iter().position(same);
        let before = at.map_or(0, |at| self.eaten[at].qty);
        let qty = (shown - before).min(wanted).max(0);
        match at {
            Some(at) => self.eaten[at].qty += qty,
            None if qty > 0 => self.eaten.push(Eaten {
                side,
                price,
                id,
                qty,
                shown,
            }),
            None => {}
        }
        qty
    }

    /// Takes a fact.
    fn take(&mut self, fact: &OrderFact) -> Turn {
        if let OrderFact::Shrank(order) | OrderFact::Traded(order) = fact
            && !self.eaten.is_empty()
        {
            let is_named = self.fifo.knows(order.id);
            let id = if is_named { order.id } else { 0 };
            for eaten in &mut self.eaten {
                if (eaten.side, eaten.price, eaten.id) == (order.side, order.price, id) {
                    eaten.shown -= order.qty.0;
                    eaten.qty = eaten.qty.min(eaten.shown);
                }
            }
            self.eaten.retain(|eaten| eaten.qty > 0);
        }
        self.fifo.take(fact)
    }

    /// What we took of what is still shown, by level.
    fn ours(&self, ours: &mut Vec<(Side, Ticks, Lots)>) {
        ours.clear();
        for eaten in &self.eaten {
            let level = (eaten.side, eaten.price);
            match ours.iter_mut().find(|entry| (entry.0, entry.1) == level) {
                Some(entry) => entry.2.0 += eaten.qty,
                None => ours.push((eaten.side, eaten.price, Lots(eaten.qty))),
            }
        }
    }
}

impl Exchange {
    /// What the recording shows ahead of one of ours; `None` when it does not rest, or where the
    /// book is not known.
    pub fn queue_ahead(&self, key: u64) -> Option<Lots> {
        self.resting.ahead(key).filter(|ahead| *ahead != UNKNOWN)
    }

    /// Takes the facts behind the recording's next message, before the message.
    pub(super) fn follow(&mut self, now_ns: i64, facts: &[OrderFact]) {
        let mut orders = self.by_order.take().unwrap_or_default();
        let book = &self.recorded.book;
        orders.settle(&self.taken.ours, |side, price| book.qty_at(side, price));
        for fact in facts {
            let turn = orders.take(fact);
            self.resting.joined = orders.fifo.joined();
            if !self.orders.is_empty() {
                self.resting.follow(&turn, &mut self.fills);
                self.book_maker_fills(now_ns);
            }
        }
        orders.ours(&mut self.taken.ours);
        self.resting.is_exact = true;
        self.resting.joined = orders.fifo.joined();
        self.by_order = Some(orders);
    }
}
