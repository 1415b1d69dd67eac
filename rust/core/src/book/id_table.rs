//! An open-addressing table of ids, for those no page holds.

use crate::book::arena::{NIL, Slot};
use crate::prefetch::prefetch;

#[derive(Clone, Copy, Debug)]
struct Entry {
    id: u64,
    slot: Slot,
}

const FREE: Entry = Entry { id: 0, slot: NIL };

/// Linear probing with backward-shift deletion, so that it never fills with tombstones.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
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

    pub(super) fn get(&self, id: u64) -> Option<Slot> {
        self.find(id).map(|at| self.entries[at].slot)
    }

    /// Asks for the memory [`Table::get`] will read.
    #[inline]
    pub(super) fn prefetch(&self, id: u64) {
        if !self.is_empty() {
            prefetch(&self.entries, self.home(id));
        }
    }

    /// Bytes held.
    pub(super) const fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>()
    }

    pub(super) fn insert(&mut self, id: u64, slot: Slot) {
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

    pub(super) fn remove(&mut self, id: u64) -> Option<Slot> {
        self.remove_if(id, |_| true).map(|(slot, _)| slot)
    }

    /// Forgets `id` if its slot is one to forget; answers the slot, and whether it was forgotten.
    pub(super) fn remove_if(
        &mut self,
        id: u64,
        forgets: impl FnOnce(Slot) -> bool,
    ) -> Option<(Slot, bool)> {
        let found = self.find(id)?;
        let slot = self.entries[found].slot;
        if !forgets(slot) {
            return Some((slot, false));
        }
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
        Some((slot, true))
    }
}
