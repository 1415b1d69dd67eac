//! Raw frames of Binance.

use super::{Place, Reader, Sink, lines};
use crate::feed::binance::BinanceFrames;
use crate::instrument::Instrument;
use crate::market::EventSource;
use crate::tape::{TapeEvent, Taped};

/// One decoder an instrument; a line is shown to each.
pub(super) struct Frames(Vec<BinanceFrames<Vec<u8>>>);

impl Frames {
    pub(super) fn new(instruments: &[Instrument]) -> Self {
        let decoder = |one| BinanceFrames::new(Vec::new(), one);
        Self(instruments.iter().map(decoder).collect())
    }

    /// Whether the line said something, or which rule it breaks.
    fn line(&mut self, line: &[u8], sink: &mut Sink) -> Result<bool, String> {
        let mut said = false;
        for (instrument, frames) in (0..).zip(&mut self.0) {
            let buffer = frames.refill();
            buffer.clear();
            buffer.extend_from_slice(line);
            while let Some(stamped) = frames.next_event().map_err(|error| error.reason)? {
                said = true;
                sink.push(&Taped {
                    instrument,
                    ts_event_ns: stamped.ts_event_ns,
                    ts_recv_ns: stamped.ts_recv_ns,
                    event: TapeEvent::Market(stamped.event),
                })?;
            }
        }
        Ok(said)
    }
}

impl Reader for Frames {
    fn read(&mut self, bytes: &[u8], is_last: bool, at: &mut Place, sink: &mut Sink) -> usize {
        lines(bytes, is_last, at, |line, place| {
            if line.trim_ascii().is_empty() {
                return;
            }
            sink.tally.inputs += 1;
            match self.line(line, sink) {
                Ok(true) => {}
                Ok(false) => sink.tally.skipped += 1,
                Err(reason) => sink.fault(place, reason),
            }
        })
    }
}
