//! What the simulated traders believe the instrument is worth, and how excited they are.

use super::rng::{Chance, Rng};

/// One tick, or one, as a fixed-point number.
pub(super) const ONE: i64 = 1 << 16;

/// Fair value and activity, moved once a millisecond.
///
/// The value diffuses with a volatility proportional to the activity, drifts for some seconds in
/// one direction, and is pulled back to an anchor over minutes. The activity jumps now and then and
/// relaxes over seconds, so volatility and trading come in clusters.
#[derive(Clone, Debug)]
pub(super) struct Fair {
    /// Ticks × [`ONE`].
    value: i64,
    anchor: i64,
    /// Activity × [`ONE`], at least one.
    heat: i64,
    /// Ticks a millisecond × 2³².
    drift: i64,
    /// Ticks of diffusion a millisecond × 2³², so that a step does not round to nothing.
    volatility: i64,
    /// What of a step was below the resolution of `value`, × 2⁻³².
    rest: i64,
}

const HEAT_MAX: i64 = 6 * ONE;

impl Fair {
    /// Starts at `ticks`; in calm times a second's diffusion is `volatility_milliticks` / 1000
    /// ticks.
    pub(super) const fn new(ticks: i64, volatility_milliticks: i64) -> Self {
        Self {
            value: ticks * ONE,
            anchor: ticks * ONE,
            heat: ONE,
            drift: 0,
            // ÷ 1000 milliticks ÷ √1000 milliseconds.
            volatility: (volatility_milliticks << 32) / 31_623,
            rest: 0,
        }
    }

    /// Ticks × [`ONE`].
    pub(super) const fn value(&self) -> i64 {
        self.value
    }

    /// Activity × [`ONE`]: 1 when calm.
    pub(super) const fn heat(&self) -> i64 {
        self.heat
    }

    /// A trade happened: others look up.
    pub(super) fn excite(&mut self) {
        self.heat = (self.heat + ONE / 64).min(HEAT_MAX);
    }

    /// Moves by one millisecond.
    pub(super) fn step(&mut self, rng: &mut Rng) {
        if rng.happens(Chance::of(1, 12_000)) {
            let jump = ONE + i64::from(rng.below(2 << 16));
            self.heat = (self.heat + jump).min(HEAT_MAX);
        }
        self.heat -= (self.heat - ONE) >> 13;
        if rng.happens(Chance::of(1, 15_000)) {
            let direction = i64::from(rng.below(5)) - 2;
            self.drift = direction * (self.volatility >> 8);
        }
        let diffusion = (self.volatility >> 2) * rng.normal_x4() * self.heat / ONE;
        let pull = (self.anchor - self.value) >> 2;
        let total = diffusion + self.drift + pull + self.rest;
        self.value += total >> 16;
        self.rest = total & (ONE - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_wanders_and_comes_back() {
        let mut fair = Fair::new(600_000, 2_000);
        let mut rng = Rng::new(1);
        let mut least = i64::MAX;
        let mut most = i64::MIN;
        for _ in 0..600_000 {
            fair.step(&mut rng);
            least = least.min(fair.value() / ONE - 600_000);
            most = most.max(fair.value() / ONE - 600_000);
        }
        assert!(most - least > 20, "wanders: {least}..{most}");
        assert!(
            least > -1_000 && most < 1_000,
            "comes back: {least}..{most}"
        );
    }
}
