//! What few orders have: terms, a name, links, a cost that is not price × filled.

use crate::book::arena::NIL;
use crate::matching::hash::{self, Aside};
use crate::matching::links::Groups;
use crate::order::{OrderType, TimeInForce};

/// Kept aside for one order from the moment it is accepted until it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Extra {
    /// Its order's id.
    pub(super) id: u64,
    /// Σ (fill price − limit) × quantity: what the fills cost beyond the order's own price.
    pub(super) beyond: i128,
    /// The caller's name for the order.
    pub(super) name: Option<Box<str>>,
    /// What it is once its wait is over; a limit order that rests otherwise.
    pub(super) order_type: OrderType,
    /// How long it lives once its wait is over.
    pub(super) time_in_force: TimeInForce,
    /// Open, but not shown, in lots.
    pub(super) reserve: i64,
    /// Shown at a time, in lots; 0 of an order that shows all.
    pub(super) display: i64,
    /// Its trigger in ticks.
    pub(super) stop_price: i64,
    /// How far the trigger stays behind the market, in ticks.
    pub(super) distance: i64,
    /// When it expires; 0 for never.
    pub(super) expire_ns: i64,
    /// The strategy that sent it.
    pub(super) strategy: u32,
    /// Its group of linked orders, or [`NIL`].
    pub(super) group: u32,
    /// The held order it releases when it is gone; 0 for none.
    pub(super) releases: u64,
    /// The order that releases it; 0 for none.
    pub(super) released_by: u64,
    /// Where it stands in the queues of [`super::heap`], by queue.
    pub(super) at: [u32; 3],
}

impl Default for Extra {
    fn default() -> Self {
        Self {
            id: 0,
            beyond: 0,
            name: None,
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::Gtc,
            reserve: 0,
            display: 0,
            stop_price: 0,
            distance: 0,
            expire_ns: 0,
            strategy: 0,
            group: NIL,
            releases: 0,
            released_by: 0,
            at: [NIL; 3],
        }
    }
}

impl Extra {
    /// Whether a trade of its order concerns more than the order's own quantity.
    pub(super) const fn needs_care(&self) -> bool {
        self.display != 0 || self.group != NIL || self.releases != 0
    }

    /// Its term in the hash of the state.
    pub(super) fn term(&self, groups: &Groups) -> u128 {
        hash::aside(&self.facts(groups))
    }

    /// What of it belongs to the state.
    pub(super) fn facts(&self, groups: &Groups) -> Aside<'_> {
        Aside {
            id: self.id,
            order_type: self.order_type,
            time_in_force: self.time_in_force,
            beyond: self.beyond,
            reserve: self.reserve,
            display: self.display,
            stop_price: self.stop_price,
            distance: self.distance,
            expire_ns: self.expire_ns,
            strategy: self.strategy,
            group: groups.name(self.group),
            releases: self.releases,
            released_by: self.released_by,
            name: self.name.as_deref(),
        }
    }
}

/// A slab of extras, addressed by [`crate::book::arena::Order::extra`].
#[derive(Clone, Debug, Default)]
pub(super) struct Extras {
    items: Vec<Extra>,
    vacant: Vec<u32>,
}

impl Extras {
    /// Keeps `extra` aside and answers its address.
    pub(super) fn keep(&mut self, extra: Extra) -> u32 {
        if let Some(at) = self.vacant.pop() {
            self.items[at as usize] = extra;
            return at;
        }
        self.items.push(extra);
        // As many extras as orders at most, and those are counted in `u32`.
        u32::try_from(self.items.len() - 1).unwrap_or(NIL)
    }

    /// Takes back what was kept at `at`.
    pub(super) fn take(&mut self, at: u32) -> Extra {
        self.vacant.push(at);
        std::mem::take(&mut self.items[at as usize])
    }

    /// What is kept at `at`, where it is not [`NIL`].
    #[inline]
    pub(super) fn get(&self, at: u32) -> Option<&Extra> {
        self.items.get(at as usize)
    }

    /// What is kept at `at`, which must not be [`NIL`].
    #[inline]
    pub(super) fn at(&self, at: u32) -> &Extra {
        &self.items[at as usize]
    }

    /// What is kept at `at`, which must not be [`NIL`].
    #[inline]
    pub(super) fn at_mut(&mut self, at: u32) -> &mut Extra {
        &mut self.items[at as usize]
    }

    /// Bytes held.
    pub(super) const fn bytes(&self) -> usize {
        self.items.capacity() * size_of::<Extra>() + self.vacant.capacity() * size_of::<u32>()
    }
}
