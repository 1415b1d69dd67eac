//! The order table: every live order, and the last finished ones, in bounded memory.
//!
//! A key is a dense number, so looking one up is an index into a window of recent keys. A finished
//! order stays readable until `retained` others have finished after it; then it is retired: its
//! slot is used again and its key is unknown. A fill for a retired order is reported as evidence
//! for an unknown order, never booked by guess. Memory is `O(live + retained)` however long a run
//! lasts: a live order that outlasts the window moves to a small sorted map.

use std::collections::{BTreeMap, VecDeque};

use crate::oms::message::OrderKey;
use crate::oms::order::Order;

/// How many finished orders stay readable, unless told otherwise.
pub const RETAINED_DEFAULT: usize = 65_536;

const NONE: u32 = u32::MAX;

/// See the module.
#[derive(Debug)]
pub struct OrderTable {
    slots: Vec<Option<Order>>,
    free: Vec<u32>,
    /// Slot of each key from `first` on.
    recent: VecDeque<u32>,
    first: u64,
    /// Live orders whose key fell out of `recent`.
    old: BTreeMap<u64, u32>,
    /// Finished orders in the order they ended.
    finished: VecDeque<OrderKey>,
    retained: usize,
}

impl OrderTable {
    /// An empty table that keeps `retained` finished orders readable.
    pub fn new(retained: usize) -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            recent: VecDeque::new(),
            first: 1,
            old: BTreeMap::new(),
            finished: VecDeque::new(),
            retained,
        }
    }

    /// The key after the last one used.
    pub fn next_key(&self) -> OrderKey {
        OrderKey(self.first + self.recent.len() as u64)
    }

    /// How many orders are readable.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether no order is readable.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The order with this key, unless it never was or is retired.
    #[inline]
    pub fn get(&self, key: OrderKey) -> Option<&Order> {
        self.slots[self.slot(key)? as usize].as_ref()
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, key: OrderKey) -> Option<&mut Order> {
        let slot = self.slot(key)?;
        self.slots[slot as usize].as_mut()
    }

    /// Adds an order at `key`, which must be [`OrderTable::next_key`] or after it; keys left out
    /// are never used.
    pub(crate) fn insert(&mut self, order: Order) {
        let key = order.key();
        assert!(
            key >= self.next_key(),
            "Invariant: order keys only grow: key={}, next={}",
            key.0,
            self.next_key().0
        );
        while self.next_key() < key {
            self.push_recent(NONE);
        }
        let slot = if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = Some(order);
            slot
        } else {
            self.slots.push(Some(order));
            u32::try_from(self.slots.len() - 1).unwrap_or(NONE)
        };
        assert!(
            slot != NONE,
            "Invariant: fewer than 2^32 orders are readable at once"
        );
        self.push_recent(slot);
    }

    /// Notes that an order ended, and retires what no longer needs to be readable.
    pub(crate) fn finish(&mut self, key: OrderKey) {
        self.finished.push_back(key);
        while self.finished.len() > self.retained {
            if let Some(oldest) = self.finished.pop_front() {
                self.retire(oldest);
            }
        }
    }

    fn retire(&mut self, key: OrderKey) {
        let slot = if key.0 >= self.first {
            let at = usize::try_from(key.0 - self.first).unwrap_or(usize::MAX);
            let place = self.recent.get_mut(at);
            place.map_or(NONE, |slot| std::mem::replace(slot, NONE))
        } else {
            self.old.remove(&key.0).unwrap_or(NONE)
        };
        if slot != NONE {
            self.slots[slot as usize] = None;
            self.free.push(slot);
        }
    }

    fn push_recent(&mut self, slot: u32) {
        self.recent.push_back(slot);
        if self.recent.len() > self.retained.saturating_mul(2).max(1024)
            && let Some(slot) = self.recent.pop_front()
        {
            if slot != NONE {
                self.old.insert(self.first, slot);
            }
            self.first += 1;
        }
    }

    #[inline]
    fn slot(&self, key: OrderKey) -> Option<u32> {
        if key.0 >= self.first {
            let at = usize::try_from(key.0 - self.first).ok()?;
            self.recent.get(at).copied().filter(|slot| *slot != NONE)
        } else {
            self.old.get(&key.0).copied()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oms::message::{OrderType, TimeInForce};
    use crate::oms::request::OrderRequest;
    use crate::units::{Lots, Side, SymbolId, Ticks};

    fn order(key: u64) -> Order {
        let request = OrderRequest {
            symbol: SymbolId(0),
            side: Side::Buy,
            order_type: OrderType::Limit,
            price: Ticks(1),
            qty: Lots(1),
            time_in_force: TimeInForce::Gtc,
            post_only: false,
            reduce_only: false,
        };
        Order::new(OrderKey(key), request, false, 0)
    }

    #[test]
    fn memory_is_bounded_and_an_old_live_order_stays_readable() {
        let mut table = OrderTable::new(10);
        table.insert(order(1));
        for key in 2..50_000 {
            table.insert(order(key));
            table.finish(OrderKey(key));
        }
        assert_eq!(table.len(), 11);
        assert!(table.slots.len() <= 12 && table.recent.len() <= 1024 && table.old.len() == 1);
        assert_eq!(table.get(OrderKey(1)).map(Order::key), Some(OrderKey(1)));
        assert!(table.get(OrderKey(49_989)).is_none());
        assert!(table.get(OrderKey(49_990)).is_some());
        assert!(table.get(OrderKey(50_000)).is_none());
    }

    #[test]
    fn a_key_left_out_is_unknown() {
        let mut table = OrderTable::new(10);
        table.insert(order(5));
        assert!(table.get(OrderKey(4)).is_none());
        assert_eq!(table.next_key(), OrderKey(6));
    }

    #[test]
    #[should_panic(expected = "Invariant: order keys only grow")]
    fn a_key_is_never_used_twice() {
        let mut table = OrderTable::new(10);
        table.insert(order(2));
        table.insert(order(2));
    }
}
