//! Where shadow orders stand when every order is known: first come, first served.

use crate::flow::OrderEvent;
use crate::market::OrderFact;
use crate::mirror::Book;
use crate::sim::fifo::{Fifo, Stand};
use crate::sim::mid::Mid;
use crate::sim::taker::reaches;
use crate::units::{Lots, Side, Ticks};

/// A shadow order in its true queue.
#[derive(Clone, Copy, Debug)]
struct Standing {
    key: usize,
    stand: Stand,
    /// What shows ahead of it, in lots.
    ahead: i64,
}

/// A market order by order, with the shadows in it.
pub(super) struct Truth {
    book: Book,
    fifo: Fifo,
    standing: Vec<Standing>,
}

impl Truth {
    pub(super) fn new() -> Self {
        let mut book = Book::new();
        book.apply_snapshot(&[]);
        Self {
            book,
            fifo: Fifo::default(),
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
        let joined = self.fifo.joined();
        self.standing.push(Standing {
            key,
            stand: Stand {
                side,
                price,
                joined,
            },
            ahead: ahead.0,
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
        let Some(fact) = event.fact() else {
            return;
        };
        match fact {
            OrderFact::Came(order) => self.show(order.side, order.price, order.qty.0),
            OrderFact::Shrank(order) | OrderFact::Traded(order) => {
                self.show(order.side, order.price, -order.qty.0);
            }
            OrderFact::Hidden(_) => {}
        }
        let turn = self.fifo.take(&fact);
        self.standing.retain_mut(|shadow| {
            shadow.ahead = turn.ahead(shadow.stand, shadow.ahead);
            let trades = turn.meets(shadow.stand);
            if trades {
                filled.push(shadow.key);
            }
            !trades
        });
    }

    /// A level shows more, or less, than before.
    fn show(&mut self, side: Side, price: Ticks, by: i64) {
        let shown = self.book.qty_at(side, price).0.saturating_add(by);
        self.book.set(side, price, Lots(shown.max(0)));
    }
}
