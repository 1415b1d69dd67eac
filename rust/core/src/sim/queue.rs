//! Where an order of ours stands in the queue of a recorded level.
//!
//! A recording by price says how much rests at a level, not in what order. The model:
//!
//! * who joins stands behind everything displayed;
//! * a trade at the level eats from the front, so all of it shortens the queue ahead;
//! * what leaves without a trade was canceled, and [`QueueModel`] says how much of it stood ahead;
//! * what arrives stands behind.

use crate::units::{Lots, Side, Ticks};

use super::fifo::{Stand, Turn};
use super::logarithm::log2_1p;
use super::power::Power;

/// Which part of the canceled quantity stood ahead of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueueModel {
    /// None of it, as long as enough stood behind: the fewest fills the recording allows.
    RiskAverse,
    /// `front^n / (front^n + back^n)` of it, rounded down. With `n = 1` cancels come evenly from
    /// the whole queue; a larger `n` lets them come from the longer part.
    PowerProbability(Power),
    /// `ln(1 + front) / (ln(1 + front) + ln(1 + back))` of it, rounded down: long queues differ
    /// less than their lengths.
    LogProbability,
}

impl Default for QueueModel {
    /// Risk-averse: what a recording cannot show is not counted in our favour.
    fn default() -> Self {
        Self::RiskAverse
    }
}

impl QueueModel {
    /// How much of `canceled` stood ahead, given the queue before it left; never more than `ahead`.
    pub fn canceled_ahead(self, canceled: Lots, ahead: Lots, behind: Lots) -> Lots {
        if canceled.0 == 0 && behind.0 >= 0 || ahead.0 == 0 {
            return Lots(0);
        }
        let must = (canceled.0 - behind.0).max(0);
        let share = match self {
            Self::RiskAverse => 0,
            Self::PowerProbability(power) => power.share(canceled.0, ahead.0, behind.0),
            Self::LogProbability => log_share(canceled.0, ahead.0, behind.0),
        };
        Lots(share.max(must).min(ahead.0))
    }
}

/// `canceled × ln(1 + ahead) ÷ (ln(1 + ahead) + ln(1 + behind))`, rounded down.
fn log_share(canceled: i64, ahead: i64, behind: i64) -> i64 {
    let (front, back) = (log2_1p(ahead), log2_1p(behind));
    if front == 0 {
        return 0;
    }
    let part = i128::from(canceled) * i128::from(front) / i128::from(front + back);
    i64::try_from(part).unwrap_or(canceled)
}

/// One order of ours in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Which order.
    pub(super) key: u64,
    /// What of it shows and has not traded.
    pub(super) leaves: Lots,
    /// What of it is not shown.
    pub(super) hidden: Lots,
    /// What it shows at a time; zero of an order that shows all.
    pub(super) display: Lots,
    /// Recorded quantity ahead of it; [`UNKNOWN`] after a gap.
    pub(super) ahead: Lots,
    /// How many recorded orders had joined before it, where they are known.
    pub(super) joined: u64,
}

/// The queue ahead when the book was lost: no trade at the level reaches the order.
pub(super) const UNKNOWN: Lots = Lots(i64::MAX);

/// Our orders at one price, in the order they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    /// What the recording shows at this price; ours not included.
    displayed: Lots,
    /// What traded at this price since `displayed` was told.
    traded: Lots,
    /// How many recorded orders have joined so far, where they are known.
    joined: u64,
    waiting: Vec<Waiting>,
}

impl Queue {
    /// An empty queue at a level that shows `displayed`.
    pub(super) fn at(displayed: Lots) -> Self {
        Self {
            displayed,
            ..Self::default()
        }
    }

    /// Puts an order behind everything displayed; `joined` recorded orders came before, where they
    /// are known.
    pub(super) fn join(&mut self, key: u64, leaves: Lots, display: Lots, joined: u64) {
        self.joined = self.joined.max(joined);
        let ahead = Lots((self.displayed.0 - self.traded.0).max(0));
        let last = self.waiting.last().map_or(ahead, |order| order.ahead);
        let shown = if display.0 == 0 {
            leaves
        } else {
            leaves.min(display)
        };
        self.waiting.push(Waiting {
            key,
            leaves: shown,
            hidden: Lots(leaves.0 - shown.0),
            display,
            ahead: ahead.max(last),
            joined,
        });
    }

    /// What is ahead of one of ours; `None` when it is not here.
    pub(super) fn ahead(&self, key: u64) -> Option<Lots> {
        let mut each = self.waiting.iter();
        each.find(|order| order.key == key).map(|order| order.ahead)
    }

    /// Takes out what traded whole; an iceberg shows its next slice behind everybody.
    fn settle(&mut self) {
        while let Some(at) = self.waiting.iter().position(|order| order.leaves.0 == 0) {
            let order = self.waiting.remove(at);
            if order.hidden.0 > 0 {
                self.join(order.key, order.hidden, order.display, self.joined);
            }
        }
    }

