//! One instrument of a tape, as whoever follows its market sees it.

use super::event::TapeEvent;
use super::reader::TapeReader;
use super::store::Store;
use crate::flow::{DEPTH_PERIOD_NS, OrderEvent, OrderSource, Public};
use crate::instrument::Instrument;
use crate::market::{EventSource, MarketEvent, SourceError, Stamped};

/// Plays one instrument of a tape: its public messages, or what its orders make public.
///
/// A tape of orders alone is published as our own venue does it: a snapshot, then depth each
/// 100 ms, trades and best prices at once. Where the tape has depth of its own, that counts.
pub struct TapePlayer<S> {
    reader: TapeReader<S>,
    instrument: u32,
    public: Public,
    is_derived: bool,
    /// How much later than it happened the last fact was received, and the latest receipt told.
    late_ns: i64,
    recv_ns: i64,
    last_ns: i64,
    is_over: bool,
}

impl<S: Store> TapePlayer<S> {
    /// Plays the instrument of this number; `None` where the tape has no such one.
    pub fn new(reader: TapeReader<S>, instrument: u32) -> Option<Self> {
        reader.instruments().get(instrument as usize)?;
        let [snapshots, depths, ..] = reader.contents().kinds;
        Some(Self {
            reader,
            instrument,
            public: Public::default(),
            is_derived: snapshots + depths == 0,
            late_ns: 0,
            recv_ns: 0,
            last_ns: 0,
            is_over: false,
        })
    }

    /// Whose market it is.
    pub fn instrument(&self) -> &Instrument {
        &self.reader.instruments()[self.instrument as usize]
    }

    /// What is read.
    pub const fn reader(&self) -> &TapeReader<S> {
        &self.reader
    }

    /// Starts with the first record received at `ts_recv_ns` or later.
    pub fn seek(&mut self, ts_recv_ns: i64) {
        self.reader.seek(ts_recv_ns);
    }

    /// Bytes read so far.
    pub fn offset(&self) -> usize {
        usize::try_from(self.reader.offset()).unwrap_or(usize::MAX)
    }

    /// Reads up to a public message of the tape, or until facts about orders made one.
    #[inline]
    fn read(&mut self) -> Result<bool, SourceError> {
        loop {
            if !self.reader.advance()? {
                if !std::mem::replace(&mut self.is_over, true) {
                    // What changed since is published within a period.
                    self.public
                        .advance(self.last_ns.saturating_add(DEPTH_PERIOD_NS));
                }
                return Ok(false);
            }
            let taped = self.reader.current();
            if taped.instrument != self.instrument {
                continue;
            }
            match taped.event {
                TapeEvent::Market(event) => {
                    if let MarketEvent::Snapshot { .. } | MarketEvent::Depth { .. } = event {
                        self.is_derived = false;
                    }
                    return Ok(true);
                }
                TapeEvent::Order(event) if self.is_derived => {
                    self.late_ns = taped.ts_recv_ns - taped.ts_event_ns;
                    self.last_ns = taped.ts_event_ns;
                    self.public.take(taped.ts_event_ns, &event);
                    if !self.public.is_silent() {
                        return Ok(false);
                    }
                }
                TapeEvent::Order(_)
                | TapeEvent::Funding(_)
                | TapeEvent::Terms(_)
                | TapeEvent::Break(_) => {}
            }
        }
    }
}

impl<S: Store> EventSource for TapePlayer<S> {
    #[inline]
    fn next_event(&mut self) -> Result<Option<Stamped<'_>>, SourceError> {
        if self.public.is_silent() && self.read()? {
            let taped = self.reader.current();
            let TapeEvent::Market(event) = taped.event else {
                return Ok(None);
            };
            return Ok(Some(Stamped {
                ts_event_ns: taped.ts_event_ns,
                ts_recv_ns: taped.ts_recv_ns,
                event,
            }));
        }
        Ok(self.public.next_message().map(|(ts_event_ns, event)| {
            self.recv_ns = self.recv_ns.max(ts_event_ns.saturating_add(self.late_ns));
            Stamped {
                ts_event_ns,
                ts_recv_ns: self.recv_ns,
                event,
            }
        }))
    }

    fn place(&self) -> (u64, u64) {
        self.reader.place()
    }
}

impl<S: Store> OrderSource for TapePlayer<S> {
    fn next_order(&mut self) -> Result<Option<(i64, OrderEvent)>, SourceError> {
        while self.reader.advance()? {
            let taped = self.reader.current();
            if taped.instrument == self.instrument
                && let TapeEvent::Order(event) = taped.event
            {
                self.last_ns = taped.ts_event_ns;
                return Ok(Some((taped.ts_event_ns, event)));
            }
        }
        Ok(None)
    }

    fn place(&self) -> (u64, u64) {
        self.reader.place()
    }

    fn end_ns(&self) -> i64 {
        self.last_ns
    }
}
