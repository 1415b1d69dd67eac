//! A change of an order that is under way, and which message answers it.

use crate::units::{Lots, Side, Ticks};

/// What of an order can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingTerms {
    /// Limit price; zero of an order without one.
    pub price: Ticks,
    /// Total quantity, filled part included.
    pub qty: Lots,
    /// The trigger of a stop that waits; zero where it is not said, or stays as it is.
    pub stop: Ticks,
}

/// Terms that were asked for and not answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) asked: WorkingTerms,
    /// The venue's time of the terms the order had when it was asked: no answer is older.
    pub(super) after_ns: i64,
}

impl Change {
    /// Whether what a venue says is the answer to this change.
    ///
    /// It is if it has the terms asked for. Of an order that may only rest (`rests`, its side) it
    /// also is if the price is further from the market than was asked for, and not the one it
    /// `had`: a venue may move such an order rather than refuse it. Anything else, such as the
    /// second message about an earlier change, leaves this one under way.
    pub(super) fn is_answered(
        &self,
        told: &WorkingTerms,
        ts_event_ns: i64,
        had: Ticks,
        rests: Option<Side>,
    ) -> bool {
        let asked = &self.asked;
        if ts_event_ns < self.after_ns || told.qty != asked.qty {
            return false;
        }
        let is_moved = rests.is_some_and(|side| {
            let away = (asked.price.0 - told.price.0) * side.sign();
            away > 0 && told.price != had
        });
        let same_trigger = told.stop.0 == 0 || asked.stop.0 == 0 || told.stop == asked.stop;
        (told.price == asked.price && same_trigger) || is_moved
    }
}
