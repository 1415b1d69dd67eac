//! What few orders have: a cost that is not price × filled, a name of the caller's.

use crate::book::arena::NIL;

/// Kept aside for one order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Extra {
    /// Σ (fill price − limit) × quantity: what the fills cost beyond the order's own price.
    pub(super) beyond: i128,
    /// The caller's name for the order.
    pub(super) client_order_id: Option<Box<str>>,
}

impl Extra {
    fn is_plain(&self) -> bool {
        self.beyond == 0 && self.client_order_id.is_none()
    }
}

/// A slab of extras, addressed by [`crate::book::arena::Order::extra`].
#[derive(Clone, Debug, Default)]
pub(super) struct Extras {
    items: Vec<Extra>,
    vacant: Vec<u32>,
}

impl Extras {
    /// Keeps `extra` aside and answers its address, [`NIL`] when there is nothing to keep.
    pub(super) fn keep(&mut self, extra: Extra) -> u32 {
        if extra.is_plain() {
            return NIL;
        }
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
        if at == NIL {
            return Extra::default();
        }
        self.vacant.push(at);
        std::mem::take(&mut self.items[at as usize])
    }

    /// What is kept at `at`.
    pub(super) fn get(&self, at: u32) -> Option<&Extra> {
        self.items.get(at as usize)
    }
}
