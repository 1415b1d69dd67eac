//! One frame, one event.

use super::super::json::{Json, Parsed, Wrong, unescape};
use super::super::number::Counter;
use super::super::step::digits;
use super::frame::{Frame, Owner};
use crate::instrument::Instrument;
use crate::market::{Level, MarketEvent};
use crate::units::{Lots, Side, Ticks};

/// Frames that gave no event, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Another kind of message, or a partial book, which is no delta.
    pub unknown: u64,
    /// Another symbol.
    pub other_symbol: u64,
    /// A trade away from the book (insurance fund, auto-deleveraging).
    pub off_book: u64,
    /// `trade` where `aggTrade` came first, or the other way round: the same volume told twice.
    pub told_twice: u64,
}

/// What a frame says but for its levels, which stay in the decoder's buffer.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Snapshot(u64),
    Depth {
        first: u64,
        last: u64,
        prev: Option<u64>,
    },
    Other(MarketEvent<'static>),
}

/// A decoded frame: when the venue says it happened, if it does, and what.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) ts_event_ns: Option<i64>,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trades {
    Single,
    Aggregated,
}

/// Decodes the frames of one instrument.
#[derive(Debug)]
pub(super) struct Decoder {
    counter: Counter,
    /// What the venue calls it: a prefix up to a colon names the venue.
    name: String,
    pub(super) levels: Vec<Level>,
    pub(super) skipped: Skipped,
    /// Which of the two trade streams came first.
    trades: Option<Trades>,
}

impl Decoder {
    pub(super) const fn dust(&self) -> u64 {
        self.counter.dust()
    }

    pub(super) fn new(instrument: &Instrument) -> Self {
        let symbol = instrument.symbol();
        let name = symbol.rsplit(':').next().unwrap_or(symbol);
        Self {
            counter: Counter::new(instrument),
            name: name.to_owned(),
            levels: Vec::new(),
            skipped: Skipped::default(),
            trades: None,
        }
    }

    /// What the venue calls the instrument.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What we call it.
    pub(super) fn symbol(&self) -> &str {
        self.counter.instrument().symbol()
    }

    /// Takes whichever trade stream comes next: a new connection may have subscribed to the other.
    pub(super) const fn forget_stream(&mut self) {
        self.trades = None;
    }

    /// Decodes the JSON at `start`, which ends its line; the second value is where the line ends.
    #[inline]
    pub(super) fn decode(&mut self, bytes: &[u8], start: usize) -> Parsed<(Option<Head>, usize)> {
        let (mut json, mut frame) = (Json::new(bytes, start), Frame::default());
        self.levels.clear();
        frame.read(&mut json, self)?;
        if !matches!(json.peek(), None | Some(b'\n')) {
            return json.wrong("one frame stands on a line");
        }
        if json.has_escapes() {
            return self.decode_escaped(&bytes[start..json.at()], start, json.at());
        }
        Ok((self.judge(&mut frame, start)?, json.at()))
    }

    #[cold]
    fn decode_escaped(
        &mut self,
        line: &[u8],
        start: usize,
        end: usize,
    ) -> Parsed<(Option<Head>, usize)> {
        let plain = unescape(line);
        let mut frame = Frame::default();
        self.levels.clear();
        let read = frame.read(&mut Json::new(&plain, 0), self);
        let head = read.and_then(|_| self.judge(&mut frame, 0));
        match head {
            Ok(head) => Ok((head, end)),
            Err(wrong) => Err(Wrong::new(start + wrong.at(), wrong.reason().to_owned())),
        }
    }

