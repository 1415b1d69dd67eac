//! From order id to arena slot, for ids that count up and for ids that do not.
//!
//! A venue hands out small numbers, most of them in order, so live ids lie close together: they are
//! found in a page of consecutive slots by two reads. Ids from elsewhere, and the few that outlive
//! their neighbours, are found in an open-addressing table. A page is given back when little in it
//! is still alive, so memory follows live orders, not orders ever placed.

use std::collections::VecDeque;

use crate::book::arena::{NIL, Slot};
use crate::book::id_table::Table;
use crate::prefetch::prefetch;

const PAGE_BITS: u32 = 12;
const PAGE_LEN: usize = 1 << PAGE_BITS;
/// So many pages stay open whatever is in them: 8 MB, two million ids.
const OPEN_FREELY: usize = 512;
/// Below this number a page opens for its first id, while there are not more than those.
const NEAR_END: usize = 1 << 12;
/// Any other page opens only when the one before it has served this many ids: ids with wider gaps
/// would cost more in pages than in the table.
const SERVED_MIN: u16 = 512;
/// Of the pages beyond [`OPEN_FREELY`], one closes when no more than this many of its orders live:
/// then they take less room in the table.
const CLOSE_AT: u16 = 512;
/// How many pages are looked at when one is opened beyond that number.
const LOOKED_AT: usize = 8;

#[derive(Clone, Debug)]
struct Page {
    slots: Box<[Slot; PAGE_LEN]>,
    /// Which of them are taken, a bit each: small enough to stay near the processor when ids come
    /// in no order, so that placing an order waits for no slot, only writes it.
    taken: Box<[u64; PAGE_LEN / 64]>,
    live: u16,
    served: u16,
}

impl Page {
    fn new() -> Self {
        Self {
            slots: Box::new([NIL; PAGE_LEN]),
            taken: Box::new([0; PAGE_LEN / 64]),
            live: 0,
            served: 0,
        }
    }

    #[inline(always)]
    fn has(&self, at: usize) -> bool {
        self.taken[at / 64] >> (at % 64) & 1 != 0
    }

    #[inline(always)]
    fn put(&mut self, at: usize, slot: Slot) {
        self.slots[at] = slot;
        self.taken[at / 64] |= 1 << (at % 64);
        self.live += 1;
        self.served = self.served.saturating_add(1);
    }

    #[inline(always)]
    fn clear(&mut self, at: usize) {
        self.slots[at] = NIL;
        self.taken[at / 64] &= !(1 << (at % 64));
        self.live -= 1;
    }
}

/// Consecutive ids that share a page, once it is open.
#[derive(Clone, Debug)]
enum Region {
    /// Its ids, if any, are in the table.
    Unopened,
    Open(Page),
    /// What was left of it is in the table, and its page is another's.
    Closed,
}

/// A map from order id to slot.
#[derive(Clone, Debug, Default)]
pub struct IdIndex {
    /// By `id >> PAGE_BITS`.
    regions: Vec<Region>,
    spare: Vec<Page>,
    /// The numbers of the open ones, in the order in which they are looked at.
    open: VecDeque<usize>,
    sparse: Table,
    /// How many in the table belong to regions that never opened.
    ahead: usize,
}

impl IdIndex {
    /// The slot of `id`.
    #[inline(always)]
    pub fn get(&self, id: u64) -> Option<Slot> {
        let (number, at) = split(id);
        if let Some(Region::Open(page)) = self.regions.get(number) {
            let slot = page.slots[at];
            return (slot != NIL).then_some(slot);
        }
        self.sparse.get(id)
    }

    /// Whether `id` is in the map.
    #[inline(always)]
    pub fn contains(&self, id: u64) -> bool {
        let (number, at) = split(id);
        if let Some(Region::Open(page)) = self.regions.get(number) {
            return page.has(at);
        }
        self.sparse.get(id).is_some()
    }

    /// Asks for the memory [`IdIndex::get`] will read.
    #[inline(always)]
    pub(crate) fn prefetch(&self, id: u64) {
        let (number, at) = split(id);
        if let Some(Region::Open(page)) = self.regions.get(number) {
            prefetch(&page.slots[..], at);
        } else {
            self.sparse.prefetch(id);
        }
    }

    /// Remembers that `id`, which must not be in the map, lives at `slot`.
    #[inline]
    pub fn insert(&mut self, id: u64, slot: Slot) {
        let (number, at) = split(id);
        if let Some(Region::Open(page)) = self.regions.get_mut(number) {
            page.put(at, slot);
            return;
        }
        self.insert_elsewhere(id, slot);
    }

    #[inline(never)]
    fn insert_elsewhere(&mut self, id: u64, slot: Slot) {
        let (number, _) = split(id);
        if self.may_open(number) {
            self.open(number);
            self.insert(id, slot);
            self.close_some();
        } else {
            self.ahead += usize::from(self.is_unopened(number));
            self.sparse.insert(id, slot);
        }
    }

    fn is_unopened(&self, number: usize) -> bool {
        matches!(self.regions.get(number), None | Some(Region::Unopened))
    }

    fn may_open(&self, number: usize) -> bool {
        let is_near = number < NEAR_END && self.open.len() < OPEN_FREELY;
        let follows = || match number.checked_sub(1).map(|before| self.regions.get(before)) {
            None => true,
            Some(Some(Region::Open(page))) => page.served >= SERVED_MIN,
            Some(None | Some(Region::Unopened | Region::Closed)) => false,
        };
        self.is_unopened(number) && (is_near || follows())
    }

