//! From order id to arena slot, for ids that count up and for ids that do not.
//!
//! A venue hands out ids in order, so most live ids lie close together: they are found in a
//! page of consecutive slots by two reads. Ids from elsewhere, and the few that outlive their
//! neighbours, are found in an open-addressing table. A page is given back when little in it is
//! still alive, so memory follows live orders, not orders ever placed.

use std::collections::VecDeque;

use crate::book::arena::{NIL, Slot};

const PAGE_BITS: u32 = 12;
const PAGE_LEN: usize = 1 << PAGE_BITS;
/// A page opens only when the one before it has served this many ids: ids with wider gaps would
/// cost more in pages than in the table.
const SERVED_MIN: u16 = 512;
/// So many pages stay open whatever is in them: 8 MB, two million ids.
const OPEN_FREELY: usize = 512;
/// Of those beyond, a page closes when no more than this many of its orders live: then they take
/// less room in the table.
const CLOSE_AT: u16 = 512;
/// How many pages are looked at when one is opened beyond that number.
const LOOKED_AT: usize = 8;

#[derive(Clone, Debug)]
struct Page {
    slots: Box<[Slot; PAGE_LEN]>,
    live: u16,
    served: u16,
}

/// A map from order id to slot.
#[derive(Clone, Debug, Default)]
pub struct IdIndex {
    /// Open pages by `id >> PAGE_BITS`; a closed one is `None`.
    pages: Vec<Option<Page>>,
    spare: Vec<Page>,
    /// The numbers of those that are open, in the order in which they are looked at.
    open: VecDeque<usize>,
    sparse: Table,
    /// How many in the table belong to pages that never opened.
    ahead: usize,
}

impl IdIndex {
    /// The slot of `id`.
    #[inline(always)]
    pub fn get(&self, id: u64) -> Option<Slot> {
        let (page, at) = split(id);
        if let Some(Some(page)) = self.pages.get(page) {
            let slot = page.slots[at];
            return (slot != NIL).then_some(slot);
        }
        self.sparse.get(id)
    }

    /// Remembers that `id`, which must not be in the map, lives at `slot`.
    #[inline]
    pub fn insert(&mut self, id: u64, slot: Slot) {
        let (number, at) = split(id);
        if let Some(Some(page)) = self.pages.get_mut(number) {
            page.slots[at] = slot;
            page.live += 1;
            page.served = page.served.saturating_add(1);
            return;
        }
        self.insert_elsewhere(id, slot);
    }

    #[cold]
    fn insert_elsewhere(&mut self, id: u64, slot: Slot) {
        let (number, _) = split(id);
        let may_open = number == self.pages.len()
            && self
                .pages
                .last()
                .is_none_or(|page| page.as_ref().is_some_and(|page| page.served >= SERVED_MIN));
        if !may_open {
            self.ahead += usize::from(number >= self.pages.len());
            self.sparse.insert(id, slot);
            return;
        }
        let page = self.spare.pop().unwrap_or_else(|| Page {
            slots: Box::new([NIL; PAGE_LEN]),
            live: 0,
            served: 0,
        });
        self.pages.push(Some(page));
        self.open.push_back(number);
        // Ids of this page may have come before it could open.
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
        self.insert(id, slot);
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
        let (number, at) = split(id);
        if let Some(Some(page)) = self.pages.get_mut(number) {
            let slot = std::mem::replace(&mut page.slots[at], NIL);
            if slot == NIL {
                return None;
            }
            page.live -= 1;
            return Some(slot);
        }
        let slot = self.sparse.remove(id)?;
        self.ahead -= usize::from(number >= self.pages.len());
        Some(slot)
    }

    /// Moves what is left in a page to the table, if that is little; answers whether it did.
    #[cold]
    fn close_if_idle(&mut self, number: usize) -> bool {
        let Some(mut page) = self
            .pages
            .get_mut(number)
            .and_then(|place| place.take_if(|page| page.live <= CLOSE_AT))
        else {
            return false;
        };
        for (at, slot) in page.slots.iter_mut().enumerate() {
            if *slot != NIL {
                self.sparse
                    .insert(((number as u64) << PAGE_BITS) | at as u64, *slot);
                *slot = NIL;
            }
        }
        page.live = 0;
        page.served = 0;
        self.spare.push(page);
        true
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let pages = self.pages.iter().flatten().count() + self.spare.len();
        pages * PAGE_LEN * size_of::<Slot>()
            + self.pages.capacity() * size_of::<Option<Page>>()
            + self.sparse.entries.capacity() * size_of::<Entry>()
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "masked to twelve bits")]
fn split(id: u64) -> (usize, usize) {
    // On 32-bit machines a page number beyond `usize` simply has no page.
    let page = usize::try_from(id >> PAGE_BITS).unwrap_or(usize::MAX);
    (page, (id & (PAGE_LEN as u64 - 1)) as usize)
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    id: u64,
    slot: Slot,
}

const FREE: Entry = Entry { id: 0, slot: NIL };

/// Linear probing with backward-shift deletion, so that it never fills with tombstones.
#[derive(Clone, Debug, Default)]
struct Table {
    entries: Vec<Entry>,
    live: usize,
}

impl Table {
    #[inline]
    const fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Where `id` belongs; the table must not be empty of entries.
    #[inline]
    fn home(&self, id: u64) -> usize {
        // The high half of a multiplication by an odd constant spreads runs and strides alike.
        let hash = (id ^ (id >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (hash >> 32) as usize & (self.entries.len() - 1)
    }

    fn find(&self, id: u64) -> Option<usize> {
        if self.is_empty() {
            return None;
        }
        let mask = self.entries.len() - 1;
        let mut at = self.home(id);
        loop {
            let entry = &self.entries[at];
            if entry.slot == NIL {
                return None;
            }
            if entry.id == id {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
    }

    fn get(&self, id: u64) -> Option<Slot> {
        self.find(id).map(|at| self.entries[at].slot)
    }

    fn insert(&mut self, id: u64, slot: Slot) {
        if (self.live + 1) * 2 > self.entries.len() {
            self.grow();
        }
        let mask = self.entries.len() - 1;
        let mut at = self.home(id);
        while self.entries[at].slot != NIL {
            at = (at + 1) & mask;
        }
        self.entries[at] = Entry { id, slot };
        self.live += 1;
    }

    #[cold]
    fn grow(&mut self) {
        let larger = (self.entries.len() * 2).max(64);
        let old = std::mem::replace(&mut self.entries, vec![FREE; larger]);
        self.live = 0;
        for entry in old {
            if entry.slot != NIL {
                self.insert(entry.id, entry.slot);
            }
        }
    }

    fn remove(&mut self, id: u64) -> Option<Slot> {
        let found = self.find(id)?;
        let slot = self.entries[found].slot;
        let mask = self.entries.len() - 1;
        let mut hole = found;
        let mut at = found;
        loop {
            at = (at + 1) & mask;
            let entry = self.entries[at];
            if entry.slot == NIL {
                break;
            }
            // An entry may move back into the hole unless its home lies between the two.
            let wanted = self.home(entry.id);
            if (at.wrapping_sub(wanted) & mask) >= (at.wrapping_sub(hole) & mask) {
                self.entries[hole] = entry;
                hole = at;
            }
        }
        self.entries[hole] = FREE;
        self.live -= 1;
        Some(slot)
    }
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
        fn agrees_with_a_hash_map(steps in prop::collection::vec((0_u8..5, ids()), 1..4000)) {
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
        assert!(index.bytes() < 1 << 20, "{}", index.bytes());
    }
}