    /// What of ours has not traded here.
    pub(super) fn leaves(&self) -> Lots {
        let each = self
            .waiting
            .iter()
            .map(|order| order.leaves.0 + order.hidden.0);
        Lots(each.fold(0, i64::saturating_add))
    }

    /// Whether nothing of ours is left.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes an order out; false when it is not here.
    pub(super) fn remove(&mut self, key: u64) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|order| order.key != key);
        self.waiting.len() < before
    }

    /// Makes an order smaller where it stands.
    pub(super) fn reduce(&mut self, key: u64, leaves: Lots) {
        if let Some(order) = self.waiting.iter_mut().find(|order| order.key == key) {
            let whole = order.leaves.0 + order.hidden.0;
            debug_assert!(leaves.0 <= whole, "Invariant: growing loses the place");
            order.leaves = order.leaves.min(leaves);
            order.hidden = Lots(leaves.0 - order.leaves.0);
        }
    }

    /// A trade of `volume` at this price: appends `(key, filled)` of ours to `fills`.
    pub(super) fn trade(&mut self, volume: Lots, fills: &mut Vec<(u64, Lots)>) {
        let mut left = volume.0;
        let mut eaten = 0;
        for order in &mut self.waiting {
            let strangers = (order.ahead.0 - eaten).min(left);
            eaten += strangers;
            left -= strangers;
            let filled = left.min(order.leaves.0);
            if filled > 0 {
                order.leaves.0 -= filled;
                left -= filled;
                fills.push((order.key, Lots(filled)));
            }
        }
        for order in &mut self.waiting {
            if order.ahead != UNKNOWN {
                order.ahead.0 -= eaten.min(order.ahead.0);
            }
        }
        self.traded.0 = self.traded.0.saturating_add(volume.0);
        self.settle();
    }

    /// Our first order here, and all that is left of it.
    pub(super) fn first(&self) -> Option<(u64, Lots)> {
        let first = self.waiting.first()?;
        Some((first.key, Lots(first.leaves.0 + first.hidden.0)))
    }

    /// A recorded order changed, and every one is known: moves ours up, and fills those that would
    /// have traded before it, with what is `left` of its trade.
    pub(super) fn follow(
        &mut self,
        (turn, joined): (&Turn, u64),
        side: Side,
        price: Ticks,
        left: &mut Lots,
        fills: &mut Vec<(u64, Lots)>,
    ) {
        self.joined = self.joined.max(joined);
        for order in &mut self.waiting {
            if order.ahead == UNKNOWN {
                continue;
            }
            let stand = Stand {
                side,
                price,
                joined: order.joined,
            };
            order.ahead = Lots(turn.ahead(stand, order.ahead.0));
            let filled = (*left).min(order.leaves);
            if filled.0 > 0 && turn.meets(stand) {
                order.leaves.0 -= filled.0;
                left.0 -= filled.0;
                fills.push((order.key, filled));
            }
        }
        self.settle();
    }

    /// Volume that passed or crossed this price, so nobody ahead can have been left: fills first
    /// come first, returns what of `volume` was not used.
    pub(super) fn through(&mut self, volume: Lots, fills: &mut Vec<(u64, Lots)>) -> Lots {
        let mut left = volume.0;
        for order in &mut self.waiting {
            let filled = left.min(order.leaves.0 + order.hidden.0);
            if filled > 0 {
                let shown = filled.min(order.leaves.0);
                order.leaves.0 -= shown;
                order.hidden.0 -= filled - shown;
                left -= filled;
                fills.push((order.key, Lots(filled)));
            }
        }
        self.settle();
        Lots(left)
    }

    /// The recording now shows `displayed` here, and what stands ahead is known.
    pub(super) const fn show(&mut self, displayed: Lots) {
        self.displayed = displayed;
    }

    /// The recording now shows `displayed` here.
    pub(super) fn display(&mut self, displayed: Lots, model: QueueModel) {
        let remained = Lots((self.displayed.0 - self.traded.0).max(0));
        let canceled = Lots((remained.0 - displayed.0).max(0));
        let mut least = Lots(0);
        for order in &mut self.waiting {
            if order.ahead == UNKNOWN {
                continue;
            }
            let behind = Lots((remained.0 - order.ahead.0).max(0));
            let gone = model.canceled_ahead(canceled, order.ahead, behind);
            order.ahead = Lots(order.ahead.0 - gone.0).min(displayed).max(least);
            least = order.ahead;
        }
        self.displayed = displayed;
        self.traded = Lots(0);
    }

    /// The book was lost: nobody knows what is ahead.
    pub(super) fn lose(&mut self) {
        for order in &mut self.waiting {
            order.ahead = UNKNOWN;
        }
    }

    /// The book is back and shows `displayed`: everything displayed counts as ahead.
    pub(super) fn recover(&mut self, displayed: Lots) {
        for order in &mut self.waiting {
            order.ahead = displayed;
        }
        self.displayed = displayed;
        self.traded = Lots(0);
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
