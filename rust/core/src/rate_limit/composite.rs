//! What several limits admit together, or nothing.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::limiter::{Limiter, Priority, RateLimitError};

/// The most limits in one composite.
pub const PARTS_MAX: usize = 8;

/// How much a request takes of each limit.
#[derive(Clone, Copy, Debug)]
pub enum Tokens<'a> {
    /// The same of every limit.
    Each(u64),
    /// One amount a limit, in the order they were given.
    Per(&'a [u64]),
}

impl Tokens<'_> {
    #[inline]
    fn of(&self, part: usize) -> u64 {
        match self {
            Self::Each(tokens) => *tokens,
            Self::Per(amounts) => amounts[part],
        }
    }
}

/// One limit, or several that must all admit a request before any of them is charged.
///
/// A composite shares its parts with the limiters it was made of: charging one through the other
/// is seen by both, so that one budget (say, weight of an IP address) can stand in many composites.
#[derive(Clone)]
pub struct RateLimiter {
    parts: Vec<Arc<Mutex<Limiter>>>,
    /// Indices of `parts` by address: every composite locks in the same order.
    locking: Vec<usize>,
}

impl RateLimiter {
    /// A limiter of one part.
    pub fn single(limiter: Limiter) -> Self {
        Self {
            parts: vec![Arc::new(Mutex::new(limiter))],
            locking: vec![0],
        }
    }

    /// A limiter of all the parts of `limiters`, shared with them, in their order.
    ///
    /// # Errors
    ///
    /// [`RateLimitError::Parts`] when there are none or more than [`PARTS_MAX`],
    /// [`RateLimitError::Twice`] when a part would be charged twice.
    pub fn composite(limiters: &[&Self]) -> Result<Self, RateLimitError> {
        let shared = limiters.iter().flat_map(|limiter| &limiter.parts);
        let parts: Vec<_> = shared.cloned().collect();
        if parts.is_empty() || parts.len() > PARTS_MAX {
            return Err(RateLimitError::Parts {
                count: parts.len(),
                max: PARTS_MAX,
            });
        }
        let mut locking: Vec<usize> = (0..parts.len()).collect();
        locking.sort_by_key(|part| (Arc::as_ptr(&parts[*part]), *part));
        for pair in locking.windows(2) {
            if Arc::ptr_eq(&parts[pair[0]], &parts[pair[1]]) {
                return Err(RateLimitError::Twice {
                    first: pair[0],
                    second: pair[1],
                });
            }
        }
        Ok(Self { parts, locking })
    }

    /// Takes `tokens` of every part and returns zero; or takes nothing of any and returns the
    /// longest wait of a part, in nanoseconds.
    ///
    /// # Errors
    ///
    /// [`RateLimitError::NeverAdmits`] when a part never would, [`RateLimitError::Amounts`] when
    /// there is not one amount a part; then nothing is taken either.
    #[inline]
    pub fn acquire(
        &self,
        tokens: Tokens<'_>,
        now_ns: i64,
        priority: Priority,
    ) -> Result<u64, RateLimitError> {
        if let Tokens::Per(amounts) = tokens
            && amounts.len() != self.parts.len()
        {
            return Err(RateLimitError::Amounts {
                parts: self.parts.len(),
                given: amounts.len(),
            });
        }
        if let [part] = self.parts.as_slice() {
            return lock(part).acquire(tokens.of(0), now_ns, priority);
        }
        self.acquire_all(tokens, now_ns, priority)
    }

