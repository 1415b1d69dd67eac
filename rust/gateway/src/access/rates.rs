//! How many requests a user may send.

use std::collections::HashMap;

use tradecore_core::rate_limit::{Limiter, Priority, RateLimitError, TokenBucket};

const SECOND: u64 = 1_000_000_000;
const MILLISECOND: u64 = 1_000_000;

/// A burst, then so many a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// At once, after a pause.
    pub burst: u64,
    /// In each second.
    pub per_second: u64,
}

impl Rate {
    /// The limit of one user: an eighth of the burst is for cancels alone.
    fn bucket(self) -> Result<Limiter, RateLimitError> {
        let bucket = TokenBucket::new(self.burst, self.per_second, SECOND, self.burst / 8)?;
        Ok(Limiter::TokenBucket(bucket))
    }
}

/// When a request would be admitted, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait(pub(crate) u32);

/// The limits of every user who sent something.
pub(crate) struct Rates {
    /// The usual one and the higher, untouched.
    blank: [Limiter; 2],
    users: HashMap<Box<str>, [Limiter; 2]>,
}

impl Rates {
    /// Of `usual` users, and of those who may send more.
    ///
    /// # Errors
    ///
    /// [`RateLimitError`] where a rate can be none.
    pub(crate) fn new(usual: Rate, high: Rate) -> Result<Self, RateLimitError> {
        Ok(Self {
            blank: [usual.bucket()?, high.bucket()?],
            users: HashMap::new(),
        })
    }

    /// Takes one request of a user; a cancel may use what is kept back for cancels.
    pub(crate) fn admit(
        &mut self,
        user: &str,
        is_high: bool,
        is_cancel: bool,
        now_ns: i64,
    ) -> Result<(), Wait> {
        let limiters = match self.users.get_mut(user) {
            Some(limiters) => limiters,
            None => self
                .users
                .entry(user.into())
                .or_insert_with(|| self.blank.clone()),
        };
        let limiter = &mut limiters[usize::from(is_high)];
        let priority = if is_cancel {
            Priority::Reserved
        } else {
            Priority::Normal
        };
        match limiter.acquire(1, now_ns, priority) {
            Ok(0) => Ok(()),
            Ok(wait_ns) => {
                let ms = u32::try_from(wait_ns.div_ceil(MILLISECOND));
                Err(Wait(ms.unwrap_or(u32::MAX)))
            }
            // A limit below one request admits none.
            Err(_) => Err(Wait(u32::MAX)),
        }
    }
}
