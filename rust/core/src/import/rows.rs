//! Event arrays of hftbacktest: eight columns of eight bytes, little endian.
//!
//! Source: hftbacktest, *Data*: `ev, exch_ts, local_ts, px, qty, order_id, ival, fval`.

use super::{Place, Reader, Sink};
use crate::feed::Counter;
use crate::instrument::Instrument;
use crate::market::{Level, MarketEvent};
use crate::tape::{TapeEvent, Taped};
use crate::units::{Lots, Side, Ticks};

/// Bytes of a row.
pub(super) const ROW: usize = 64;

const LOCAL: u64 = 1 << 30;
const BUY: u64 = 1 << 29;
const SELL: u64 = 1 << 28;
const KIND: u64 = 0xff;

const DEPTH: u64 = 1;
const TRADE: u64 = 2;
const CLEAR: u64 = 3;
const SNAPSHOT: u64 = 4;
const TOUCH: u64 = 5;

/// What a row says.
pub(super) struct Row {
    ev: u64,
    event_ns: i64,
    recv_ns: i64,
    pub(super) price: f64,
    pub(super) qty: f64,
}

impl Row {
    pub(super) fn read(bytes: &[u8; ROW]) -> Self {
        let (words, _) = bytes.as_chunks::<8>();
        let word = |at: usize| u64::from_le_bytes(words[at]);
        Self {
            ev: word(0),
            event_ns: word(1).cast_signed(),
            recv_ns: word(2).cast_signed(),
            price: f64::from_bits(word(3)),
            qty: f64::from_bits(word(4)),
        }
    }

    /// Whether it tells what we saw; the other rows tell it again in the order of the venue.
    pub(super) const fn is_local(&self) -> bool {
        self.ev & LOCAL != 0
    }
}

pub(super) struct Rows {
    counter: Option<Counter>,
    /// The message that is being gathered: a snapshot or not, and its two times.
    open: Option<(bool, i64, i64)>,
    levels: Vec<Level>,
    update: u64,
    trade: u64,
    touch: [Option<(Ticks, Lots)>; 2],
}

impl Rows {
    pub(super) fn new(instruments: &[Instrument]) -> Self {
        Self {
            counter: instruments.first().map(Counter::new),
            open: None,
            levels: Vec::new(),
            update: 0,
            trade: 0,
            touch: [None; 2],
        }
    }

    fn close(&mut self, sink: &mut Sink) -> Result<(), String> {
        let Some((is_snapshot, event_ns, recv_ns)) = self.open.take() else {
            return Ok(());
        };
        self.update += 1;
        let (id, levels) = (self.update, self.levels.as_slice());
        let event = if is_snapshot {
            MarketEvent::Snapshot {
                last_id: id,
                levels,
            }
        } else {
            MarketEvent::Depth {
                first_id: id,
                last_id: id,
                prev_id: Some(id - 1),
                levels,
            }
        };
        let pushed = sink.push(&at(event_ns, recv_ns, event));
        self.levels.clear();
        pushed
    }

    fn row(&mut self, row: &Row, sink: &mut Sink) -> Result<bool, String> {
        let kind = row.ev & KIND;
        let gathers = matches!(kind, DEPTH | CLEAR | SNAPSHOT);
        let key = (kind != DEPTH, row.event_ns, row.recv_ns);
        if self.open.is_some_and(|open| !gathers || open != key) {
            self.close(sink)?;
        }
        let side = match row.ev & (BUY | SELL) {
            BUY => Some(Side::Buy),
            SELL => Some(Side::Sell),
            _ => None,
        };
        if kind == CLEAR {
            self.open = Some(key);
            return Ok(true);
        }
        if !matches!(kind, DEPTH | SNAPSHOT | TRADE | TOUCH) {
            return Ok(false);
        }
        let side = side.ok_or_else(|| format!("a row has one side: ev={:#x}", row.ev))?;
        let Some(counter) = &mut self.counter else {
            return Ok(false);
        };
        // A float is what its shortest text says.
        let price = counter.ticks(row.price.to_string().as_bytes())?;
        let qty = counter.resting(row.qty.to_string().as_bytes())?;
        match kind {
            TRADE => {
                self.trade += 1;
                let trade = MarketEvent::Trade {
                    id: self.trade,
                    price,
                    qty,
                    aggressor: side,
                };
                sink.push(&at(row.event_ns, row.recv_ns, trade))?;
            }
            TOUCH => {
                self.touch[side as usize] = Some((price, qty));
                if let [Some(bid), Some(ask)] = self.touch {
                    let quote = MarketEvent::Quote {
                        id: self.update,
                        bid: bid.0,
                        bid_qty: bid.1,
                        ask: ask.0,
                        ask_qty: ask.1,
                    };
                    sink.push(&at(row.event_ns, row.recv_ns, quote))?;
                }
            }
            _ => {
                self.open = Some(key);
                self.levels.push(Level { side, price, qty });
            }
        }
        Ok(true)
    }
}

const fn at(ts_event_ns: i64, ts_recv_ns: i64, event: MarketEvent<'_>) -> Taped<'_> {
    Taped {
        instrument: 0,
        ts_event_ns,
        ts_recv_ns,
        event: TapeEvent::Market(event),
    }
}

impl Reader for Rows {
    fn read(&mut self, bytes: &[u8], is_last: bool, at: &mut Place, sink: &mut Sink) -> usize {
        let (rows, rest) = bytes.as_chunks::<ROW>();
        for row in rows {
            at.record += 1;
            let row = Row::read(row);
            sink.tally.inputs += 1;
            let said = if row.is_local() {
                self.row(&row, sink)
            } else {
                Ok(false)
            };
            match said {
                Ok(true) => {}
                Ok(false) => sink.tally.skipped += 1,
                Err(reason) => sink.fault(*at, reason),
            }
            at.offset += ROW as u64;
        }
        if !is_last {
            return bytes.len() - rest.len();
        }
        at.record += 1;
        if let Err(reason) = self.close(sink) {
            sink.fault(*at, reason);
        }
        if !rest.is_empty() {
            sink.fault(*at, format!("a row has {ROW} bytes: found {}", rest.len()));
        }
        bytes.len()
    }
}