    fn acquire_all(
        &self,
        tokens: Tokens<'_>,
        now_ns: i64,
        priority: Priority,
    ) -> Result<u64, RateLimitError> {
        let mut held: [Option<MutexGuard<'_, Limiter>>; PARTS_MAX] = Default::default();
        let mut longest = 0;
        for (slot, part) in held.iter_mut().zip(&self.locking) {
            let limiter = slot.insert(lock(&self.parts[*part]));
            longest = longest.max(limiter.wait(tokens.of(*part), now_ns, priority)?);
        }
        if longest == 0 {
            for (limiter, part) in held.iter_mut().flatten().zip(&self.locking) {
                limiter.take(tokens.of(*part));
            }
        }
        Ok(longest)
    }

    /// The most tokens one request of this priority would be admitted with, of every part.
    pub fn available(&self, now_ns: i64, priority: Priority) -> u64 {
        let parts = self.parts.iter();
        parts
            .map(|part| lock(part).available(now_ns, priority))
            .min()
            .unwrap_or(0)
    }

    /// Takes over the used weight a venue reports; see [`super::Weighted::observe`].
    ///
    /// # Errors
    ///
    /// [`RateLimitError::NotWeighted`] for anything but a single weighted limit.
    pub fn observe(&self, used: u64, now_ns: i64) -> Result<(), RateLimitError> {
        let [part] = self.parts.as_slice() else {
            return Err(RateLimitError::NotWeighted("a composite"));
        };
        match &mut *lock(part) {
            Limiter::Weighted(weighted) => {
                weighted.observe(used, now_ns);
                Ok(())
            }
            other @ (Limiter::TokenBucket(_) | Limiter::SlidingWindow(_)) => {
                Err(RateLimitError::NotWeighted(other.kind()))
            }
        }
    }
}

/// The limiter inside. Nothing done under the lock can panic, so a poisoned one is still whole.
fn lock(part: &Mutex<Limiter>) -> MutexGuard<'_, Limiter> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Display for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [part] = self.parts.as_slice() {
            return write!(f, "RateLimiter.{}", lock(part));
        }
        f.write_str("RateLimiter.composite([")?;
        for (at, part) in self.parts.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}RateLimiter.{}", lock(part))?;
        }
        f.write_str("])")
    }
}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SlidingWindow, TokenBucket, Weighted};
    use super::*;

    fn weight(capacity: u64) -> RateLimiter {
        RateLimiter::single(Limiter::Weighted(Weighted::new(capacity, 60, 0).unwrap()))
    }

    fn window(capacity: u64) -> RateLimiter {
        let window = SlidingWindow::new(capacity, 10, 0).unwrap();
        RateLimiter::single(Limiter::SlidingWindow(window))
    }

    const NORMAL: Priority = Priority::Normal;

    #[test]
    fn charges_every_part_or_none() {
        let (ip, orders) = (weight(100), window(2));
        let place = RateLimiter::composite(&[&ip, &orders]).unwrap();
        assert_eq!(place.acquire(Tokens::Per(&[5, 1]), 0, NORMAL), Ok(0));
        assert_eq!(place.acquire(Tokens::Per(&[5, 1]), 1, NORMAL), Ok(0));
        assert_eq!(place.acquire(Tokens::Per(&[5, 1]), 2, NORMAL), Ok(8));
        assert_eq!(ip.available(2, NORMAL), 90);
        assert_eq!(orders.available(2, NORMAL), 0);
        assert_eq!(place.available(2, NORMAL), 0);
        assert_eq!(place.acquire(Tokens::Per(&[5, 1]), 10, NORMAL), Ok(0));
    }

    #[test]
    fn reports_the_longest_wait_of_a_part() {
        let place = RateLimiter::composite(&[&window(1), &weight(1), &window(1)]).unwrap();
        assert_eq!(place.acquire(Tokens::Each(1), 3, NORMAL), Ok(0));
        assert_eq!(place.acquire(Tokens::Each(1), 4, NORMAL), Ok(56));
        assert_eq!(place.acquire(Tokens::Each(1), 59, NORMAL), Ok(1));
        assert_eq!(place.acquire(Tokens::Each(1), 60, NORMAL), Ok(0));
    }

    #[test]
    fn parts_are_shared_with_the_limiters_they_came_from() {
        let ip = weight(10);
        let (a, b) = (window(10), window(10));
        let first = RateLimiter::composite(&[&ip, &a]).unwrap();
        let second = RateLimiter::composite(&[&b, &ip]).unwrap();
        assert_eq!(first.acquire(Tokens::Each(4), 0, NORMAL), Ok(0));
        assert_eq!(second.acquire(Tokens::Each(4), 0, NORMAL), Ok(0));
        assert_eq!(ip.available(0, NORMAL), 2);
        ip.observe(9, 1).unwrap();
        assert_eq!(first.acquire(Tokens::Each(2), 1, NORMAL), Ok(59));
        assert_eq!(a.available(1, NORMAL), 6);
    }

    #[test]
    fn a_request_no_part_could_admit_is_an_error_and_takes_nothing() {
        let (ip, orders) = (weight(100), window(2));
        let place = RateLimiter::composite(&[&ip, &orders]).unwrap();
        let refused = place.acquire(Tokens::Each(3), 0, NORMAL).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "request is larger than the limit ever admits: tokens=3, limit=2"
        );
        let refused = place.acquire(Tokens::Per(&[1]), 0, NORMAL).unwrap_err();
        assert!(
            refused.to_string().ends_with("each of the 2 limits: got 1"),
            "{refused}"
        );
        assert_eq!(
            (ip.available(0, NORMAL), orders.available(0, NORMAL)),
            (100, 2)
        );
    }

    #[test]
    fn refuses_composites_that_make_no_sense() {
        let ip = weight(1);
        let many: Vec<_> = (0..=PARTS_MAX).map(|_| weight(1)).collect();
        let nested = RateLimiter::composite(&[&ip, &window(1)]).unwrap();
        for (parts, said) in [
            (vec![], "1 to 8 limits: got 0"),
            (many.iter().collect(), "1 to 8 limits: got 9"),
            (vec![&ip, &many[0], &ip], "parts 0 and 2 are the same"),
            (vec![&nested, &ip], "parts 0 and 2 are the same"),
        ] {
            let refused = RateLimiter::composite(&parts).unwrap_err().to_string();
            assert!(refused.ends_with(said), "{refused}");
        }
    }

    #[test]
    fn only_a_single_weighted_limit_is_corrected_by_headers() {
        let bucket = TokenBucket::new(1, 1, 1, 0).unwrap();
        let bucket = RateLimiter::single(Limiter::TokenBucket(bucket));
        let both = RateLimiter::composite(&[&weight(1), &window(1)]).unwrap();
        for (limiter, said) in [
            (bucket, "this is token_bucket"),
            (window(1), "this is sliding_window"),
            (both, "this is a composite"),
        ] {
            let refused = limiter.observe(1, 0).unwrap_err().to_string();
            assert!(refused.ends_with(said), "{refused}");
        }
    }

    #[test]
    fn prints_as_the_calls_that_make_it() {
        let both = RateLimiter::composite(&[&weight(5), &window(1)]).unwrap();
        assert_eq!(
            format!("{both:?}"),
            "RateLimiter.composite([RateLimiter.weighted(capacity=5, period_ns=60, reserve=0), \
             RateLimiter.sliding_window(capacity=1, period_ns=10, reserve=0)])"
        );
    }
}
