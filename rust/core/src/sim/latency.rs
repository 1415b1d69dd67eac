//! How long messages travel: always the same, drawn anew, or as it was measured.
//!
//! Nothing overtakes on one line: what is sent later arrives later, or at the same time. Draws are
//! integers from a seed, so a run gives the same bytes everywhere.

use std::sync::Arc;

use crate::flow::Rng;

use super::logarithm::{LOG_BITS, log2_1p, scaled};

/// The longest a message may travel: a minute.
pub const DELAY_NS_MAX: i64 = 60_000_000_000;

/// The 99th percentile of a normal draw in 2⁻¹⁶ of its standard deviation: 2.32635.
const NORMAL_P99: i64 = 152_460;

/// A delay that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DelayError {
    /// Below zero, or longer than a minute.
    #[error("a latency lies between 0 and {DELAY_NS_MAX} ns: latency_ns={0}")]
    Bounds(i64),
    /// Too few figures for a shape.
    #[error("{what} needs at least {least} figures: got {given}")]
    Few {
        /// Of what.
        what: &'static str,
        /// How many it takes.
        least: usize,
        /// How many there are.
        given: usize,
    },
    /// Quantiles that fall, or a median of zero or above the 99th percentile.
    #[error("quantiles of a latency rise: {before} ns, then {after} ns")]
    Falls {
        /// One quantile.
        before: i64,
        /// The next.
        after: i64,
    },
    /// Times that do not rise.
    #[error("times of measured latencies rise: {before} ns, then {after} ns")]
    Disordered {
        /// One time.
        before: i64,
        /// The next.
        after: i64,
    },
}

/// How long messages of one direction travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Constant(i64),
    /// Delays at equal steps of probability, from the least to the most.
    Quantiles(Arc<[i64]>),
    /// The median, and log2(p99 ÷ median) × 2¹⁶.
    LogNormal(i64, i64),
    /// Delays at times, which rise.
    Recorded(Arc<[(i64, i64)]>),
}

fn bounded(delay_ns: i64) -> Result<i64, DelayError> {
    if (0..=DELAY_NS_MAX).contains(&delay_ns) {
        return Ok(delay_ns);
    }
    Err(DelayError::Bounds(delay_ns))
}

impl Delay {
    /// Nothing travels at once but this.
    pub const ZERO: Self = Self(Kind::Constant(0));

    /// Always `delay_ns`.
    ///
    /// # Errors
    ///
    /// [`DelayError::Bounds`].
    pub fn constant(delay_ns: i64) -> Result<Self, DelayError> {
        bounded(delay_ns).map(|delay_ns| Self(Kind::Constant(delay_ns)))
    }

    /// Drawn from measured quantiles: delays at equal steps of probability, the least first, the
    /// most last; between two of them in a straight line.
    ///
    /// # Errors
    ///
    /// [`DelayError`] for fewer than two, for one out of bounds, for one below the one before.
    pub fn quantiles(delays_ns: &[i64]) -> Result<Self, DelayError> {
        let few = DelayError::Few {
            what: "a distribution",
            least: 2,
            given: delays_ns.len(),
        };
        if delays_ns.len() < 2 {
            return Err(few);
        }
        for pair in delays_ns.windows(2) {
            let [before, after] = [bounded(pair[0])?, bounded(pair[1])?];
            if after < before {
                return Err(DelayError::Falls { before, after });
            }
        }
        Ok(Self(Kind::Quantiles(delays_ns.into())))
    }

    /// Drawn log-normally: half are below the median, one in a hundred is above `p99_ns`. No draw
    /// is above [`DELAY_NS_MAX`].
    ///
    /// # Errors
    ///
    /// [`DelayError`] when one is out of bounds, the median is zero, or above the other.
    pub fn log_normal(median_ns: i64, p99_ns: i64) -> Result<Self, DelayError> {
        let (before, after) = (bounded(median_ns)?, bounded(p99_ns)?);
        if before == 0 || after < before {
            return Err(DelayError::Falls { before, after });
        }
        let spread = log2_1p(after - 1) - log2_1p(before - 1);
        Ok(Self(Kind::LogNormal(before, spread)))
    }

    /// As measured: `(time, delay)` in nanoseconds, times rising; in a straight line between two of
    /// them, the first before, the last after.
    ///
    /// # Errors
    ///
    /// [`DelayError`] for none, for a delay out of bounds, for times that do not rise.
    pub fn recorded(measured: &[(i64, i64)]) -> Result<Self, DelayError> {
        if measured.is_empty() {
            return Err(DelayError::Few {
                what: "a record of latencies",
                least: 1,
                given: 0,
            });
        }
        for (_, delay_ns) in measured {
            bounded(*delay_ns)?;
        }
        for pair in measured.windows(2) {
            let (before, after) = (pair[0].0, pair[1].0);
            if after <= before {
                return Err(DelayError::Disordered { before, after });
            }
        }
        Ok(Self(Kind::Recorded(measured.into())))
    }
}

