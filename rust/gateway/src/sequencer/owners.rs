//! Whose orders are whose, and what became of those that are gone.

use std::collections::{HashMap, VecDeque};

use tradecore_core::matching::OrderStatus;
use tradecore_core::order::TimeInForce;

use crate::act::{Kind, View};

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
    orders: HashMap<u64, Owner>,
    /// How many each session has.
    counts: HashMap<u32, usize>,
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
    by_id: HashMap<u64, View>,
    order: VecDeque<u64>,
    most: usize,
}

impl Departed {
    pub(super) fn new(most: usize) -> Self {
        Self {
            by_id: HashMap::new(),
            order: VecDeque::new(),
            most,
        }
    }

    pub(super) fn insert(&mut self, view: View) {
        if self.order.len() >= self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_id.remove(&oldest);
        }
        let id = view.order_id;
        if self.by_id.insert(id, view).is_none() {
            self.order.push_back(id);
        }
    }

    /// The order, if it was the account's.
    pub(super) fn get(&self, order_id: u64, account: u32) -> Option<&View> {
        let view = self.by_id.get(&order_id)?;
        (view.account == account && view.status != OrderStatus::Rejected).then_some(view)
    }
}
