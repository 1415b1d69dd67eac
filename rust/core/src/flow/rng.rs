//! A small seeded random source: the same seed gives the same numbers on every platform.

/// xoshiro256++ seeded by splitmix64.
///
/// Integers only, so nothing depends on a platform's floating point.
///
/// Source: D. Blackman, S. Vigna, *Scrambled Linear Pseudorandom Number Generators*, ACM TOMS
/// 47(4),
/// 2021.
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The source for `seed`; any number will do, zero included.
    pub const fn new(seed: u64) -> Self {
        let mut state = [0; 4];
        let mut word = seed;
        let mut at = 0;
        while at < 4 {
            word = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = word;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            state[at] = mixed ^ (mixed >> 31);
            at += 1;
        }
        Self { state }
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let answer = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let c = c ^ a;
        let d = d ^ b;
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        answer
    }

    /// A number below `bound`, each as likely up to one part in 2³²; zero for a bound of zero.
    pub fn below(&mut self, bound: u32) -> u32 {
        let word = u128::from(self.next()) * u128::from(bound);
        u32::try_from(word >> 64).unwrap_or(0)
    }

    /// True with probability `chance` of 2⁻³².
    pub const fn happens(&mut self, chance: Chance) -> bool {
        self.next() >> 32 < chance.0
    }

    /// A draw that is close to normal, of mean 0 and standard deviation 4: set bits of a word less
    /// half of them.
    pub const fn normal_x4(&mut self) -> i64 {
        self.next().count_ones().cast_signed() as i64 - 32
    }

    /// How often a fair coin shows heads before the first tails, at most `most`.
    pub const fn heads(&mut self, most: u32) -> u32 {
        let run = self.next().trailing_ones();
        if run < most { run } else { most }
    }
}

/// A probability as a count of 2⁻³².
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Chance(pub u64);

impl Chance {
    /// `part` in `whole`; certain when that is one or more.
    pub const fn of(part: u64, whole: u64) -> Self {
        Self((part << 32) / whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_published_numbers() {
        // splitmix64 from 0 starts with these words: the reference output of its authors.
        assert_eq!(
            Rng::new(0).state[..2],
            [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4]
        );
        let mut rng = Rng {
            state: [1, 2, 3, 4],
        };
        // xoshiro256++ from 1, 2, 3, 4: the test vector of the `rand_xoshiro` crate.
        let first: Vec<u64> = (0..4).map(|_| rng.next()).collect();
        assert_eq!(
            first,
            [
                41_943_041,
                58_720_359,
                3_588_806_011_781_223,
                3_591_011_842_654_386
            ]
        );
    }

    #[test]
    fn draws_have_the_stated_moments() {
        let mut rng = Rng::new(7);
        let n = 100_000;
        let draws: Vec<i64> = (0..n).map(|_| rng.normal_x4()).collect();
        assert!(draws.iter().sum::<i64>().abs() < 6 * n / 100);
        let squares: i64 = draws.iter().map(|x| x * x).sum();
        assert!((squares - 16 * n).abs() < n / 2, "variance 16: {squares}");
        let hits = (0..n).filter(|_| rng.happens(Chance::of(1, 4))).count();
        assert!(hits.abs_diff(25_000) < 800, "a quarter: {hits}");
        assert!((0..n).all(|_| rng.below(3) < 3));
    }
}
