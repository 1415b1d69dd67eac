//! `capacity` in every window of a period, exactly.

use std::collections::VecDeque;
use std::fmt;

use super::limiter::{Budget, Priority, RateLimitError};

/// The largest capacity: 16 bytes an entry make this 16 MiB at worst.
pub const CAPACITY_MAX: u64 = 1 << 20;

/// Admits at most `capacity` tokens in any `period_ns` consecutive nanoseconds.
///
/// It remembers each admission until it has left the window; memory grows with the requests in a
/// window and never beyond `capacity` entries.
#[derive(Clone, Debug)]
pub struct SlidingWindow {
    budget: Budget,
    period_ns: u64,
    /// `(when, tokens)`, oldest first, all within the window that ends at `updated_ns`.
    admitted: VecDeque<(i64, u64)>,
    used: u64,
    updated_ns: i64,
}

impl SlidingWindow {
    /// An empty window, of which `reserve` tokens are for [`Priority::Reserved`] only.
    ///
    /// # Errors
    ///
    /// [`RateLimitError`] when a number is zero, the reserve is not below the capacity, or the
    /// capacity is above [`CAPACITY_MAX`].
    pub fn new(capacity: u64, period_ns: u64, reserve: u64) -> Result<Self, RateLimitError> {
        let budget = Budget::new(capacity, period_ns, reserve)?;
        if capacity > CAPACITY_MAX {
            return Err(RateLimitError::WindowTooLarge {
                capacity,
                max: CAPACITY_MAX,
            });
        }
        Ok(Self {
            budget,
            period_ns,
            admitted: VecDeque::new(),
            used: 0,
            updated_ns: i64::MIN,
        })
    }

    #[inline]
    fn advance(&mut self, now_ns: i64) {
        self.updated_ns = self.updated_ns.max(now_ns);
        while let Some((at, tokens)) = self.admitted.front() {
            if self.updated_ns.abs_diff(*at) < self.period_ns {
                break;
            }
            self.used -= tokens;
            self.admitted.pop_front();
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
        let limit = self.budget.limit(priority);
        let mut excess = (self.used + tokens).saturating_sub(limit);
        if excess == 0 || tokens == 0 {
            return Ok(0);
        }
        let mut wait = 0;
        for (at, tokens) in &self.admitted {
            let inside = self.period_ns - self.updated_ns.abs_diff(*at);
            wait = inside.saturating_add(self.updated_ns.abs_diff(now_ns));
            excess = excess.saturating_sub(*tokens);
            if excess == 0 {
                break;
            }
        }
        Ok(wait)
    }

    #[inline]
    pub(super) fn take(&mut self, tokens: u64) {
        if tokens == 0 {
            return;
        }
        self.used += tokens;
        match self.admitted.back_mut() {
            Some((at, together)) if *at == self.updated_ns => *together += tokens,
            _ => self.admitted.push_back((self.updated_ns, tokens)),
        }
    }

    pub(super) fn available(&mut self, now_ns: i64, priority: Priority) -> u64 {
        self.advance(now_ns);
        self.budget.limit(priority).saturating_sub(self.used)
    }
}

impl fmt::Display for SlidingWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "sliding_window(capacity={}, period_ns={}, reserve={})",
            self.budget.capacity, self.period_ns, self.budget.reserve
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acquire(window: &mut SlidingWindow, tokens: u64, now_ns: i64, priority: Priority) -> u64 {
        let wait = window.wait(tokens, now_ns, priority).unwrap();
        if wait == 0 {
            window.take(tokens);
        }
        wait
    }

    #[test]
    fn a_place_is_free_again_exactly_one_period_later() {
        let mut window = SlidingWindow::new(3, 100, 0).unwrap();
        assert_eq!(acquire(&mut window, 1, 0, Priority::Normal), 0);
        assert_eq!(acquire(&mut window, 2, 40, Priority::Normal), 0);
        assert_eq!(acquire(&mut window, 1, 99, Priority::Normal), 1);
        assert_eq!(acquire(&mut window, 2, 99, Priority::Normal), 41);
        assert_eq!(acquire(&mut window, 1, 100, Priority::Normal), 0);
        assert_eq!(acquire(&mut window, 2, 140, Priority::Normal), 0);
    }

    #[test]
    fn memory_is_bounded_by_what_was_admitted() {
        let mut window = SlidingWindow::new(5, 1_000_000, 0).unwrap();
        for now in 0..10_000 {
            acquire(&mut window, 1, now / 3, Priority::Normal);
        }
        assert_eq!(window.admitted.len(), 2);
        assert_eq!(acquire(&mut window, 5, 1_000_001, Priority::Normal), 0);
        assert_eq!(window.admitted.len(), 1);
        let refused = SlidingWindow::new(CAPACITY_MAX + 1, 1, 0).unwrap_err();
        assert!(refused.to_string().contains("at most 1048576"), "{refused}");
    }

    #[test]
    fn normal_requests_wait_until_more_than_the_reserve_is_free() {
        let mut window = SlidingWindow::new(5, 100, 2).unwrap();
        assert_eq!(acquire(&mut window, 3, 0, Priority::Normal), 0);
        assert_eq!(acquire(&mut window, 1, 10, Priority::Normal), 90);
        assert_eq!(acquire(&mut window, 2, 10, Priority::Reserved), 0);
        assert_eq!(acquire(&mut window, 2, 10, Priority::Normal), 100);
        assert_eq!(window.available(10, Priority::Reserved), 0);
        assert_eq!(window.available(100, Priority::Normal), 1);
    }
}
