//! Which price levels are occupied, and the next one up or down, in at most five word reads.

/// A set of small integers as three tiers of 64-bit words: a bit in a tier says that the word
/// below it is not empty.
#[derive(Clone, Debug, Default)]
pub struct Bitmap {
    leaves: Vec<u64>,
    middle: Vec<u64>,
    top: Vec<u64>,
}

impl Bitmap {
    /// An empty set over `0..size`.
    pub fn new(size: usize) -> Self {
        let leaves = size.div_ceil(64);
        let middle = leaves.div_ceil(64);
        let top = middle.div_ceil(64);
        Self {
            leaves: vec![0; leaves],
            middle: vec![0; middle],
            top: vec![0; top],
        }
    }

    /// Adds `at`.
    #[inline]
    pub fn insert(&mut self, at: usize) {
        let word = &mut self.leaves[at >> 6];
        if *word == 0 {
            let word = &mut self.middle[at >> 12];
            if *word == 0 {
                self.top[at >> 18] |= 1 << ((at >> 12) & 63);
            }
            *word |= 1 << ((at >> 6) & 63);
        }
        *word |= 1 << (at & 63);
    }

    /// Takes `at` out.
    #[inline]
    pub fn remove(&mut self, at: usize) {
        let word = &mut self.leaves[at >> 6];
        *word &= !(1 << (at & 63));
        if *word == 0 {
            let word = &mut self.middle[at >> 12];
            *word &= !(1 << ((at >> 6) & 63));
            if *word == 0 {
                self.top[at >> 18] &= !(1 << ((at >> 12) & 63));
            }
        }
    }

    /// Whether `at` is in the set.
    #[inline]
    pub fn contains(&self, at: usize) -> bool {
        self.leaves[at >> 6] >> (at & 63) & 1 == 1
    }

    /// The smallest member at or above `from`.
    #[inline]
    pub fn at_or_above(&self, from: usize) -> Option<usize> {
        let leaf = from >> 6;
        let word = *self.leaves.get(leaf)? & (u64::MAX << (from & 63));
        if word != 0 {
            return Some(lowest(leaf, word));
        }
        self.first_leaf_above(leaf)
            .map(|leaf| lowest(leaf, self.leaves[leaf]))
    }

    /// The largest member at or below `from`.
    #[inline]
    pub fn at_or_below(&self, from: usize) -> Option<usize> {
        let leaf = from >> 6;
        let word = *self.leaves.get(leaf)? & (u64::MAX >> (63 - (from & 63)));
        if word != 0 {
            return Some(highest(leaf, word));
        }
        self.last_leaf_below(leaf)
            .map(|leaf| highest(leaf, self.leaves[leaf]))
    }

    /// The smallest member.
    pub fn first(&self) -> Option<usize> {
        self.at_or_above(0)
    }

    /// The largest member.
    pub fn last(&self) -> Option<usize> {
        self.at_or_below((self.leaves.len() * 64).checked_sub(1)?)
    }

    fn first_leaf_above(&self, leaf: usize) -> Option<usize> {
        let tier = leaf >> 6;
        let word = self.middle[tier] & above(leaf & 63);
        if word != 0 {
            return Some(lowest(tier, word));
        }
        let word = self.top[tier >> 6] & above(tier & 63);
        let top = if word != 0 {
            lowest(tier >> 6, word)
        } else {
            let next = (tier >> 6) + 1;
            let found = self.top.get(next..)?.iter().position(|word| *word != 0)? + next;
            lowest(found, self.top[found])
        };
        Some(lowest(top, self.middle[top]))
    }

    fn last_leaf_below(&self, leaf: usize) -> Option<usize> {
        let tier = leaf >> 6;
        let word = self.middle[tier] & below(leaf & 63);
        if word != 0 {
            return Some(highest(tier, word));
        }
        let word = self.top[tier >> 6] & below(tier & 63);
        let top = if word != 0 {
            highest(tier >> 6, word)
        } else {
            let found = self.top[..tier >> 6].iter().rposition(|word| *word != 0)?;
            highest(found, self.top[found])
        };
        Some(highest(top, self.middle[top]))
    }
}

/// Bits strictly above `bit`.
const fn above(bit: usize) -> u64 {
    !(u64::MAX >> (63 - bit))
}

/// Bits strictly below `bit`.
const fn below(bit: usize) -> u64 {
    (1 << bit) - 1
}

const fn lowest(word_at: usize, word: u64) -> usize {
    (word_at << 6) | word.trailing_zeros() as usize
}

const fn highest(word_at: usize, word: u64) -> usize {
    (word_at << 6) | (63 - word.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn agrees_with_a_sorted_set(
            size in prop_oneof![Just(64_usize), Just(4096), Just(1 << 19)],
            steps in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 1..200),
            probes in prop::collection::vec(any::<prop::sample::Index>(), 1..50),
        ) {
            let mut bitmap = Bitmap::new(size);
            let mut set = BTreeSet::new();
            for (add, at) in steps {
                // Few distinct places, so that removals find something.
                let at = at.index(size) / 37 * 37;
                if add {
                    bitmap.insert(at);
                    set.insert(at);
                } else {
                    bitmap.remove(at);
                    set.remove(&at);
                }
            }
            prop_assert_eq!(bitmap.first(), set.first().copied());
            prop_assert_eq!(bitmap.last(), set.last().copied());
            for probe in probes.iter().map(|p| p.index(size)).chain([0, 63, size - 1]) {
                prop_assert_eq!(bitmap.contains(probe), set.contains(&probe));
                prop_assert_eq!(bitmap.at_or_above(probe), set.range(probe..).next().copied());
                let below = set.range(..=probe).next_back();
                prop_assert_eq!(bitmap.at_or_below(probe), below.copied());
            }
        }
    }
}
