//! Orders of ours that wait for a price.

use crate::units::{Side, Ticks};

/// A waiting stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stop {
    key: u64,
    side: Side,
    trigger: Ticks,
    /// How far the trigger stays behind the market; zero of one that stands.
    distance: i64,
}

impl Stop {
    const fn is_reached(&self, last: Ticks) -> bool {
        match self.side {
            Side::Buy => last.0 >= self.trigger.0,
            Side::Sell => last.0 <= self.trigger.0,
        }
    }

    /// Moves the trigger after the market, never back.
    fn follow(&mut self, last: Ticks) {
        if self.distance == 0 {
            return;
        }
        let behind = Ticks(last.0.saturating_add(self.distance * self.side.sign()));
        self.trigger = match self.side {
            Side::Buy => self.trigger.min(behind),
            Side::Sell => self.trigger.max(behind),
        };
    }
}

/// Stops in the order they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Stops {
    waiting: Vec<Stop>,
}

impl Stops {
    #[inline]
    pub(super) const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn add(&mut self, key: u64, side: Side, trigger: Ticks, distance: i64) {
        self.waiting.push(Stop {
            key,
            side,
            trigger,
            distance,
        });
    }

    /// Takes a stop out, if it waits here.
    pub(super) fn remove(&mut self, key: u64) {
        self.waiting.retain(|stop| stop.key != key);
    }

    /// Gives a stop that waits here another trigger.
    pub(super) fn set(&mut self, key: u64, trigger: Ticks) {
        if let Some(stop) = self.waiting.iter_mut().find(|stop| stop.key == key) {
            stop.trigger = trigger;
        }
    }

    /// Moves what trails after a trade at `last`, and moves the keys of what it reached to the end
    /// of `due`: buys before sells, the first reached first, of one trigger the first to come.
    pub(super) fn look(&mut self, last: Ticks, due: &mut impl Extend<u64>) {
        for stop in &mut self.waiting {
            stop.follow(last);
        }
        let is_reached = |stop: &mut Stop| stop.is_reached(last);
        let mut reached: Vec<Stop> = self.waiting.extract_if(.., is_reached).collect();
        reached.sort_by_key(|stop| (stop.side as u8, stop.trigger.0 * stop.side.sign()));
        due.extend(reached.iter().map(|stop| stop.key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(stops: &mut Stops, last: i64) -> Vec<u64> {
        let mut due = Vec::new();
        stops.look(Ticks(last), &mut due);
        due
    }

    #[test]
    fn buys_wait_above_and_sells_below() {
        let mut stops = Stops::default();
        stops.add(1, Side::Sell, Ticks(90), 0);
        stops.add(2, Side::Buy, Ticks(110), 0);
        stops.add(3, Side::Buy, Ticks(105), 0);
        assert!(reached(&mut stops, 100).is_empty());
        assert_eq!(reached(&mut stops, 110), [3, 2]);
        assert_eq!(reached(&mut stops, 90), [1]);
        assert!(stops.is_empty());
    }

    #[test]
    fn a_trailing_trigger_never_moves_back() {
        let mut stops = Stops::default();
        stops.add(1, Side::Sell, Ticks(95), 5);
        for last in [104, 101, 103] {
            assert!(reached(&mut stops, last).is_empty(), "{last}");
        }
        assert_eq!(reached(&mut stops, 99), [1], "104 − 5");
    }
}
