//! Whose orders are whose, and what became of those that are gone.

use tradecore_core::matching::OrderStatus;
use tradecore_core::order::TimeInForce;

use crate::act::{Kind, View};
use crate::numbered::Numbered;

/// What is known of a live order that came in here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner {
    /// The session that placed it; 0 for none.
    pub(super) session: u32,
    pub(super) kind: Kind,
    pub(super) time_in_force: TimeInForce,
    pub(super) price: i64,
    pub(super) stop_price: i64,
    pub(super) created_ns: i64,
}

/// Live orders that came in here.
#[derive(Default)]
pub(super) struct Owners {
    orders: Numbered<u64, Owner>,
    /// How many each session has.
    counts: Numbered<u32, usize>,
}

impl Owners {
    pub(super) fn insert(&mut self, order_id: u64, owner: Owner) {
        if owner.session != 0 {
            *self.counts.entry(owner.session).or_default() += 1;
        }
        self.orders.insert(order_id, owner);
    }

    pub(super) fn get_mut(&mut self, order_id: u64) -> Option<&mut Owner> {
        self.orders.get_mut(&order_id)
    }

    pub(super) fn remove(&mut self, order_id: u64) {
        if let Some(owner) = self.orders.remove(&order_id)
            && let Some(count) = self.counts.get_mut(&owner.session)
        {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&owner.session);
            }
        }
    }

    /// The orders of a session, oldest first.
    pub(super) fn of(&self, session: u32) -> Vec<u64> {
        if !self.counts.contains_key(&session) {
            return Vec::new();
        }
        let of = self
            .orders
            .iter()
            .filter(|(_, owner)| owner.session == session);
        let mut ids: Vec<u64> = of.map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids
    }
}

/// The orders that went last, as they were then.
pub(super) struct Departed {
    /// Where each is in the ring.
    places: Numbered<u64, usize>,
    /// The newest take the places of the oldest.
    ring: Vec<View>,
    next: usize,
    most: usize,
}

impl Departed {
    pub(super) fn new(most: usize) -> Self {
        Self {
            places: Numbered::default(),
            ring: Vec::new(),
            next: 0,
            most,
        }
    }

    pub(super) fn insert(&mut self, view: View) {
        let id = view.order_id;
        if let Some(at) = self.places.get(&id) {
            self.ring[*at] = view;
            return;
        }
        let at = self.next;
        if let Some(place) = self.ring.get_mut(at) {
            self.places.remove(&place.order_id);
            *place = view;
        } else {
            self.ring.push(view);
        }
        self.places.insert(id, at);
        self.next = (at + 1) % self.most;
    }

    /// The order, if it was the account's.
    pub(super) fn get(&self, order_id: u64, account: u32) -> Option<&View> {
        let view = &self.ring[*self.places.get(&order_id)?];
        (view.account == account && view.status != OrderStatus::Rejected).then_some(view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone(order_id: u64) -> View {
        View {
            order_id,
            account: 7,
            status: OrderStatus::Canceled,
            ..View::default()
        }
    }

    #[test]
    fn the_last_ones_are_remembered() {
        let mut departed = Departed::new(3);
        for id in 1..=5 {
            departed.insert(gone(id));
        }
        departed.insert(View { qty: 9, ..gone(4) });
        let known: Vec<u64> = (1..=6)
            .filter(|id| departed.get(*id, 7).is_some())
            .collect();
        assert_eq!(known, [3, 4, 5]);
        assert_eq!(departed.get(4, 7).map(|view| view.qty), Some(9));
        assert!(departed.get(4, 8).is_none());
        departed.insert(gone(6));
        assert!(departed.get(3, 7).is_none());
    }
}
