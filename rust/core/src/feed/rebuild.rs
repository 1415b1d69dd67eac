//! A recording played into a book: what happened on the way, and what the venue says of its touch.

use std::collections::VecDeque;

use crate::market::{EventSource, MarketEvent, SourceError};
use crate::mirror::{Book, DepthSync, Outcome};
use crate::units::{Lots, Ticks};

/// Quotes kept until the book reaches their update; beyond it the oldest goes uncompared.
const QUOTES_MAX: usize = 1 << 16;
/// Gaps and disagreements kept in full; more are only counted.
pub const FINDINGS_MAX: usize = 100;

/// What was read and what became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages of all kinds.
    pub events: u64,
    /// Snapshots.
    pub snapshots: u64,
    /// Depth deltas.
    pub depths: u64,
    /// Trades.
    pub trades: u64,
    /// Quotes.
    pub quotes: u64,
    /// Levels in all snapshots and deltas.
    pub levels: u64,
    /// Deltas that waited for a snapshot.
    pub buffered: u64,
    /// Snapshots and deltas that the book already had.
    pub ignored: u64,
    /// Times that updates were missing.
    pub gaps: u64,
    /// Quotes of the very update at which the book stood.
    pub compared: u64,
    /// Those of them that name the book's touch.
    pub agreed: u64,
    /// Messages after which the best bid was at or above the best ask.
    pub crossed: u64,
}

/// Missing updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Number of the message, from 1.
    pub event: u64,
    /// The update that had to come.
    pub expected: u64,
    /// The one that came.
    pub got: u64,
}

/// A quote, or the touch of a book: best bid and best ask, each with its quantity.
pub type Touch = (Option<(Ticks, Lots)>, Option<(Ticks, Lots)>);

/// A quote that is not the book's touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// Number of the message at which it was found, from 1.
    pub event: u64,
    /// The update of both.
    pub id: u64,
    /// What the quote says.
    pub quoted: Touch,
    /// What the book says.
    pub book: Touch,
}

/// Plays a source into a book.
pub struct Rebuild<S> {
    source: S,
    book: Book,
    sync: DepthSync,
    tally: Tally,
    gaps: Vec<Gap>,
    disagreements: Vec<Disagreement>,
    quotes: VecDeque<(u64, Touch)>,
}

impl<S: EventSource> Rebuild<S> {
    /// An empty book before the first message of `source`.
    pub fn new(source: S) -> Self {
        Self {
            source,
            book: Book::new(),
            sync: DepthSync::new(),
            tally: Tally::default(),
            gaps: Vec::new(),
            disagreements: Vec::new(),
            quotes: VecDeque::new(),
        }
    }

    /// Takes one message; `false` at the end.
    ///
    /// # Errors
    ///
    /// [`SourceError`] for a record that cannot be read; the next call goes on after it.
    #[inline]
    pub fn step(&mut self) -> Result<bool, SourceError> {
        let Some(stamped) = self.source.next_event()? else {
            return Ok(false);
        };
        self.tally.events += 1;
        count(&mut self.tally, &stamped.event);
        if let MarketEvent::Quote {
            id,
            bid,
            bid_qty,
            ask,
            ask_qty,
        } = stamped.event
        {
            let side = |price, qty: Lots| (qty.0 > 0).then_some((price, qty));
            self.take_quote(id, (side(bid, bid_qty), side(ask, ask_qty)));
            return Ok(true);
        }
        match self.sync.apply(&mut self.book, &stamped.event) {
            Some(Outcome::Applied) => self.book_moved(),
            Some(Outcome::Buffered) => self.tally.buffered += 1,
            Some(Outcome::Ignored) => self.tally.ignored += 1,
            Some(Outcome::Gap { expected, got }) => {
                self.tally.gaps += 1;
                if self.gaps.len() < FINDINGS_MAX {
                    self.gaps.push(Gap {
                        event: self.tally.events,
                        expected,
                        got,
                    });
                }
            }
            None => {}
        }
        Ok(true)
    }

    fn take_quote(&mut self, id: u64, quoted: Touch) {
        match self.sync.last_id() {
            Some(last) if id < last => {}
            Some(last) if id == last => self.compare(id, quoted),
            Some(_) | None => {
                if self.quotes.len() == QUOTES_MAX {
                    self.quotes.pop_front();
                }
                self.quotes.push_back((id, quoted));
            }
        }
    }

    fn book_moved(&mut self) {
        self.tally.crossed += u64::from(self.book.is_crossed());
        let Some(last) = self.sync.last_id() else {
            return;
        };
        while let Some(&(id, quoted)) = self.quotes.front()
            && id <= last
        {
            self.quotes.pop_front();
            if id == last {
                self.compare(id, quoted);
            }
        }
    }