/// How long messages travel between the venue and us; all are named, there is no default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latency {
    /// From the venue's book to our receipt of the message.
    pub feed: Delay,
    /// From our command to its arrival at the venue.
    pub entry: Delay,
    /// From the venue's decision to our receipt of the reply.
    pub response: Delay,
    /// Where draws start from.
    pub seed: u64,
}

/// The three lines of a [`Latency`].
#[derive(Clone, Debug)]
pub(super) struct Lines {
    pub(super) feed: Line,
    pub(super) entry: Line,
    pub(super) response: Line,
}

impl Latency {
    /// The lines, each with draws of its own.
    pub(super) fn lines(self) -> Lines {
        let mut seeds = Rng::new(self.seed);
        let mut line = |delay| Line {
            delay,
            rng: Rng::new(seeds.next()),
            near: 0,
            told_ns: i64::MIN,
            last_ns: i64::MIN,
        };
        Lines {
            feed: line(self.feed),
            entry: line(self.entry),
            response: line(self.response),
        }
    }
}

/// One direction: messages leave it in the order they entered.
#[derive(Clone, Debug)]
pub(super) struct Line {
    delay: Delay,
    rng: Rng,
    /// Where in a record the last message was.
    near: usize,
    /// The time last asked about, and the answer.
    told_ns: i64,
    last_ns: i64,
}

impl Line {
    /// When what is sent at `now_ns` arrives. Times asked about never fall.
    #[inline]
    pub(super) fn arrival(&mut self, now_ns: i64) -> i64 {
        if let Kind::Constant(delay_ns) = self.delay.0 {
            return now_ns.saturating_add(delay_ns);
        }
        let arrival_ns = now_ns.saturating_add(self.draw(now_ns));
        self.last_ns = self.last_ns.max(arrival_ns);
        self.last_ns
    }

    /// When what arrives at `now_ns` was sent; what arrives together was sent together. Times asked
    /// about never fall.
    #[inline]
    pub(super) fn departure(&mut self, now_ns: i64) -> i64 {
        if let Kind::Constant(delay_ns) = self.delay.0 {
            return now_ns.saturating_sub(delay_ns);
        }
        if now_ns != self.told_ns {
            self.told_ns = now_ns;
            let sent_ns = now_ns.saturating_sub(self.draw(now_ns));
            self.last_ns = self.last_ns.max(sent_ns);
        }
        self.last_ns
    }

    fn draw(&mut self, now_ns: i64) -> i64 {
        match &self.delay.0 {
            Kind::Constant(delay_ns) => *delay_ns,
            Kind::Quantiles(delays_ns) => between(delays_ns, self.rng.next()),
            Kind::LogNormal(median_ns, spread) => {
                let exponent = i128::from(*spread) * i128::from(normal(&mut self.rng))
                    / i128::from(NORMAL_P99);
                let exponent = i64::try_from(exponent).unwrap_or(i64::MAX);
                scaled(*median_ns, exponent).min(DELAY_NS_MAX)
            }
            Kind::Recorded(measured) => {
                while measured
                    .get(self.near + 1)
                    .is_some_and(|next| next.0 <= now_ns)
                {
                    self.near += 1;
                }
                measured_at(measured, self.near, now_ns)
            }
        }
    }
}

/// A draw of mean 0 in 2⁻¹⁶ of its standard deviation: the set bits of 256, less half of them, made
/// continuous by a draw within ±1/2.
fn normal(rng: &mut Rng) -> i64 {
    let bits: i64 = (0..4).map(|_| rng.normal_x4()).sum();
    let within = i64::try_from(rng.next() >> 48).unwrap_or(0) - (1 << (LOG_BITS - 1));
    // Variance 256 ÷ 4 + 1 ÷ 12, so the standard deviation is 8.0052.
    ((bits << LOG_BITS) + within) * 10_000 / 80_052
}

/// What lies at `chance` of 2⁶⁴ on the line through equal steps.
fn between(steps: &[i64], chance: u64) -> i64 {
    let cells = u128::try_from(steps.len() - 1).unwrap_or(1);
    let place = u128::from(chance) * cells;
    let at = usize::try_from(place >> 64).unwrap_or(0);
    let part = i128::try_from(place & u128::from(u64::MAX)).unwrap_or(0);
    let (low, high) = (i128::from(steps[at]), i128::from(steps[at + 1]));
    i64::try_from(low + (((high - low) * part) >> 64)).unwrap_or(steps[at])
}

/// What was measured at `now_ns`, on the line from the entry `near` to the next.
fn measured_at(measured: &[(i64, i64)], near: usize, now_ns: i64) -> i64 {
    let (from_ns, low) = measured[near];
    let Some((to_ns, high)) = measured.get(near + 1).copied() else {
        return low;
    };
    let since = i128::from(now_ns.max(from_ns)) - i128::from(from_ns);
    let span = i128::from(to_ns) - i128::from(from_ns);
    let risen = (i128::from(high) - i128::from(low)) * since / span;
    low + i64::try_from(risen).unwrap_or(0)
}

#[cfg(test)]
#[path = "latency_tests.rs"]
mod tests;
