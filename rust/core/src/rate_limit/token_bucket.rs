//! A burst of `capacity`, then what flows in.

use std::fmt;

use super::limiter::{Budget, Priority, RateLimitError};

/// Starts full with `capacity` tokens and gains `refill` of them in every `period_ns`, a little
/// each nanosecond.
///
/// In any stretch of `t` nanoseconds it admits at most `capacity + refill × t / period_ns`.
#[derive(Clone, Debug)]
pub struct TokenBucket {
    budget: Budget,
    refill: u64,
    period_ns: u64,
    /// Tokens × `period_ns`: integer credit, so refill never rounds.
    credit: u128,
    updated_ns: i64,
}

impl TokenBucket {
    /// A full bucket, of which `reserve` tokens are for [`Priority::Reserved`] only.
    ///
    /// # Errors
    ///
    /// [`RateLimitError`] when a number is zero, the reserve is not below the capacity, or filling
    /// takes longer than 2⁶³ ns.
    pub fn new(
        capacity: u64,
        refill: u64,
        period_ns: u64,
        reserve: u64,
    ) -> Result<Self, RateLimitError> {
        let budget = Budget::new(capacity, period_ns, reserve)?;
        if refill == 0 {
            return Err(RateLimitError::NoRefill(refill));
        }
        let credit = u128::from(capacity) * u128::from(period_ns);
        if credit.div_ceil(u128::from(refill)) > i64::MAX as u128 {
            return Err(RateLimitError::TooSlow {
                capacity,
                refill,
                period_ns,
            });
        }
        Ok(Self {
            budget,
            refill,
            period_ns,
            credit,
            updated_ns: i64::MIN,
        })
    }

    #[inline]
    fn advance(&mut self, now_ns: i64) {
        if now_ns > self.updated_ns {
            let elapsed = u128::from(now_ns.abs_diff(self.updated_ns));
            let gained = elapsed * u128::from(self.refill);
            let full = u128::from(self.budget.capacity) * u128::from(self.period_ns);
            self.credit = self.credit.saturating_add(gained).min(full);
            self.updated_ns = now_ns;
        }
    }

    /// See [`super::Limiter::wait`].
    #[inline]
    pub(super) fn wait(
        &mut self,
        tokens: u64,
        now_ns: i64,
        priority: Priority,
    ) -> Result<u64, RateLimitError> {
        self.budget.check(tokens, priority)?;
        self.advance(now_ns);
        let floor = if tokens == 0 {
            0
        } else {
            self.budget.floor(priority)
        };
        let needed = u128::from(tokens + floor) * u128::from(self.period_ns);
        if needed <= self.credit {
            return Ok(0);
        }
        let flow = (needed - self.credit).div_ceil(u128::from(self.refill));
        let behind = u128::from(self.updated_ns.abs_diff(now_ns));
        Ok(u64::try_from(flow + behind).unwrap_or(u64::MAX))
    }

    #[inline]
    pub(super) fn take(&mut self, tokens: u64) {
        self.credit -= u128::from(tokens) * u128::from(self.period_ns);
    }

    pub(super) fn available(&mut self, now_ns: i64, priority: Priority) -> u64 {
        self.advance(now_ns);
        let tokens = self.credit / u128::from(self.period_ns);
        let tokens = u64::try_from(tokens).unwrap_or(u64::MAX);
        tokens.saturating_sub(self.budget.floor(priority))
    }
}

impl fmt::Display for TokenBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "token_bucket(capacity={}, period_ns={}, refill={}, reserve={})",
            self.budget.capacity, self.period_ns, self.refill, self.budget.reserve
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acquire(bucket: &mut TokenBucket, tokens: u64, now_ns: i64, priority: Priority) -> u64 {
        let wait = bucket.wait(tokens, now_ns, priority).unwrap();
        if wait == 0 {
            bucket.take(tokens);
        }
        wait
    }

    #[test]
    fn admits_a_burst_and_then_what_flows_in() {
        let mut bucket = TokenBucket::new(3, 3, 1_000, 0).unwrap();
        for _ in 0..3 {
            assert_eq!(acquire(&mut bucket, 1, 0, Priority::Normal), 0);
        }
        assert_eq!(acquire(&mut bucket, 1, 0, Priority::Normal), 334);
        assert_eq!(acquire(&mut bucket, 1, 333, Priority::Normal), 1);
        assert_eq!(acquire(&mut bucket, 1, 334, Priority::Normal), 0);
    }

    /// Three thirds of a period are a token each: rounding never eats one.
    #[test]
    fn never_loses_a_fraction() {
        let mut bucket = TokenBucket::new(1, 1, 3, 0).unwrap();
        let admitted = (0..3_000)
            .filter(|now| acquire(&mut bucket, 1, *now, Priority::Normal) == 0)
            .count();
        assert_eq!(admitted, 1_000);
    }

    #[test]
    fn keeps_the_reserve_for_those_who_may_use_it() {
        let mut bucket = TokenBucket::new(10, 10, 10, 4).unwrap();
        assert_eq!(acquire(&mut bucket, 6, 0, Priority::Normal), 0);
        assert_eq!(acquire(&mut bucket, 1, 0, Priority::Normal), 1);
        assert_eq!(bucket.available(0, Priority::Reserved), 4);
        assert_eq!(acquire(&mut bucket, 4, 0, Priority::Reserved), 0);
        assert_eq!(acquire(&mut bucket, 1, 0, Priority::Normal), 5);
        assert!(bucket.wait(7, 0, Priority::Normal).is_err());
    }

    #[test]
    fn time_that_runs_backwards_grants_nothing_and_lengthens_the_wait() {
        let mut bucket = TokenBucket::new(1, 1, 100, 0).unwrap();
        assert_eq!(acquire(&mut bucket, 1, 1_000, Priority::Normal), 0);
        assert_eq!(acquire(&mut bucket, 1, 900, Priority::Normal), 200);
        assert_eq!(acquire(&mut bucket, 1, 1_050, Priority::Normal), 50);
    }

    #[test]
    fn refuses_what_cannot_exist() {
        for (made, said) in [
            (TokenBucket::new(0, 1, 5, 0), "capacity=0, period_ns=5"),
            (TokenBucket::new(1, 1, 0, 0), "capacity=1, period_ns=0"),
            (TokenBucket::new(1, 0, 1, 0), "refill=0"),
            (TokenBucket::new(2, 1, 1, 2), "reserve=2, capacity=2"),
            (TokenBucket::new(u64::MAX, 1, 1, 0), "within 2^63 ns"),
        ] {
            let refused = made.unwrap_err().to_string();
            assert!(refused.contains(said), "{refused}");
        }
    }
}