    /// What a frame says that was read whole, its levels in the buffer.
    #[inline]
    pub(super) fn judge(&mut self, frame: &mut Frame<'_>, at: usize) -> Parsed<Option<Head>> {
        if frame.stream.is_some_and(is_other_book) {
            return Ok(skip(&mut self.skipped.unknown));
        }
        if frame
            .symbol
            .is_some_and(|s| !s.eq_ignore_ascii_case(self.name.as_bytes()))
        {
            return Ok(skip(&mut self.skipped.other_symbol));
        }
        let ts_event_ns = time(frame).map_err(|reason| Wrong::new(at, reason))?;
        let kind = match frame.kind {
            Some(b"depthUpdate") => self.depth(frame, at)?,
            Some(b"bookTicker") => self.quote(frame, at)?,
            Some(b"trade") => return self.trade(frame, at, Trades::Single, ts_event_ns),
            Some(b"aggTrade") => return self.trade(frame, at, Trades::Aggregated, ts_event_ns),
            None if frame.snapshot.is_some() && frame.has_bids && frame.has_asks => {
                if let Some(wrong) = frame.wrong.take() {
                    return Err(wrong);
                }
                Kind::Snapshot(integer("lastUpdateId", frame.snapshot, at)?)
            }
            None if is_quote(frame) => self.quote(frame, at)?,
            Some(_) | None => return Ok(skip(&mut self.skipped.unknown)),
        };
        Ok(Some(Head { ts_event_ns, kind }))
    }

    #[inline]
    fn depth(&self, frame: &mut Frame<'_>, at: usize) -> Parsed<Kind> {
        if let Some(wrong) = frame.wrong.take() {
            return Err(wrong);
        }
        for (side, present) in [("b", frame.has_bids), ("a", frame.has_asks)] {
            if !present {
                return Err(missing("depthUpdate", side, at));
            }
        }
        let first = integer("U", frame.first, at)?;
        let last = integer("u", frame.last, at)?;
        let prev = frame
            .prev
            .map(|_| integer("pu", frame.prev, at))
            .transpose()?;
        if last < first || prev.is_some_and(|prev| prev > last) {
            let prev = prev.map_or_else(String::new, |prev| format!(", pu={prev}"));
            let symbol = self.counter.instrument().symbol();
            let reason = format!(
                "the last update of a delta is not below its first or the one before: \
                 U={first}, u={last}{prev}, symbol={symbol}"
            );
            return Err(Wrong::new(at, reason));
        }
        Ok(Kind::Depth { first, last, prev })
    }

    fn quote(&mut self, frame: &Frame<'_>, at: usize) -> Parsed<Kind> {
        let (bid, bid_qty) = self.touch(("b", frame.bid), ("B", frame.bid_qty), at)?;
        let (ask, ask_qty) = self.touch(("a", frame.ask), ("A", frame.ask_qty), at)?;
        Ok(Kind::Other(MarketEvent::Quote {
            id: integer("u", frame.last, at)?,
            bid,
            bid_qty,
            ask,
            ask_qty,
        }))
    }

    /// An empty side has quantity zero and any price, which is then zero.
    #[inline]
    fn touch(&mut self, price: Field<'_>, qty: Field<'_>, at: usize) -> Parsed<(Ticks, Lots)> {
        let qty = self
            .counter
            .resting(text(qty, at)?)
            .map_err(|reason| Wrong::new(at, reason))?;
        let price = text(price, at)?;
        if qty.0 == 0 {
            return Ok((Ticks(0), qty));
        }
        let price = self
            .counter
            .ticks(price)
            .map_err(|reason| Wrong::new(at, reason))?;
        Ok((price, qty))
    }

