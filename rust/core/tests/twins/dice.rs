//! Numbers that look random and are the same in every run.

/// `SplitMix64` (Steele, Lea, Flood 2014): a counter and a mixer.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice that begin at `seed`.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 bits.
    pub(crate) const fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    /// A number from 0 up to but not including `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.word()) * u128::from(end);
        u64::try_from(wide >> 64).unwrap()
    }

    /// True in so many cases of a hundred.
    pub(crate) fn sometimes(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of them.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let at = self.below(items.len() as u64);
        &items[usize::try_from(at).unwrap()]
    }
}