    #[cold]
    fn open(&mut self, number: usize) {
        let page = self.spare.pop().unwrap_or_else(Page::new);
        if self.regions.len() <= number {
            self.regions.resize(number + 1, Region::Unopened);
        }
        self.regions[number] = Region::Open(page);
        self.open.push_back(number);
        // Ids of this region may have come before it could open.
        let first = (number as u64) << PAGE_BITS;
        for early in first..first + PAGE_LEN as u64 {
            if self.ahead == 0 {
                break;
            }
            if let Some(slot) = self.sparse.remove(early) {
                self.ahead -= 1;
                self.insert(early, slot);
            }
        }
    }

    /// Closes pages in which little is alive, while there are more than are free.
    fn close_some(&mut self) {
        for _ in 0..LOOKED_AT {
            if self.open.len() <= OPEN_FREELY {
                break;
            }
            if let Some(oldest) = self.open.pop_front()
                && !self.close_if_idle(oldest)
            {
                self.open.push_back(oldest);
            }
        }
    }

    /// Forgets `id` and returns its slot.
    #[inline]
    pub fn remove(&mut self, id: u64) -> Option<Slot> {
        self.remove_if(id, |_| true).map(|(slot, _)| slot)
    }

    /// Forgets `id` if its slot is one to forget: one search instead of two.
    ///
    /// Answers the slot, and whether it was forgotten.
    #[inline(always)]
    pub fn remove_if(
        &mut self,
        id: u64,
        forgets: impl FnOnce(Slot) -> bool,
    ) -> Option<(Slot, bool)> {
        let (number, at) = split(id);
        if let Some(Region::Open(page)) = self.regions.get_mut(number) {
            let slot = page.slots[at];
            if slot == NIL {
                return None;
            }
            let done = forgets(slot);
            if done {
                page.clear(at);
            }
            return Some((slot, done));
        }
        let (slot, done) = self.sparse.remove_if(id, forgets)?;
        if done {
            self.ahead -= usize::from(self.is_unopened(number));
        }
        Some((slot, done))
    }

    /// Moves what is left in a page to the table, if that is little; answers whether it did.
    #[cold]
    fn close_if_idle(&mut self, number: usize) -> bool {
        let region = &mut self.regions[number];
        let Region::Open(mut page) = std::mem::replace(region, Region::Closed) else {
            return true;
        };
        if page.live > CLOSE_AT {
            *region = Region::Open(page);
            return false;
        }
        for (at, slot) in page.slots.iter_mut().enumerate() {
            if *slot != NIL {
                self.sparse
                    .insert(((number as u64) << PAGE_BITS) | at as u64, *slot);
                *slot = NIL;
            }
        }
        page.taken.fill(0);
        page.live = 0;
        page.served = 0;
        self.spare.push(page);
        true
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let pages = self.open.len() + self.spare.len();
        pages * PAGE_LEN * size_of::<Slot>() * 33 / 32
            + self.regions.capacity() * size_of::<Region>()
            + self.sparse.bytes()
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "masked to twelve bits")]
fn split(id: u64) -> (usize, usize) {
    // On 32-bit machines a page number beyond `usize` simply has no page.
    let page = usize::try_from(id >> PAGE_BITS).unwrap_or(usize::MAX);
    (page, (id & (PAGE_LEN as u64 - 1)) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn ids() -> impl Strategy<Value = u64> {
        prop_oneof![6 => 0_u64..3000, 3 => 0_u64..100_000, 1 => any::<u64>(), 1 => Just(u64::MAX)]
    }

    proptest! {
        #[test]
        fn agrees_with_a_hash_map(steps in prop::collection::vec((0_u8..6, ids()), 1..4000)) {
            let mut index = IdIndex::default();
            let mut twin = HashMap::new();
            for (n, (op, id)) in steps.into_iter().enumerate() {
                let slot = Slot::try_from(n).unwrap();
                match op {
                    0..=2 if !twin.contains_key(&id) => {
                        index.insert(id, slot);
                        twin.insert(id, slot);
                    }
                    3 => prop_assert_eq!(index.remove(id), twin.remove(&id)),
                    4 => prop_assert_eq!(index.contains(id), twin.contains_key(&id)),
                    _ => prop_assert_eq!(index.get(id), twin.get(&id).copied()),
                }
            }
            for (id, slot) in twin {
                prop_assert_eq!(index.remove(id), Some(slot));
                prop_assert_eq!(index.get(id), None);
            }
        }
    }

    #[test]
    fn memory_follows_live_orders_not_ids_served() {
        let mut index = IdIndex::default();
        let mut held = 0;
        for id in 0..8_000_000_u64 {
            index.insert(id, 1);
            // One in a thousand stays for ever, the rest leave a hundred ids later.
            if id >= 100 && (id - 100) % 1000 != 0 {
                assert_eq!(index.remove(id - 100), Some(1));
            } else {
                held += 1;
            }
        }
        assert!(
            index.bytes() < 64 * held + OPEN_FREELY * 4 * PAGE_LEN + (1 << 20),
            "{} bytes for {held}",
            index.bytes()
        );
        assert_eq!(index.get(300_000), Some(1));
        assert_eq!(index.get(300_001), None);
    }

    #[test]
    fn spaced_ids_do_not_buy_pages() {
        let mut index = IdIndex::default();
        for n in 0..10_000_u64 {
            index.insert(n * 4096, 1);
        }
        let free = OPEN_FREELY * 4 * PAGE_LEN;
        assert!(index.bytes() < free + (1 << 20), "{}", index.bytes());
    }
}