    fn trade(
        &mut self,
        frame: &Frame<'_>,
        at: usize,
        stream: Trades,
        ts_event_ns: Option<i64>,
    ) -> Parsed<Option<Head>> {
        if *self.trades.get_or_insert(stream) != stream {
            return Ok(skip(&mut self.skipped.told_twice));
        }
        if frame.execution.is_some_and(|word| word != b"MARKET") {
            return Ok(skip(&mut self.skipped.off_book));
        }
        let id = match stream {
            Trades::Single => integer("t", frame.trade, at)?,
            Trades::Aggregated => integer("a", frame.ask, at)?,
        };
        let price = self.counter.ticks(text(("p", frame.price), at)?);
        let qty = self.counter.resting(text(("q", frame.qty), at)?);
        let price = price.map_err(|reason| Wrong::new(at, reason))?;
        let qty = qty.map_err(|reason| Wrong::new(at, reason))?;
        let aggressor = match text(("m", frame.buyer_is_maker), at)? {
            b"true" => Side::Sell,
            b"false" => Side::Buy,
            other => return Err(bad("m", "is true or false", other, at)),
        };
        if qty.0 == 0 {
            return Err(bad("q", "of a trade is above 0", b"0", at));
        }
        let event = MarketEvent::Trade {
            id,
            price,
            qty,
            aggressor,
        };
        Ok(Some(Head {
            ts_event_ns,
            kind: Kind::Other(event),
        }))
    }
}

/// Every frame is taken for this instrument's until it is judged.
impl Owner for Decoder {
    fn named(&mut self, _: &[u8]) -> bool {
        true
    }

    #[inline]
    fn levels(&mut self) -> Option<(&mut Counter, &mut Vec<Level>)> {
        Some((&mut self.counter, &mut self.levels))
    }
}

type Field<'a> = (&'static str, Option<&'a [u8]>);

fn skip(count: &mut u64) -> Option<Head> {
    *count += 1;
    None
}

/// Whether a stream name (`btcusdt@depth5@100ms`) is of a book that is not told by deltas of all
/// orders: the best levels only, or with retail price improvement orders.
fn is_other_book(stream: &[u8]) -> bool {
    let Some(at) = stream.iter().position(|byte| *byte == b'@') else {
        return false;
    };
    match &stream[at + 1..] {
        [b'd', b'e', b'p', b't', b'h', next, ..] => next.is_ascii_digit(),
        channel => channel.starts_with(b"rpiDepth"),
    }
}

fn is_quote(frame: &Frame<'_>) -> bool {
    frame.last.is_some()
        && frame.bid.is_some()
        && frame.bid_qty.is_some()
        && frame.ask.is_some()
        && frame.ask_qty.is_some()
}

/// The matching engine's time where there is one, else the event's.
///
/// Milliseconds, or microseconds where the stream was asked for those (sixteen digits).
#[inline]
fn time(frame: &Frame<'_>) -> Result<Option<i64>, String> {
    const MICROSECONDS_FROM: u64 = 100_000_000_000_000;
    let Some(text) = frame.trade_time.or(frame.event_time) else {
        return Ok(None);
    };
    let value = digits(text).filter(|value| *value > 0);
    let ns = value.and_then(|value| {
        let unit = if value < MICROSECONDS_FROM {
            1_000_000
        } else {
            1000
        };
        i64::try_from(value.checked_mul(unit)?).ok()
    });
    match ns {
        Some(ns) => Ok(Some(ns)),
        None => Err(format!(
            "T or E is a time in milliseconds: found {:?}",
            String::from_utf8_lossy(text)
        )),
    }
}

fn text((name, value): Field<'_>, at: usize) -> Parsed<&[u8]> {
    value.ok_or_else(|| missing("frame", name, at))
}

#[inline]
fn integer(name: &'static str, value: Option<&[u8]>, at: usize) -> Parsed<u64> {
    let value = text((name, value), at)?;
    digits(value).ok_or_else(|| bad(name, "is a whole number below 2^63", value, at))
}

#[cold]
fn missing(kind: &str, name: &str, at: usize) -> Wrong {
    Wrong::new(at, format!("a {kind} has the key {name:?}: it is missing"))
}

#[cold]
fn bad(name: &str, rule: &str, value: &[u8], at: usize) -> Wrong {
    let value = String::from_utf8_lossy(&value[..value.len().min(64)]);
    Wrong::new(at, format!("{name} {rule}: {name}={value:?}"))
}
