//! Where orders live: one cache line each, reused through a free list.

use crate::book::tags::Tags;
use crate::prefetch::prefetch;
use crate::units::Side;

/// Index of an order in the [`Arena`].
pub type Slot = u32;

/// No order: the end of a queue.
pub const NIL: Slot = Slot::MAX;

/// Most orders an arena can hold at once.
pub const CAPACITY_MAX: usize = NIL as usize;

/// A live order, one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Order {
    /// Its id, unique among live orders.
    pub id: u64,
    /// Its limit in ticks; of a waiting order without one its protection price, 0 for none.
    pub price: i64,
    /// What the book shows of it, in lots; of a waiting order all that is open.
    pub qty: i64,
    /// Quantity traded so far in lots.
    pub filled: i64,
    /// The sequence of the report after which it took its place: older is smaller.
    pub priority: u64,
    /// Behind it in the queue of its level.
    pub next: Slot,
    /// Before it in the queue of its level.
    pub prev: Slot,
    /// Whose it is.
    pub account: u32,
    /// What few orders have and the engine keeps aside, or [`NIL`].
    pub extra: u32,
    /// Its instrument and what is true of it.
    pub tags: Tags,
    /// The row of its account and instrument in the books of risk.
    pub holding: u32,
}

impl Order {
    const BLANK: Self = Self {
        id: 0,
        price: 0,
        qty: 0,
        filled: 0,
        priority: 0,
        next: NIL,
        prev: NIL,
        account: 0,
        extra: NIL,
        tags: Tags::new(0, Side::Buy),
        holding: NIL,
    };

    /// Which side it is on.
    #[inline]
    pub const fn side(&self) -> Side {
        self.tags.side()
    }

    /// Dense index of its instrument.
    #[inline]
    pub const fn symbol(&self) -> u32 {
        self.tags.symbol()
    }
}

/// A slab of orders.
#[derive(Clone, Debug)]
pub struct Arena {
    orders: Vec<Order>,
    /// Head of the list of vacant slots, linked through `next`.
    vacant: Slot,
    live: u32,
}

impl Default for Arena {
    fn default() -> Self {
        Self {
            orders: Vec::new(),
            vacant: NIL,
            live: 0,
        }
    }
}

impl Arena {
    /// An arena with room for `orders` before it allocates again.
    pub fn with_capacity(orders: usize) -> Self {
        Self {
            orders: Vec::with_capacity(orders),
            ..Self::default()
        }
    }

    /// Orders alive.
    pub const fn live(&self) -> u32 {
        self.live
    }

    /// Bytes held.
    pub const fn bytes(&self) -> usize {
        self.orders.capacity() * size_of::<Order>()
    }

    /// Every slot that was ever used, vacant ones included.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + use<> {
        // As many as fit are counted in `Slot`.
        0..Slot::try_from(self.orders.len()).unwrap_or(NIL)
    }

    /// A slot for an order that its caller writes field by field, `None` when every address is
    /// taken.
    ///
    /// Not a whole order: assembled elsewhere and copied, it would be read back in wider pieces
    /// than it was written in, which the processor answers with a stall (a sixth of the time).
    #[inline]
    pub fn claim(&mut self) -> Option<Slot> {
        let slot = self.vacant;
        if slot == NIL {
            return self.grow();
        }
        self.vacant = self.orders[slot as usize].next;
        self.live += 1;
        Some(slot)
    }

    #[cold]
    fn grow(&mut self) -> Option<Slot> {
        if self.orders.len() >= CAPACITY_MAX {
            return None;
        }
        let slot = Slot::try_from(self.orders.len()).ok()?;
        if self.orders.len() == self.orders.capacity() {
            // By a sixteenth: large blocks are moved without copying, and held for nothing else.
            self.orders
                .reserve_exact((self.orders.len() / 16).max(1 << 12));
        }
        self.orders.push(Order::BLANK);
        self.live += 1;
        Some(slot)
    }

    /// Gives the slot back.
    #[inline]
    pub fn remove(&mut self, slot: Slot) {
        self.orders[slot as usize].next = self.vacant;
        self.vacant = slot;
        self.live -= 1;
    }

    /// The order at `slot`.
    #[inline]
    pub fn get(&self, slot: Slot) -> &Order {
        &self.orders[slot as usize]
    }

    /// The order at `slot`, or some other one where there is none.
    #[inline(always)]
    pub(crate) fn peek(&self, slot: Slot) -> Option<&Order> {
        self.orders
            .get((slot as usize).min(self.orders.len().saturating_sub(1)))
    }

    /// Asks for the memory of `slot` before it is needed.
    #[inline(always)]
    pub(crate) fn prefetch(&self, slot: Slot) {
        prefetch(&self.orders, slot as usize);
    }

    /// The order at `slot`.
    #[inline]
    pub fn get_mut(&mut self, slot: Slot) -> &mut Order {
        &mut self.orders[slot as usize]
    }
}

const _: () = assert!(
    size_of::<Order>() == 64,
    "Invariant: an order is one cache line"
);