    fn compare(&mut self, id: u64, quoted: Touch) {
        let book = (self.book.best_bid(), self.book.best_ask());
        self.tally.compared += 1;
        if book == quoted {
            self.tally.agreed += 1;
        } else if self.disagreements.len() < FINDINGS_MAX {
            self.disagreements.push(Disagreement {
                event: self.tally.events,
                id,
                quoted,
                book,
            });
        }
    }

    /// Where the messages come from.
    pub const fn source(&self) -> &S {
        &self.source
    }

    /// The book after the last message taken.
    pub const fn book(&self) -> &Book {
        &self.book
    }

    /// The last update the book contains; `None` while it waits for a snapshot.
    pub const fn last_id(&self) -> Option<u64> {
        self.sync.last_id()
    }

    /// Counts so far.
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The first gaps.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// The first quotes that did not agree.
    pub fn disagreements(&self) -> &[Disagreement] {
        &self.disagreements
    }
}

fn count(tally: &mut Tally, event: &MarketEvent<'_>) {
    match event {
        MarketEvent::Snapshot { levels, .. } => {
            tally.snapshots += 1;
            tally.levels += levels.len() as u64;
        }
        MarketEvent::Depth { levels, .. } => {
            tally.depths += 1;
            tally.levels += levels.len() as u64;
        }
        MarketEvent::Trade { .. } => tally.trades += 1,
        MarketEvent::Quote { .. } => tally.quotes += 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{Level, Stamped};
    use crate::units::Side;

    /// A script of messages; each delta sets the only bid.
    struct Script {
        left: VecDeque<(char, u64, i64)>,
        levels: [Level; 2],
    }

    impl EventSource for Script {
        fn next_event(&mut self) -> Result<Option<Stamped<'_>>, SourceError> {
            let Some((kind, id, qty)) = self.left.pop_front() else {
                return Ok(None);
            };
            self.levels[0].qty = Lots(qty);
            let event = match kind {
                's' => MarketEvent::Snapshot {
                    last_id: id,
                    levels: &self.levels,
                },
                'd' => MarketEvent::Depth {
                    first_id: id,
                    last_id: id,
                    prev_id: None,
                    levels: &self.levels[..1],
                },
                _ => MarketEvent::Quote {
                    id,
                    bid: Ticks(10),
                    bid_qty: Lots(qty),
                    ask: Ticks(11),
                    ask_qty: Lots(1),
                },
            };
            Ok(Some(Stamped {
                ts_event_ns: 0,
                ts_recv_ns: 0,
                event,
            }))
        }
    }

    fn rebuilt(script: &[(char, u64, i64)]) -> Rebuild<Script> {
        let level = |side, price| Level {
            side,
            price: Ticks(price),
            qty: Lots(1),
        };
        let mut rebuild = Rebuild::new(Script {
            left: script.iter().copied().collect(),
            levels: [level(Side::Buy, 10), level(Side::Sell, 11)],
        });
        while rebuild.step().unwrap() {}
        rebuild
    }

    #[test]
    fn a_quote_is_compared_at_its_own_update_whichever_comes_first() {
        let rebuild = rebuilt(&[
            ('q', 3, 7), // before the snapshot has it: too old to compare
            ('q', 6, 9), // before its delta
            ('s', 5, 1),
            ('q', 4, 8), // the book is past it
            ('d', 6, 9),
            ('q', 6, 9), // after its delta
            ('q', 7, 5), // before its delta, and wrong
            ('d', 7, 4),
        ]);
        let tally = rebuild.tally();
        assert_eq!((tally.quotes, tally.compared, tally.agreed), (5, 3, 2));
        let [wrong] = rebuild.disagreements() else {
            panic!("{:?}", rebuild.disagreements());
        };
        assert_eq!((wrong.event, wrong.id), (8, 7));
        assert_eq!(wrong.quoted.0, Some((Ticks(10), Lots(5))));
        assert_eq!(wrong.book.0, Some((Ticks(10), Lots(4))));
    }

    #[test]
    fn gaps_are_told_with_the_message_that_showed_them() {
        let rebuild = rebuilt(&[
            ('s', 5, 1),
            ('d', 6, 2),
            ('d', 8, 3),
            ('d', 9, 4),
            ('s', 8, 9),
        ]);
        assert_eq!(
            rebuild.gaps(),
            [Gap {
                event: 3,
                expected: 7,
                got: 8
            }]
        );
        assert_eq!((rebuild.tally().buffered, rebuild.last_id()), (1, Some(9)));
        assert_eq!(rebuild.book().best_bid(), Some((Ticks(10), Lots(4))));
        assert!(!rebuild.book().is_stale());
    }
}
