//! One instrument of a tape, as whoever follows its market sees it.

use std::collections::VecDeque;
use std::sync::Arc;

use super::event::{TapeEvent, Taped};
use super::reader::TapeReader;
use super::store::Store;
use crate::flow::{DEPTH_PERIOD_NS, OrderEvent, OrderSource, Public};
use crate::instrument::Instrument;
use crate::market::{Aside, EventSource, MarketEvent, Message, SourceError, Stamped, StampedAside};

/// Plays one instrument of a tape: its public messages, or what its orders make public.
///
/// A tape of orders alone is published as our own venue does it: a snapshot, then depth each
/// 100 ms, trades and best prices at once. Where the tape has depth of its own, that counts.
/// Funding, terms and breaks come beside, each at its time.
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
    asides: VecDeque<StampedAside>,
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
            asides: VecDeque::new(),
        })
    }

    /// Whether every order of the instrument is told and no depth, so that it can be followed order
    /// by order. Of a tape without an end what comes first tells.
    pub fn is_by_order(mut reader: TapeReader<S>, instrument: u32) -> bool {
        let contents = reader.contents();
        let [snapshots, depths, _, _, orders, ..] = contents.kinds;
        if contents.is_finished {
            return orders > 0 && snapshots + depths == 0;
        }
        loop {
            match reader.advance() {
                Ok(false) => return false,
                Ok(true) => {}
                Err(_) => continue,
            }
            let taped = reader.current();
            match taped.event {
                _ if taped.instrument != instrument => {}
                TapeEvent::Order(_) => return true,
                TapeEvent::Market(event) if is_depth(&event) => return false,
                TapeEvent::Market(_)
                | TapeEvent::Funding(_)
                | TapeEvent::Terms(_)
                | TapeEvent::Break(_) => {}
            }
        }
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
            if self.reader.instrument() != self.instrument {
                continue;
            }
            if let Some(message) = self.reader.message() {
                self.is_derived &= !is_depth(&message.event);
                return Ok(true);
            }
            let taped = self.reader.current();
            match taped.event {
                TapeEvent::Order(event) if self.is_derived => {
                    self.late_ns = taped.ts_recv_ns - taped.ts_event_ns;
                    self.last_ns = taped.ts_event_ns;
                    self.public.take(taped.ts_event_ns, &event);
                    if !self.public.is_silent() {
                        return Ok(false);
                    }
                }
                TapeEvent::Market(_) | TapeEvent::Order(_) => {}
                TapeEvent::Funding(_) | TapeEvent::Terms(_) | TapeEvent::Break(_) => {
                    self.asides.extend(aside(&taped));
                }
            }
        }
    }

    /// What facts about orders made public next.
    #[cold]
    fn next_made(&mut self) -> Option<Stamped<'_>> {
        self.public.next_message().map(|(ts_event_ns, event)| {
            self.recv_ns = self.recv_ns.max(ts_event_ns.saturating_add(self.late_ns));
            Stamped {
                ts_event_ns,
                ts_recv_ns: self.recv_ns,
                event,
            }
        })
    }
}

/// Whether a message tells levels.
#[inline]
const fn is_depth(event: &MarketEvent<'_>) -> bool {
    matches!(
        event,
        MarketEvent::Snapshot { .. } | MarketEvent::Depth { .. }
    )
}

/// What a record says beside the book.
#[cold]
fn aside(taped: &Taped<'_>) -> Option<StampedAside> {
    let aside = match taped.event {
        TapeEvent::Funding(funding) => Aside::Funding(funding),
        TapeEvent::Terms(terms) => Aside::Terms(Arc::new(terms.clone())),
        TapeEvent::Break(why) => Aside::Break(why),
        TapeEvent::Market(_) | TapeEvent::Order(_) => return None,
    };
    Some(StampedAside {
        ts_event_ns: taped.ts_event_ns,
        ts_recv_ns: taped.ts_recv_ns,
        aside,
    })
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
        Ok(self.next_made())
    }

    #[inline]
    fn next_into(&mut self, message: &mut Box<Message>) -> Result<bool, SourceError> {
        if self.public.is_silent() && self.read()? {
            if let Some(read) = self.reader.message() {
                std::mem::swap(read, message);
            }
            return Ok(true);
        }
        let made = self.next_made();
        Ok(made.is_some_and(|stamped| {
            message.take(&stamped);
            true
        }))
    }

    #[inline]
    fn next_aside(&mut self) -> Option<StampedAside> {
        self.asides.pop_front()
    }

    fn place(&self) -> (u64, u64) {
        self.reader.place()
    }
}

impl<S: Store> OrderSource for TapePlayer<S> {
    fn next_order(&mut self) -> Result<Option<(i64, OrderEvent)>, SourceError> {
        while self.reader.advance()? {
            let taped = self.reader.current();
            if taped.instrument != self.instrument {
                continue;
            }
            if let TapeEvent::Order(event) = taped.event {
                self.late_ns = taped.ts_recv_ns.saturating_sub(taped.ts_event_ns);
                self.last_ns = taped.ts_event_ns;
                return Ok(Some((taped.ts_event_ns, event)));
            }
            self.asides.extend(aside(&taped));
        }
        Ok(None)
    }

    fn late_ns(&self) -> i64 {
        self.late_ns
    }

    fn next_aside(&mut self) -> Option<StampedAside> {
        self.asides.pop_front()
    }

    fn place(&self) -> (u64, u64) {
        self.reader.place()
    }

    fn end_ns(&self) -> i64 {
        self.last_ns
    }
}
