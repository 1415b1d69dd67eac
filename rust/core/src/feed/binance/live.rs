//! Frames of one connection as they come, for the books of many symbols.

use std::ops::DerefMut;

use super::super::json::{Json, Wrong, unescape};
use super::decoder::{Head, Kind, Skipped};
use super::frame::Frame;
use super::line::Line;
use super::received::{LiveTally, NameError, Print, Received, Touch};
use super::route::{self, Names, Router};
use crate::instrument::Instrument;
use crate::market::MarketEvent;
use crate::mirror::{Book, Outcome, UpdateIds};
use crate::wire::BookUpdate;

/// Whose frame it was and what it says, or what became of it without.
type Read = Result<(usize, Head), Received>;

/// Decodes the frames of one connection and keeps the books of its symbols in order.
///
/// The books belong to the caller, by the place of their instrument. A chained venue (USDⓈ-M,
/// COIN-M) names the delta before (`pu`), another (spot) counts its updates without a gap.
///
/// Sources: Binance, *How to manage a local order book correctly*, spot and USDⓈ-M editions.
#[derive(Debug)]
pub struct LiveFeed {
    chained: bool,
    names: Names,
    lines: Vec<Line>,
    place: Option<usize>,
    ts_event_ns: i64,
    trade: Option<Print>,
    quote: Option<Touch>,
    error: Option<String>,
    tally: LiveTally,
}

