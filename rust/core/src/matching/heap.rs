//! Queues by key of which any member can leave: triggers of stops, times of expiry.
//!
//! A binary heap of extras; each extra knows where it stands, so that leaving costs no search.
//! Nothing is allocated once the heap has grown.

use crate::book::arena::NIL;
use crate::matching::extra::Extras;

/// Which of the positions of an extra a heap keeps.
pub(super) const TRIGGER: usize = 0;
/// As [`TRIGGER`].
pub(super) const TRAIL: usize = 1;
/// As [`TRIGGER`].
pub(super) const EXPIRY: usize = 2;

/// What a member is sorted by: the first number, then the second.
pub(super) type Key = (i64, u64);

/// A queue of extras, the smallest key first.
#[derive(Clone, Debug, Default)]
pub(super) struct Heap<const WHICH: usize> {
    items: Vec<(Key, u32)>,
}

impl<const WHICH: usize> Heap<WHICH> {
    /// The smallest key and whose it is.
    #[inline]
    pub(super) fn first(&self) -> Option<(Key, u32)> {
        self.items.first().copied()
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Lets `extra`, which must not be in the queue, join it.
    pub(super) fn push(&mut self, key: Key, extra: u32, extras: &mut Extras) {
        self.items.push((key, extra));
        self.rise(self.items.len() - 1, extras);
    }

    /// Lets `extra` leave, if it is in the queue.
    pub(super) fn remove(&mut self, extra: u32, extras: &mut Extras) {
        let at = std::mem::replace(&mut extras.at_mut(extra).at[WHICH], NIL);
        if at == NIL {
            return;
        }
        let at = at as usize;
        self.items.swap_remove(at);
        if at < self.items.len() {
            let at = self.rise(at, extras);
            self.sink(at, extras);
        }
    }

    fn rise(&mut self, mut at: usize, extras: &mut Extras) -> usize {
        while at > 0 {
            let parent = (at - 1) / 2;
            if self.items[parent].0 <= self.items[at].0 {
                break;
            }
            self.items.swap(parent, at);
            self.note(at, extras);
            at = parent;
        }
        self.note(at, extras);
        at
    }

    fn sink(&mut self, mut at: usize, extras: &mut Extras) {
        loop {
            let mut least = at;
            for child in [2 * at + 1, 2 * at + 2] {
                if child < self.items.len() && self.items[child].0 < self.items[least].0 {
                    least = child;
                }
            }
            if least == at {
                break;
            }
            self.items.swap(least, at);
            self.note(at, extras);
            at = least;
        }
        self.note(at, extras);
    }

    fn note(&self, at: usize, extras: &mut Extras) {
        // As many members as extras at most, and those are counted in `u32`.
        extras.at_mut(self.items[at].1).at[WHICH] = u32::try_from(at).unwrap_or(NIL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::extra::Extra;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn agrees_with_a_sorted_map(
            steps in prop::collection::vec((any::<bool>(), -9_i64..9, 0_usize..40), 1..200)
        ) {
            let mut extras = Extras::default();
            let mut heap = Heap::<TRIGGER>::default();
            let mut twin: BTreeMap<Key, u32> = BTreeMap::new();
            for (n, (join, key, which)) in steps.into_iter().enumerate() {
                if join {
                    let extra = extras.keep(Extra::default());
                    let key = (key, n as u64);
                    heap.push(key, extra, &mut extras);
                    twin.insert(key, extra);
                } else if let Some((&key, &extra)) = twin.iter().nth(which) {
                    heap.remove(extra, &mut extras);
                    heap.remove(extra, &mut extras);
                    twin.remove(&key);
                }
                prop_assert_eq!(heap.first(), twin.first_key_value().map(|(k, e)| (*k, *e)));
                prop_assert_eq!(heap.len(), twin.len());
            }
        }
    }
}
