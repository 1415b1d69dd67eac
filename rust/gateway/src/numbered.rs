//! Maps by numbers that we count ourselves: nobody outside chooses them, so a product spreads them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by a number of ours.
pub(crate) type Numbered<K, V> = HashMap<K, V, BuildHasherDefault<Spread>>;

/// 2⁶⁴ over the golden ratio, odd: neighbours land far from each other.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// See [`Numbered`].
#[derive(Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        // The table looks at the lowest and at the highest bits; a product mixes upwards alone.
        let product = (self.0 ^ number).wrapping_mul(FACTOR);
        self.0 = product ^ (product >> 32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_a_row_are_spread() {
        let place = |number: u64| {
            let mut spread = Spread::default();
            spread.write_u64(number);
            spread.finish()
        };
        let low: std::collections::HashSet<u64> = (0..1_024).map(|n| place(n) % 1_024).collect();
        assert!(low.len() > 512, "{}", low.len());
        let mut words = Spread::default();
        words.write(&[1, 2]);
        let mut other = Spread::default();
        other.write(&[2, 1]);
        assert_ne!(words.finish(), other.finish());
    }
}
