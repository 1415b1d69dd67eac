//! Where and when shadow orders are put.

/// One shadow at least a millisecond after the other, and within an hour.
const EVERY_NS_MIN: i64 = 1_000_000;
const EVERY_NS_MAX: i64 = 3_600_000_000_000;
/// A shadow lives at most a day.
const LIFE_NS_MAX: i64 = 86_400_000_000_000;
const BEHIND_MAX: u32 = 1_000;

/// Where and when shadows are put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// One shadow in this time, on a side by chance.
    pub every_ns: i64,
    /// Taken out when it did not trade for so long.
    pub life_ns: i64,
    /// At most so many ticks behind the best price, by chance.
    pub behind: u32,
    /// Chooses sides and prices.
    pub seed: u64,
}

/// A plan that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Too often or too seldom.
    #[error("a shadow is put each {EVERY_NS_MIN} to {EVERY_NS_MAX} ns: every_ns={every_ns}")]
    Every {
        /// What was asked for.
        every_ns: i64,
    },
    /// No life, or too long a one.
    #[error("a shadow lives 1 to {LIFE_NS_MAX} ns: life_ns={life_ns}")]
    Life {
        /// What was asked for.
        life_ns: i64,
    },
    /// Too far from where trades happen.
    #[error("a shadow stands at most {BEHIND_MAX} ticks behind the best price: behind={behind}")]
    Behind {
        /// What was asked for.
        behind: u32,
    },
}

impl Plan {
    /// This plan, if it makes sense.
    ///
    /// # Errors
    ///
    /// [`PlanError`].
    pub fn checked(self) -> Result<Self, PlanError> {
        let Self {
            every_ns,
            life_ns,
            behind,
            ..
        } = self;
        if !(EVERY_NS_MIN..=EVERY_NS_MAX).contains(&every_ns) {
            return Err(PlanError::Every { every_ns });
        }
        if !(1..=LIFE_NS_MAX).contains(&life_ns) {
            return Err(PlanError::Life { life_ns });
        }
        if behind > BEHIND_MAX {
            return Err(PlanError::Behind { behind });
        }
        Ok(self)
    }
}
