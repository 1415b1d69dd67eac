//! Where shadow orders stand by a queue model, when only what is public is known.

use crate::market::MarketEvent;
use crate::sim::queue::{Queue, QueueModel};
use crate::sim::recorded::{Change, Recorded};
use crate::sim::taker::reaches;
use crate::units::{Lots, Side, Ticks};

/// A shadow of one lot in a queue of its own: shadows do not see each other.
struct Standing {
    key: usize,
    side: Side,
    price: Ticks,
    queue: Queue,
}

/// The shadows under one model.
pub(super) struct Guess {
    model: QueueModel,
    standing: Vec<Standing>,
    fills: Vec<(u64, Lots)>,
}

impl Guess {
    pub(super) const fn new(model: QueueModel) -> Self {
        Self {
            model,
            standing: Vec::new(),
            fills: Vec::new(),
        }
    }

    /// Puts a shadow behind what is displayed at its price.
    pub(super) fn join(&mut self, key: usize, side: Side, price: Ticks, recorded: &Recorded) {
        let mut queue = Queue::at(recorded.book.qty_at(side, price));
        queue.join(0, Lots(1));
        self.standing.push(Standing {
            key,
            side,
            price,
            queue,
        });
    }

    /// Takes a shadow out.
    pub(super) fn leave(&mut self, key: usize) {
        self.standing.retain(|shadow| shadow.key != key);
    }

    /// Takes a message before the recorded book has it.
    pub(super) fn hear(&mut self, event: &MarketEvent<'_>, filled: &mut Vec<usize>) {
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
            if shadow.side == aggressor || !reaches(aggressor, price, shadow.price) {
                continue;
            }
            if shadow.price == price {
                shadow.queue.trade(qty, &mut self.fills);
            } else {
                shadow.queue.through(qty, &mut self.fills);
            }
        }
        self.collect(filled);
    }

    /// Takes what a message did to the recorded book.
    pub(super) fn see(&mut self, change: Change, recorded: &Recorded, filled: &mut Vec<usize>) {
        for shadow in &mut self.standing {
            let displayed = recorded.book.qty_at(shadow.side, shadow.price);
            match change {
                Change::None => {}
                Change::Lost => shadow.queue.lose(),
                Change::Replaced { after_loss: true } => shadow.queue.recover(displayed),
                Change::Replaced { after_loss: false } => {
                    shadow.queue.display(displayed, self.model);
                }
                Change::Levels => {
                    let of_level = |level: &&crate::market::Level| {
                        (level.side, level.price) == (shadow.side, shadow.price)
                    };
                    if let Some(level) = recorded.changed.iter().find(of_level) {
                        shadow.queue.display(level.qty, self.model);
                    }
                }
            }
        }
        if change == Change::None || change == Change::Lost {
            return;
        }
        let best = [Side::Buy, Side::Sell].map(|side| recorded.best_available(side));
        for shadow in &mut self.standing {
            let other = best[shadow.side.opposite() as usize];
            if other.is_some_and(|price| reaches(shadow.side, shadow.price, price)) {
                shadow.queue.through(Lots(1), &mut self.fills);
            }
        }
        self.collect(filled);
    }

    fn collect(&mut self, filled: &mut Vec<usize>) {
        if self.fills.is_empty() {
            return;
        }
        self.fills.clear();
        let gone = self.standing.iter().filter(|s| s.queue.is_empty());
        filled.extend(gone.map(|shadow| shadow.key));
        self.standing.retain(|shadow| !shadow.queue.is_empty());
    }
}
