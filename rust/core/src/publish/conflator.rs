//! One depth update instead of many, for a reader who takes them at his own pace.

use crate::market::Level;
use crate::publish::update::{DepthUpdate, Touch};

/// Merges consecutive depth updates of one symbol; of each level the last word counts.
#[derive(Clone, Debug, Default)]
pub struct Conflator {
    symbol: u32,
    /// `prev`, `first` and `last` of the merged update; `None` while there is none.
    ids: Option<[u64; 3]>,
    levels: Vec<Level>,
    room: Vec<Level>,
    touch: Option<Touch>,
    checksum: u32,
}

/// An update that does not continue the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "depth updates of one symbol follow each other: \
     {expected} was the last of symbol {symbol}, {got} comes before the next, of symbol {other}"
)]
pub struct GapError {
    /// Whose updates are merged.
    pub symbol: u32,
    /// Number of the last event contained.
    pub expected: u64,
    /// Whose update came.
    pub other: u32,
    /// Number of the last event before it.
    pub got: u64,
}

impl Conflator {
    /// Nothing to tell yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Merges `next` into what is to be told.
    ///
    /// # Errors
    ///
    /// [`GapError`] when updates are missing in between or it is another symbol's; what is to be
    /// told stays as it was.
    pub fn add(&mut self, next: &DepthUpdate<'_>) -> Result<(), GapError> {
        match &mut self.ids {
            None => {
                self.symbol = next.symbol;
                self.ids = Some([next.prev, next.first, next.last]);
            }
            Some([_, _, last]) if (self.symbol, *last) == (next.symbol, next.prev) => {
                *last = next.last;
            }
            Some([_, _, last]) => {
                return Err(GapError {
                    symbol: self.symbol,
                    expected: *last,
                    other: next.symbol,
                    got: next.prev,
                });
            }
        }
        self.merge(next.levels);
        self.touch = next.touch.or(self.touch);
        self.checksum = next.checksum;
        Ok(())
    }

    /// Tells what was merged since the last time and forgets it; nothing when nothing came.
    pub fn flush(&mut self, tell: impl FnOnce(&DepthUpdate<'_>)) {
        let Some([prev, first, last]) = self.ids.take() else {
            return;
        };
        tell(&DepthUpdate {
            symbol: self.symbol,
            prev,
            first,
            last,
            levels: &self.levels,
            touch: self.touch.take(),
            checksum: self.checksum,
        });
        self.levels.clear();
    }

    /// Merges two lists in order into one.
    fn merge(&mut self, newer: &[Level]) {
        let rank = |level: &Level| (level.side, -level.price.0 * level.side.sign());
        self.room.clear();
        let mut older = self.levels.iter().peekable();
        for level in newer {
            while let Some(before) = older.next_if(|old| rank(old) < rank(level)) {
                self.room.push(*before);
            }
            older.next_if(|old| rank(old) == rank(level));
            self.room.push(*level);
        }
        self.room.extend(older);
        std::mem::swap(&mut self.levels, &mut self.room);
    }
}
