//! What becomes of shadow orders in a simulated venue that knows only what is public.
//!
//! Each shadow rests in a venue of its own, by the very rules of [`crate::sim::Exchange`]: shadows
//! do not see each other.

use crate::market::MarketEvent;
use crate::sim::queue::QueueModel;
use crate::sim::recorded::{Change, Recorded};
use crate::sim::resting::Resting;
use crate::sim::taker::{Taken, reaches};
use crate::units::{Lots, Side, Ticks};

/// What rests: one lot.
const LOT: Lots = Lots(1);

struct Standing {
    key: usize,
    side: Side,
    price: Ticks,
    resting: Resting,
}

/// The shadows under one model.
pub(super) struct Guess {
    model: QueueModel,
    standing: Vec<Standing>,
    fills: Vec<(u64, Lots)>,
    /// What recorded trades took.
    taken: Taken,
}

impl Guess {
    pub(super) const fn new(model: QueueModel) -> Self {
        Self {
            model,
            standing: Vec::new(),
            fills: Vec::new(),
            taken: Taken::new(),
        }
    }

    /// Puts a shadow behind what is displayed at its price.
    pub(super) fn join(&mut self, key: usize, side: Side, price: Ticks, recorded: &Recorded) {
        let displayed = recorded.book.qty_at(side, price);
        let mut resting = Resting::new(self.model);
        resting.join(side, price, displayed, 0, (LOT, Lots(0)));
        self.standing.push(Standing {
            key,
            side,
            price,
            resting,
        });
    }

    /// Takes a shadow out.
    pub(super) fn leave(&mut self, key: usize) {
        self.standing.retain(|shadow| shadow.key != key);
    }

    /// Takes a message before the recorded book has it.
    pub(super) fn hear(
        &mut self,
        event: &MarketEvent<'_>,
        recorded: &Recorded,
        filled: &mut Vec<usize>,
    ) {
        self.taken.hear(event, &recorded.book);
        let MarketEvent::Trade {
            price,
            qty,
            aggressor,
            ..
        } = *event
        else {
            return;
        };
        for shadow in &mut self.standing {
            shadow.resting.trade(price, qty, aggressor, &mut self.fills);
        }
        self.collect(filled);
    }

    /// Takes what a message did to the recorded book.
    pub(super) fn see(&mut self, change: Change, recorded: &Recorded, filled: &mut Vec<usize>) {
        let book = &recorded.book;
        self.taken.see(change, book);
        let best = [Side::Buy, Side::Sell].map(|side| book.best(side));
        for shadow in &mut self.standing {
            if change == Change::Lost {
                shadow.resting.lose();
                continue;
            }
            shadow.resting.display(change, recorded);
            let other = best[shadow.side.opposite() as usize];
            if other.is_some_and(|(price, _)| reaches(shadow.side, shadow.price, price)) {
                // What a shadow takes is there for the next one too.
                let mut taken = self.taken.clone();
                let fills = &mut self.fills;
                shadow.resting.cross(shadow.side, book, &mut taken, fills);
            }
        }
        self.collect(filled);
    }

    fn collect(&mut self, filled: &mut Vec<usize>) {
        if self.fills.is_empty() {
            return;
        }
        self.fills.clear();
        self.standing.retain(|shadow| {
            let rests = shadow.resting.best(shadow.side).is_some();
            if !rests {
                filled.push(shadow.key);
            }
            rests
        });
    }
}
