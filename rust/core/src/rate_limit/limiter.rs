//! One limit of any kind, and the words all kinds share.

use std::fmt;

use super::{SlidingWindow, TokenBucket, Weighted};

/// Whether a request may use what is kept in reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Leaves the reserve untouched.
    Normal,
    /// May use all of it: cancels, and whatever else must get through.
    Reserved,
}

/// A limit that cannot exist, or a request it could never admit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateLimitError {
    /// Nothing would ever be admitted, or everything at once.
    #[error(
        "rate limit needs capacity ≥ 1 and period ≥ 1 ns: \
         capacity={capacity}, period_ns={period_ns}"
    )]
    Empty {
        /// What was given.
        capacity: u64,
        /// What was given.
        period_ns: u64,
    },
    /// Nothing would flow in.
    #[error("rate limit needs refill ≥ 1 token a period: refill={0}")]
    NoRefill(u64),
    /// Nothing would be left for normal requests.
    #[error("reserve must be below capacity: reserve={reserve}, capacity={capacity}")]
    Reserve {
        /// What was given.
        reserve: u64,
        /// What was given.
        capacity: u64,
    },
    /// The time from empty to full cannot be counted.
    #[error(
        "bucket must fill within 2^63 ns: \
         capacity={capacity}, refill={refill}, period_ns={period_ns}"
    )]
    TooSlow {
        /// What was given.
        capacity: u64,
        /// What was given.
        refill: u64,
        /// What was given.
        period_ns: u64,
    },
    /// An exact window would need more memory than is allowed.
    #[error(
        "sliding window keeps an entry a request, so capacity must be at most {max}: \
         capacity={capacity}; a token bucket or a weighted limit keeps none"
    )]
    WindowTooLarge {
        /// What was given.
        capacity: u64,
        /// The most that is allowed.
        max: u64,
    },
    /// No wait would admit the request.
    #[error("request is larger than the limit ever admits: tokens={tokens}, limit={limit}")]
    NeverAdmits {
        /// What was asked for.
        tokens: u64,
        /// Capacity, less the reserve for a normal request.
        limit: u64,
    },
    /// Only a weighted limit is corrected by what a venue reports.
    #[error("used weight can be observed by a single weighted limit only: this is {0}")]
    NotWeighted(&'static str),
    /// A composite without parts, or with more than are allowed.
    #[error("composite needs 1 to {max} limits: got {count}")]
    Parts {
        /// What was given.
        count: usize,
        /// The most that is allowed.
        max: usize,
    },
    /// A limit that would be charged twice.
    #[error("a limit may stand once in a composite: parts {first} and {second} are the same")]
    Twice {
        /// Its place.
        first: usize,
        /// Its other place.
        second: usize,
    },
    /// Amounts for another number of limits.
    #[error("tokens must be one number, or one for each of the {parts} limits: got {given}")]
    Amounts {
        /// How many limits there are.
        parts: usize,
        /// How many amounts were given.
        given: usize,
    },
}

/// How much may be admitted, and how much of it only to [`Priority::Reserved`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub(super) capacity: u64,
    pub(super) reserve: u64,
}

impl Budget {
    pub(super) fn new(capacity: u64, period_ns: u64, reserve: u64) -> Result<Self, RateLimitError> {
        if capacity == 0 || period_ns == 0 {
            return Err(RateLimitError::Empty {
                capacity,
                period_ns,
            });
        }
        if reserve >= capacity {
            return Err(RateLimitError::Reserve { reserve, capacity });
        }
        Ok(Self { capacity, reserve })
    }

    /// What must stay untouched by a request of this priority.
    #[inline]
    pub(super) const fn floor(self, priority: Priority) -> u64 {
        match priority {
            Priority::Normal => self.reserve,
            Priority::Reserved => 0,
        }
    }

    /// The most that requests of this priority may use.
    #[inline]
    pub(super) const fn limit(self, priority: Priority) -> u64 {
        self.capacity - self.floor(priority)
    }

    #[inline]
    pub(super) const fn check(self, tokens: u64, priority: Priority) -> Result<(), RateLimitError> {
        let limit = self.limit(priority);
        if tokens > limit {
            return Err(RateLimitError::NeverAdmits { tokens, limit });
        }
        Ok(())
    }
}

/// A limit of any kind.
#[derive(Clone, Debug)]
pub enum Limiter {
    /// See [`TokenBucket`].
    TokenBucket(TokenBucket),
    /// See [`SlidingWindow`].
    SlidingWindow(SlidingWindow),
    /// See [`Weighted`].
    Weighted(Weighted),
}

impl Limiter {
    /// Nanoseconds from `now_ns` until `tokens` are admitted, zero for now; takes nothing.
    ///
    /// # Errors
    ///
    /// [`RateLimitError::NeverAdmits`] when no wait would do.
    #[inline]
    pub fn wait(
        &mut self,
        tokens: u64,
        now_ns: i64,
        priority: Priority,
    ) -> Result<u64, RateLimitError> {
        match self {
            Self::TokenBucket(bucket) => bucket.wait(tokens, now_ns, priority),
            Self::SlidingWindow(window) => window.wait(tokens, now_ns, priority),
            Self::Weighted(weighted) => weighted.wait(tokens, now_ns, priority),
        }
    }

    /// Takes what [`Limiter::wait`] has just admitted.
    #[inline]
    pub(super) fn take(&mut self, tokens: u64) {
        match self {
            Self::TokenBucket(bucket) => bucket.take(tokens),
            Self::SlidingWindow(window) => window.take(tokens),
            Self::Weighted(weighted) => weighted.take(tokens),
        }
    }

    /// Takes `tokens` and returns zero, or takes nothing and returns the nanoseconds to wait.
    ///
    /// # Errors
    ///
    /// [`RateLimitError::NeverAdmits`] when no wait would do.
    #[inline]
    pub fn acquire(
        &mut self,
        tokens: u64,
        now_ns: i64,
        priority: Priority,
    ) -> Result<u64, RateLimitError> {
        let wait = self.wait(tokens, now_ns, priority)?;
        if wait == 0 {
            self.take(tokens);
        }
        Ok(wait)
    }

    /// The most tokens one request of this priority would be admitted with.
    pub fn available(&mut self, now_ns: i64, priority: Priority) -> u64 {
        match self {
            Self::TokenBucket(bucket) => bucket.available(now_ns, priority),
            Self::SlidingWindow(window) => window.available(now_ns, priority),
            Self::Weighted(weighted) => weighted.available(now_ns, priority),
        }
    }

    /// The kind's name, as in the constructors.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::TokenBucket(_) => "token_bucket",
            Self::SlidingWindow(_) => "sliding_window",
            Self::Weighted(_) => "weighted",
        }
    }
}

impl fmt::Display for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TokenBucket(bucket) => bucket.fmt(f),
            Self::SlidingWindow(window) => window.fmt(f),
            Self::Weighted(weighted) => weighted.fmt(f),
        }
    }
}
