//! WebSocket frames of Binance (spot, USDⓈ-M, COIN-M): recorded, one `<ns> <json>` a line, or as
//! they come ([`LiveFeed`]).
//!
//! `ns` is our time of receipt in nanoseconds since 1970. The JSON is a frame as it came, bare or
//! in the envelope of a combined stream (`{"stream":…,"data":{…}}`): `depthUpdate`, `bookTicker`
//! (spot sends it without a name), `trade`, `aggTrade`; or the answer of the REST depth request.
//! Keys come in any order. Frames that say nothing about this instrument's book or trades are
//! skipped and counted, see [`Skipped`].
//!
//! Sources: Binance, *Diff. Book Depth Streams*, *Individual Symbol Book Ticker Streams*,
//! *Trade Streams*, *Aggregate Trade Streams*, *Order Book*.

mod decoder;
mod frame;
mod line;
mod live;
#[cfg(test)]
mod live_tests;
#[cfg(test)]
mod once_tests;
mod received;
mod route;
mod steps;
#[cfg(test)]
mod tests;

pub use decoder::Skipped;
pub use live::LiveFeed;
pub use received::{LiveTally, NameError, Print, Received, Touch};
pub use steps::infer_instrument;

use decoder::{Decoder, Head, Kind};

use super::json::{Parsed, Wrong};
use super::step::digits;
use crate::instrument::Instrument;
use crate::market::{EventSource, MarketEvent, SourceError, Stamped};

/// The lines of a recording as market events.
///
/// A line that breaks a rule is an error naming it; the next call goes on with the next line. The
/// venue's time of a frame that names none (spot `bookTicker`, REST answers) is the last one the
/// venue named, or our time of receipt before any.
pub struct BinanceFrames<B> {
    bytes: B,
    at: usize,
    lines: u64,
    last_ts_event_ns: Option<i64>,
    decoder: Decoder,
}

impl<B: AsRef<[u8]>> BinanceFrames<B> {
    /// Reads `bytes` from the start, as frames of `instrument`.
    ///
    /// Frames are matched by its symbol without a venue prefix (`BINANCE:BTCUSDT` is `BTCUSDT`).
    pub fn new(bytes: B, instrument: &Instrument) -> Self {
        Self {
            bytes,
            at: 0,
            lines: 0,
            last_ts_event_ns: None,
            decoder: Decoder::new(instrument),
        }
    }

    /// The bytes, to put others in their place: the next line is the first of those.
    pub const fn refill(&mut self) -> &mut B {
        self.at = 0;
        &mut self.bytes
    }

    /// Lines read so far.
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// Bytes read so far.
    pub const fn offset(&self) -> usize {
        self.at
    }

    /// Frames that gave no event so far.
    pub const fn skipped(&self) -> Skipped {
        self.decoder.skipped
    }

    /// Quantities off the lot that were rounded down to it, see [`super::Counter::resting`].
    pub const fn dust(&self) -> u64 {
        self.decoder.dust()
    }

    /// The next line that gives an event, its receipt and what it says.
    #[inline]
    fn advance(&mut self) -> Result<Option<(i64, Head)>, SourceError> {
        let bytes = self.bytes.as_ref();
        while self.at < bytes.len() {
            let start = self.at;
            self.lines += 1;
            match read_line(bytes, start, &mut self.decoder) {
                Ok((found, end)) => {
                    self.at = end + 1;
                    if let Some(found) = found {
                        return Ok(Some(found));
                    }
                }
                Err(wrong) => {
                    let end = bytes[start..].iter().position(|byte| *byte == b'\n');
                    self.at = end.map_or(bytes.len(), |end| start + end + 1);
                    return Err(SourceError {
                        reason: format!("{}, column {}", wrong.reason(), wrong.at() - start + 1),
                        record: self.lines,
                        offset: start as u64,
                    });
                }
            }
        }
        Ok(None)
    }
}

impl<B: AsRef<[u8]>> EventSource for BinanceFrames<B> {
    #[inline]
    fn next_event(&mut self) -> Result<Option<Stamped<'_>>, SourceError> {
        let Some((ts_recv_ns, head)) = self.advance()? else {
            return Ok(None);
        };
        self.last_ts_event_ns = head.ts_event_ns.or(self.last_ts_event_ns);
        let levels = &self.decoder.levels;
        Ok(Some(Stamped {
            ts_event_ns: self.last_ts_event_ns.unwrap_or(ts_recv_ns),
            ts_recv_ns,
            event: match head.kind {
                Kind::Snapshot(last_id) => MarketEvent::Snapshot { last_id, levels },
                Kind::Depth { first, last, prev } => MarketEvent::Depth {
                    first_id: first,
                    last_id: last,
                    prev_id: prev,
                    levels,
                },
                Kind::Other(event) => event,
            },
        }))
    }

    fn place(&self) -> (u64, u64) {
        let read = &self.bytes.as_ref()[..self.at.saturating_sub(1).min(self.bytes.as_ref().len())];
        let start = read.iter().rposition(|byte| *byte == b'\n');
        (self.lines, start.map_or(0, |at| at as u64 + 1))
    }
}

/// Reads the line at `start`; the second value is where it ends.
#[inline]
fn read_line(
    bytes: &[u8],
    start: usize,
    decoder: &mut Decoder,
) -> Parsed<(Option<(i64, Head)>, usize)> {
    let mut at = start;
    while let Some(byte) = bytes.get(at)
        && byte.is_ascii_digit()
    {
        at += 1;
    }
    let ns = digits(&bytes[start..at]);
    match (ns, bytes.get(at)) {
        (Some(ns), Some(b' ')) => {
            let (head, end) = decoder.decode(bytes, at + 1)?;
            Ok((head.map(|head| (ns.cast_signed(), head)), end))
        }
        _ if at == start => blank_line(bytes, at),
        _ => Err(not_a_line(at)),
    }
}

/// A line of blanks is none.
#[cold]
fn blank_line<T>(bytes: &[u8], start: usize) -> Parsed<(Option<T>, usize)> {
    let mut at = start;
    while let Some(b' ' | b'\t' | b'\r') = bytes.get(at) {
        at += 1;
    }
    match bytes.get(at) {
        None | Some(b'\n') => Ok((None, at)),
        Some(_) => Err(not_a_line(at)),
    }
}

#[cold]
fn not_a_line(at: usize) -> Wrong {
    let rule = "a line is the time of receipt in nanoseconds, a space and a JSON frame";
    Wrong::new(at, rule.to_owned())
}