impl LiveFeed {
    /// Waits for a snapshot of each instrument. Frames are matched by its symbol without a venue
    /// prefix (`BINANCE:BTCUSDT` is `BTCUSDT`), whichever case they write it in.
    ///
    /// # Errors
    ///
    /// [`NameError`] where two instruments have one name.
    pub fn new<'a>(
        instruments: impl IntoIterator<Item = &'a Instrument>,
        chained: bool,
    ) -> Result<Self, NameError> {
        let (mut names, mut lines) = (Names::default(), Vec::new());
        for instrument in instruments {
            let line = Line::new(instrument);
            if !names.add(line.decoder.name().as_bytes(), lines.len()) {
                let symbol = instrument.symbol().to_owned();
                return Err(NameError { symbol });
            }
            lines.push(line);
        }
        Ok(Self {
            chained,
            names,
            lines,
            place: None,
            ts_event_ns: 0,
            trade: None,
            quote: None,
            error: None,
            tally: LiveTally::default(),
        })
    }

    /// Takes a frame. `book` gives the book of an instrument by its place, where one changes.
    #[inline]
    pub fn receive<B: DerefMut<Target = Book>>(
        &mut self,
        frame: &[u8],
        ts_recv_ns: i64,
        book: impl FnOnce(usize) -> B,
    ) -> Received {
        self.error = None;
        let read = match self.read_once(frame) {
            Some(read) => read,
            None if frame.contains(&b'\n') => self.read_twice(&in_one_line(frame)),
            None => self.read_twice(frame),
        };
        let received = match read {
            Ok((place, head)) => self.take(place, &head, ts_recv_ns, book),
            Err(received) => received,
        };
        self.tally.received[received as usize] += 1;
        received
    }

    /// Reads a frame that names its symbol before its levels, in plain spelling and on one line;
    /// `None` where another look is needed.
    #[inline]
    fn read_once(&mut self, bytes: &[u8]) -> Option<Read> {
        let (mut json, mut frame) = (Json::new(bytes, 0), Frame::default());
        let mut router = Router::new(&self.names, &mut self.lines);
        let is_whole = frame.read(&mut json, &mut router).ok()?;
        if json.has_escapes() || router.missed_levels {
            return None;
        }
        if !is_whole {
            return Some(Err(Received::NotOurs));
        }
        let place = router.place?;
        if json.peek().is_some() {
            return None;
        }
        match self.lines[place].decoder.judge(&mut frame, 0) {
            Ok(Some(head)) => Some(Ok((place, head))),
            Ok(None) => Some(Err(Received::NotOurs)),
            Err(wrong) => Some(Err(self.refuse(Some(place), &wrong))),
        }
    }

    /// Reads any frame: whose it is, then what it says.
    fn read_twice(&mut self, frame: &[u8]) -> Read {
        let place = match self.place_of(frame) {
            Ok(Some(place)) => place,
            Ok(None) => return Err(Received::NotOurs),
            Err(wrong) => return Err(self.refuse(None, &wrong)),
        };
        match self.lines[place].decoder.decode(frame, 0) {
            Ok((Some(head), _)) => Ok((place, head)),
            Ok((None, _)) => Err(Received::NotOurs),
            Err(wrong) => Err(self.refuse(Some(place), &wrong)),
        }
    }

    /// The place of the symbol a frame is of, if it is one of ours.
    fn place_of(&self, frame: &[u8]) -> Result<Option<usize>, Wrong> {
        let mut json = Json::new(frame, 0);
        let name = route::name(&mut json)?;
        if json.has_escapes() {
            let plain = unescape(frame);
            let name = route::name(&mut Json::new(&plain, 0))?;
            return Ok(name.and_then(|name| self.names.find(name)));
        }
        Ok(name.and_then(|name| self.names.find(name)))
    }

    #[inline]
    fn take<B: DerefMut<Target = Book>>(
        &mut self,
        place: usize,
        head: &Head,
        ts_recv_ns: i64,
        book: impl FnOnce(usize) -> B,
    ) -> Received {
        let line = &mut self.lines[place];
        let times = line.clock(head.ts_event_ns, ts_recv_ns);
        let received = match head.kind {
            Kind::Depth { first, last, prev } => {
                if prev.is_some() != self.chained {
                    return self.refuse(Some(place), &other_venue(self.chained));
                }
                self.tally.levels += line.decoder.levels.len() as u64;
                let ids = UpdateIds { first, last, prev };
                let outcome = line.delta(&mut book(place), ids, times);
                self.answer(place, outcome)
            }
            Kind::Other(MarketEvent::Trade {
                id,
                price,
                qty,
                aggressor,
            }) => {
                let ts_event_ns = times.event_ns;
                self.trade = Some(Print {
                    id,
                    price,
                    qty,
                    aggressor,
                    ts_event_ns,
                });
                Received::Trade
            }
            Kind::Other(MarketEvent::Quote {
                bid,
                bid_qty,
                ask,
                ask_qty,
                ..
            }) => {
                self.quote = Some(Touch {
                    bid: (bid, bid_qty),
                    ask: (ask, ask_qty),
                    ts_event_ns: times.event_ns,
                });
                Received::Quote
            }
            // The best levels only: the whole book is asked for, see `snapshot`.
            Kind::Snapshot(_)
            | Kind::Other(MarketEvent::Snapshot { .. } | MarketEvent::Depth { .. }) => {
                return Received::NotOurs;
            }
        };
        self.place = Some(place);
        self.ts_event_ns = times.event_ns;
        received
    }

    /// Takes the answer of a REST depth request for the instrument at `place`.
    ///
    /// # Panics
    ///
    /// When there is no such instrument.
    pub fn snapshot(
        &mut self,
        place: usize,
        body: &[u8],
        ts_recv_ns: i64,
        book: &mut Book,
    ) -> Received {
        self.error = None;
        let line = &mut self.lines[place];
        let received = match line.decoder.decode(&in_one_line(body), 0) {
            Ok((
                Some(Head {
                    ts_event_ns,
                    kind: Kind::Snapshot(id),
                }),
                _,
            )) => {
                let times = line.clock(ts_event_ns, ts_recv_ns);
                let outcome = line.snapshot(book, id, times);
                self.place = Some(place);
                self.ts_event_ns = times.event_ns;
                self.tally.levels += self.lines[place].decoder.levels.len() as u64;
                self.tally.snapshots += u64::from(outcome != Outcome::Ignored);
                self.answer(place, outcome)
            }
            Ok(_) => {
                let rule = "the answer of a depth request has lastUpdateId, bids and asks";
                self.refuse(Some(place), &Wrong::new(0, rule.to_owned()))
            }
            Err(wrong) => self.refuse(Some(place), &wrong),
        };
        self.tally.received[received as usize] += 1;
        received
    }

    /// Forgets the instrument at `place`: its book is empty, and stale until a snapshot arrives.
    ///
    /// # Panics
    ///
    /// When there is no such instrument.
    pub fn clear(&mut self, place: usize, book: &mut Book) {
        self.lines[place].clear(book);
    }

    /// What changed at `place` since this was asked last, each level once; `None` for nothing.
    ///
    /// # Panics
    ///
    /// When there is no such instrument.
    pub fn take_update(&mut self, place: usize, book: &Book) -> Option<BookUpdate> {
        self.lines[place].take_update(book)
    }

    /// The whole book at `place`, beside the updates: what has changed stays to be taken.
    ///
    /// # Panics
    ///
    /// When there is no such instrument.
    pub fn whole(&self, place: usize, book: &Book) -> BookUpdate {
        self.lines[place].whole(book)
    }

    fn answer(&mut self, place: usize, outcome: Outcome) -> Received {
        match outcome {
            Outcome::Applied => Received::Book,
            Outcome::Buffered => Received::Buffered,
            Outcome::Ignored => Received::Ignored,
            Outcome::Gap { expected, got } => {
                let symbol = self.lines[place].decoder.symbol();
                self.error = Some(format!(
                    "updates between the book and a delta never arrived: expected={expected}, \
                     got={got}, symbol={symbol}"
                ));
                Received::Gap
            }
        }
    }

    #[cold]
    fn refuse(&mut self, place: Option<usize>, wrong: &Wrong) -> Received {
        self.place = place;
        self.error = Some(format!("{}, column {}", wrong.reason(), wrong.at() + 1));
        Received::Malformed
    }

    /// Place of the instrument of the last frame that was for us.
    pub const fn place(&self) -> Option<usize> {
        self.place
    }

    /// The venue's time of that frame, in nanoseconds since 1970: of a frame that names none the
    /// last one named for its instrument, or our time of receipt before any.
    pub const fn ts_event_ns(&self) -> i64 {
        self.ts_event_ns
    }

    /// The last trade received, of any instrument.
    pub const fn last_trade(&self) -> Option<&Print> {
        self.trade.as_ref()
    }

    /// The last best prices received, of any instrument.
    pub const fn last_quote(&self) -> Option<&Touch> {
        self.quote.as_ref()
    }

    /// What was wrong with the last frame: rule, values and column, or the ids of a gap.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Counts so far.
    pub const fn tally(&self) -> &LiveTally {
        &self.tally
    }

    /// Frames of our symbols that gave no event so far.
    pub fn skipped(&self) -> Skipped {
        let mut sum = Skipped::default();
        for line in &self.lines {
            let one = line.decoder.skipped;
            sum.unknown += one.unknown;
            sum.other_symbol += one.other_symbol;
            sum.off_book += one.off_book;
            sum.told_twice += one.told_twice;
        }
        sum
    }

    /// Quantities off the lot that were rounded down to it, see [`super::super::Counter`].
    pub fn dust(&self) -> u64 {
        self.lines.iter().map(|line| line.decoder.dust()).sum()
    }
}

/// Every newline as a blank: here the line does not end a frame.
fn in_one_line(frame: &[u8]) -> Vec<u8> {
    let blank = |byte: &u8| if *byte == b'\n' { b' ' } else { *byte };
    frame.iter().map(blank).collect()
}

#[cold]
fn other_venue(chained: bool) -> Wrong {
    let rule = if chained {
        "a delta of a chained venue names the one before: pu is missing"
    } else {
        "a delta of a venue that counts its updates names no other: pu is there"
    };
    Wrong::new(0, rule.to_owned())
}
