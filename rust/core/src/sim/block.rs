//! A stretch of a recording, decoded once for many simulations.

use std::sync::Arc;

use crate::market::{
    EventSource, Level, MarketEvent, OrderFact, SourceError, Stamped, StampedAside,
};

/// Messages of a block: with their levels they stay in the cache of one core.
const MESSAGES: usize = 2048;

#[derive(Clone, Debug)]
struct Decoded {
    ts_event_ns: i64,
    ts_recv_ns: i64,
    /// Without its levels.
    head: MarketEvent<'static>,
    /// Where its levels end; they begin where those before end.
    levels_end: usize,
    /// Likewise of what became of orders.
    facts_end: usize,
}

/// Decoded messages and, in their places, the records that could not be decoded.
#[derive(Debug, Default)]
pub struct Block {
    items: Vec<Result<Decoded, SourceError>>,
    levels: Vec<Level>,
    facts: Vec<OrderFact>,
    /// What was said beside the book before the item of this number.
    asides: Vec<(usize, StampedAside)>,
    /// Where the record of each item stands.
    places: Vec<(u64, u64)>,
    knows_orders: bool,
    is_last: bool,
}

impl Block {
    /// Replaces the block by the next of `source`; whether it is the last.
    pub fn fill<S: EventSource>(&mut self, source: &mut S) -> bool {
        self.items.clear();
        self.levels.clear();
        self.facts.clear();
        self.places.clear();
        self.asides.clear();
        self.is_last = false;
        while self.items.len() < MESSAGES {
            match source.next_event() {
                Ok(Some(stamped)) => {
                    let mut decoded = self.decoded(&stamped);
                    if let Some(facts) = source.facts() {
                        self.knows_orders = true;
                        self.facts.extend_from_slice(facts);
                        decoded.facts_end = self.facts.len();
                    }
                    self.items.push(Ok(decoded));
                    self.places.push(source.place());
                }
                Ok(None) => {
                    self.is_last = true;
                    break;
                }
                Err(error) => {
                    self.places.push((error.record, error.offset));
                    self.items.push(Err(error));
                }
            }
            self.hear(source);
        }
        self.hear(source);
        self.is_last
    }

    /// Keeps what was said beside the book before the last item.
    #[inline]
    fn hear<S: EventSource>(&mut self, source: &mut S) {
        while let Some(aside) = source.next_aside() {
            let last = self.items.len() + usize::from(self.is_last);
            self.asides.push((last, aside));
        }
    }

    fn decoded(&mut self, stamped: &Stamped<'_>) -> Decoded {
        let (head, levels) = stamped.event.split();
        self.levels.extend_from_slice(levels);
        Decoded {
            ts_event_ns: stamped.ts_event_ns,
            ts_recv_ns: stamped.ts_recv_ns,
            head,
            levels_end: self.levels.len(),
            facts_end: 0,
        }
    }
}

/// Reads blocks one after the other; between two of them it waits.
#[derive(Debug, Default)]
pub struct Blocks {
    block: Arc<Block>,
    at: usize,
    levels_at: usize,
    facts_at: usize,
    facts_end: usize,
    asides_at: usize,
    is_over: bool,
}

impl Blocks {
    /// Goes on with `block`.
    pub fn read(&mut self, block: &Arc<Block>) {
        *self = Self {
            block: Arc::clone(block),
            ..Self::default()
        };
    }
}

impl EventSource for Blocks {
    #[inline]
    fn next_event(&mut self) -> Result<Option<Stamped<'_>>, SourceError> {
        let Some(item) = self.block.items.get(self.at) else {
            self.is_over = self.block.is_last;
            return Ok(None);
        };
        self.at += 1;
        let decoded = item.as_ref().map_err(Clone::clone)?;
        let levels = &self.block.levels[self.levels_at..decoded.levels_end];
        self.levels_at = decoded.levels_end;
        (self.facts_at, self.facts_end) = (self.facts_end, decoded.facts_end);
        Ok(Some(Stamped {
            ts_event_ns: decoded.ts_event_ns,
            ts_recv_ns: decoded.ts_recv_ns,
            event: decoded.head.with_levels(levels),
        }))
    }

    #[inline]
    fn next_aside(&mut self) -> Option<StampedAside> {
        let (before, aside) = self.block.asides.get(self.asides_at)?;
        let read = self.at + usize::from(self.is_over);
        (*before <= read).then(|| {
            self.asides_at += 1;
            aside.clone()
        })
    }

    fn place(&self) -> (u64, u64) {
        let last = self.at.checked_sub(1);
        let place = last.and_then(|at| self.block.places.get(at));
        place.copied().unwrap_or_default()
    }

    #[inline]
    fn facts(&self) -> Option<&[OrderFact]> {
        self.block
            .knows_orders
            .then(|| &self.block.facts[self.facts_at..self.facts_end])
    }

    #[inline]
    fn is_waiting(&self) -> bool {
        self.at == self.block.items.len() && !self.block.is_last
    }
}
