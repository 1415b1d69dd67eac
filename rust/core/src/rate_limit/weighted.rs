//! `capacity` of weight in each aligned period, corrected by what the venue reports.

use std::fmt;

use super::limiter::{Budget, Priority, RateLimitError};

/// Admits at most `capacity` of weight in each period `[k, k + 1) × period_ns` since 1970.
///
/// Venues that report their count (Binance: `X-MBX-USED-WEIGHT-1M`) keep one counter a period and
/// start it again at the next; [`Weighted::observe`] takes theirs over where it is higher than
/// ours. Where the alignment is unknown and nothing is reported, a sliding window is the safe one.
#[derive(Clone, Debug)]
pub struct Weighted {
    budget: Budget,
    period_ns: u64,
    used: u64,
    updated_ns: i64,
    /// End of the period of `updated_ns`; beyond `i64` in the last period of time.
    ends_ns: i128,
}

impl Weighted {
    /// An unused budget, of which `reserve` is for [`Priority::Reserved`] only.
    ///
    /// # Errors
    ///
    /// [`RateLimitError`] when a number is zero or the reserve is not below the capacity.
    pub fn new(capacity: u64, period_ns: u64, reserve: u64) -> Result<Self, RateLimitError> {
        Ok(Self {
            budget: Budget::new(capacity, period_ns, reserve)?,
            period_ns,
            used: 0,
            updated_ns: i64::MIN,
            ends_ns: i128::MIN,
        })
    }

    #[inline]
    fn advance(&mut self, now_ns: i64) {
        self.updated_ns = self.updated_ns.max(now_ns);
        let now = i128::from(self.updated_ns);
        if now >= self.ends_ns {
            let period = i128::from(self.period_ns);
            self.ends_ns = now - now.rem_euclid(period) + period;
            self.used = 0;
        }
    }

    /// Takes over the venue's count for the current period where it is higher than ours.
    ///
    /// Never lowers ours: requests still on their way are not in the venue's count. What we counted
    /// and the venue never saw is forgotten at the end of the period.
    pub fn observe(&mut self, used: u64, now_ns: i64) {
        self.advance(now_ns);
        self.used = self.used.max(used);
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
        if tokens == 0 || tokens <= self.budget.limit(priority).saturating_sub(self.used) {
            return Ok(0);
        }
        Ok(u64::try_from(self.ends_ns - i128::from(now_ns)).unwrap_or(u64::MAX))
    }

    #[inline]
    pub(super) fn take(&mut self, tokens: u64) {
        self.used = self.used.saturating_add(tokens);
    }

    pub(super) fn available(&mut self, now_ns: i64, priority: Priority) -> u64 {
        self.advance(now_ns);
        self.budget.limit(priority).saturating_sub(self.used)
    }
}

impl fmt::Display for Weighted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "weighted(capacity={}, period_ns={}, reserve={})",
            self.budget.capacity, self.period_ns, self.budget.reserve
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acquire(limit: &mut Weighted, tokens: u64, now_ns: i64, priority: Priority) -> u64 {
        let wait = limit.wait(tokens, now_ns, priority).unwrap();
        if wait == 0 {
            limit.take(tokens);
        }
        wait
    }

    #[test]
    fn starts_again_with_each_aligned_period() {
        let mut limit = Weighted::new(10, 100, 0).unwrap();
        assert_eq!(acquire(&mut limit, 8, 250, Priority::Normal), 0);
        assert_eq!(acquire(&mut limit, 3, 260, Priority::Normal), 40);
        assert_eq!(acquire(&mut limit, 2, 299, Priority::Normal), 0);
        assert_eq!(acquire(&mut limit, 10, 300, Priority::Normal), 0);
        assert_eq!(acquire(&mut limit, 1, -1, Priority::Normal), 401);
    }

    #[test]
    fn takes_the_venues_count_over_when_it_is_higher() {
        let mut limit = Weighted::new(10, 100, 0).unwrap();
        assert_eq!(acquire(&mut limit, 4, 0, Priority::Normal), 0);
        limit.observe(2, 1);
        assert_eq!(limit.available(1, Priority::Normal), 6);
        limit.observe(9, 2);
        assert_eq!(acquire(&mut limit, 2, 3, Priority::Normal), 97);
        limit.observe(u64::MAX, 4);
        assert_eq!(acquire(&mut limit, 0, 4, Priority::Normal), 0);
        assert_eq!(acquire(&mut limit, 1, 4, Priority::Normal), 96);
        assert_eq!(acquire(&mut limit, 10, 100, Priority::Normal), 0);
    }

    #[test]
    fn the_reserve_outlasts_normal_requests() {
        let mut limit = Weighted::new(10, 100, 3).unwrap();
        assert_eq!(acquire(&mut limit, 7, 0, Priority::Normal), 0);
        assert_eq!(acquire(&mut limit, 1, 0, Priority::Normal), 100);
        assert_eq!(acquire(&mut limit, 3, 0, Priority::Reserved), 0);
        assert_eq!(acquire(&mut limit, 1, 0, Priority::Reserved), 100);
    }
}
