//! Nonces that were used, for as long as a request with one could come again.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher as _, RandomState};

const SECOND: i64 = 1_000_000_000;

/// Which nonces each key used.
///
/// A request is good for a few seconds around its time, so a nonce is forgotten behind them. When
/// there is no room nothing is forgotten and the request is refused.
pub(crate) struct Nonces {
    window_ns: i64,
    /// Requests signed before this may have been used on a server before this one.
    opened_ns: i64,
    entries_max: usize,
    per_key_max: usize,
    /// Nonces by a number drawn from key and text: two that share one by chance cost a refusal.
    used: HashSet<u64>,
    /// The same by the second they are forgotten in, with their key.
    ending: VecDeque<(i64, Vec<(u64, u64)>)>,
    counts: HashMap<u64, usize>,
    numbers: RandomState,
}

/// Why a request's time or nonce is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stale {
    /// Too long ago, or ahead.
    Time,
    /// It was used.
    Used,
    /// There is no room to remember it.
    Full,
}

impl Nonces {
    pub(crate) fn new(window_ns: i64, opened_ns: i64) -> Self {
        Self {
            window_ns,
            opened_ns,
            entries_max: 1_000_000,
            per_key_max: 200_000,
            used: HashSet::new(),
            ending: VecDeque::new(),
            counts: HashMap::new(),
            numbers: RandomState::new(),
        }
    }

    /// Takes a nonce that was never used with this key, of a request signed at `at_ns`.
    pub(crate) fn admit(
        &mut self,
        key: &str,
        nonce: &str,
        at_ns: i64,
        now_ns: i64,
    ) -> Result<(), Stale> {
        let is_near = at_ns.abs_diff(now_ns) <= self.window_ns.unsigned_abs();
        if !is_near || at_ns < self.opened_ns {
            return Err(Stale::Time);
        }
        self.forget(now_ns);
        let owner = self.numbers.hash_one(key);
        let number = self.numbers.hash_one((owner, nonce));
        if self.used.contains(&number) {
            return Err(Stale::Used);
        }
        let count = self.counts.entry(owner).or_default();
        if *count >= self.per_key_max || self.used.len() >= self.entries_max {
            return Err(Stale::Full);
        }
        *count += 1;
        self.used.insert(number);
        let ends = (at_ns + self.window_ns) / SECOND + 1;
        self.note(ends, (owner, number));
        Ok(())
    }

    fn note(&mut self, ends: i64, entry: (u64, u64)) {
        let place = self.ending.partition_point(|(second, _)| *second < ends);
        match self.ending.get_mut(place) {
            Some((second, entries)) if *second == ends => entries.push(entry),
            _ => self.ending.insert(place, (ends, vec![entry])),
        }
    }

    /// Drops what no request can come with any more.
    fn forget(&mut self, now_ns: i64) {
        let now = now_ns / SECOND;
        while self.ending.front().is_some_and(|(second, _)| *second < now)
            && let Some((_, entries)) = self.ending.pop_front()
        {
            for (owner, number) in entries {
                self.used.remove(&number);
                if let Some(count) = self.counts.get_mut(&owner) {
                    *count -= 1;
                    if *count == 0 {
                        self.counts.remove(&owner);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: i64 = 5 * SECOND;

    #[test]
    fn a_nonce_is_used_once_while_its_request_is_good() {
        let mut nonces = Nonces::new(WINDOW, 0);
        let at = 100 * SECOND;
        assert_eq!(nonces.admit("a", "n", at, at), Ok(()));
        assert_eq!(nonces.admit("a", "n", at, at), Err(Stale::Used));
        assert_eq!(nonces.admit("a", "n", at + SECOND, at), Err(Stale::Used));
        assert_eq!(nonces.admit("b", "n", at, at), Ok(()));
        assert_eq!(nonces.admit("a", "n", at, at + WINDOW), Err(Stale::Used));
        let later = at + WINDOW + 2 * SECOND;
        assert_eq!(nonces.admit("a", "n", later, later), Ok(()));
        assert_eq!(nonces.used.len(), 1, "what is past is forgotten");
        assert_eq!(nonces.counts.len(), 1);
    }

    #[test]
    fn a_time_outside_the_window_or_before_the_start_is_refused() {
        let mut nonces = Nonces::new(WINDOW, 99 * SECOND);
        let now = 100 * SECOND;
        for at in [now - WINDOW - 1, now + WINDOW + 1, 99 * SECOND - 1] {
            assert_eq!(nonces.admit("a", "n", at, now), Err(Stale::Time));
        }
        assert_eq!(nonces.admit("a", "n", now + WINDOW, now), Ok(()));
    }

    #[test]
    fn when_there_is_no_room_nothing_is_forgotten() {
        let mut nonces = Nonces::new(WINDOW, 0);
        nonces.per_key_max = 2;
        nonces.entries_max = 3;
        let now = 100 * SECOND;
        assert_eq!(nonces.admit("a", "1", now, now), Ok(()));
        assert_eq!(nonces.admit("a", "2", now, now), Ok(()));
        assert_eq!(nonces.admit("a", "3", now, now), Err(Stale::Full));
        assert_eq!(nonces.admit("b", "1", now, now), Ok(()));
        assert_eq!(nonces.admit("c", "1", now, now), Err(Stale::Full));
        assert_eq!(nonces.admit("a", "1", now, now), Err(Stale::Used));
    }
}
