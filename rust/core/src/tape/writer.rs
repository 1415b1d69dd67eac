//! Writes a tape, block by block.

use super::TapeError;
use super::block::{BlockHeader, Contents, HEADER};
use super::decode::VALUES_MAX;
use super::encode::Encoder;
use super::event::{TapeEvent, Taped};
use super::sheet::is_countable;
use super::table::{self, INSTRUMENTS_MAX, Table};
use crate::flow::OrderEvent;
use crate::instrument::Instrument;
use crate::market::{MarketEvent, Stamped};
use crate::matching::BookEvent;

/// A block is closed when it has this many records, or levels.
const RECORDS: usize = 4096;
const LEVELS: usize = 8192;

/// Why a record is not written; the tape is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Whose it is does not stand in the table.
    #[error("a record is of an instrument of the table: instrument={instrument}, table={count}")]
    Instrument {
        /// What it names.
        instrument: u32,
        /// How many there are.
        count: usize,
    },
    /// A time before 1970.
    #[error("a record has times from 1970 on: ts_event_ns={event}, ts_recv_ns={recv}")]
    Time {
        /// The venue's.
        event: i64,
        /// Ours.
        recv: i64,
    },
    /// A price or quantity that no arithmetic has room for, or below zero.
    #[error("prices and quantities of a tape are 0 to 2⁶² steps: found {0}")]
    Count(i64),
    /// More levels than a block has room for.
    #[error("a message has at most {VALUES_MAX} levels: found {0}")]
    Levels(usize),
    /// An instrument that changes cannot be counted in the tape's steps.
    #[error("an instrument changes to whole multiples of the tape's steps: {tape}, now {now}")]
    Steps {
        /// Price and quantity of the table.
        tape: String,
        /// What they would be.
        now: String,
    },
}

/// Takes records, and gives the bytes of a tape: those of closed blocks as soon as they are.
pub struct TapeWriter {
    table: Table,
    contents: Contents,
    changes: u32,
    before_ns: i64,
    encoder: Encoder,
    out: Vec<u8>,
}

impl TapeWriter {
    /// A tape of these instruments, empty.
    ///
    /// # Errors
    ///
    /// [`TapeError::Instrument`] when there is none, or more than [`INSTRUMENTS_MAX`].
    pub fn new(table: Table) -> Result<Self, TapeError> {
        let count = table.instruments.len();
        if count == 0 || count > INSTRUMENTS_MAX {
            let text = format!("it names 1 to {INSTRUMENTS_MAX}: count={count}");
            return Err(TapeError::Instrument(text));
        }
        Ok(Self {
            contents: Contents::default(),
            changes: 0,
            before_ns: 0,
            encoder: Encoder::new(count),
            out: table::write(&table),
            table,
        })
    }

    /// A tape of one instrument.
    pub fn of(instrument: &Instrument) -> Self {
        let table = Table {
            origin: String::new(),
            instruments: vec![instrument.clone()],
        };
        Self {
            contents: Contents::default(),
            changes: 0,
            before_ns: 0,
            encoder: Encoder::new(1),
            out: table::write(&table),
            table,
        }
    }

    /// What was written so far.
    pub const fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Its instruments.
    pub fn instruments(&self) -> &[Instrument] {
        &self.table.instruments
    }

    /// Appends a public message of one instrument.
    ///
    /// # Errors
    ///
    /// [`RecordError`] for one that no tape can hold.
    pub fn push_market(&mut self, at: u32, stamped: &Stamped<'_>) -> Result<(), RecordError> {
        self.push(&Taped {
            instrument: at,
            ts_event_ns: stamped.ts_event_ns,
            ts_recv_ns: stamped.ts_recv_ns,
            event: TapeEvent::Market(stamped.event),
        })
    }

    /// Appends a record.
    ///
    /// # Errors
    ///
    /// [`RecordError`] for one that no tape can hold.
    pub fn push(&mut self, taped: &Taped<'_>) -> Result<(), RecordError> {
        self.check(taped)?;
        let contents = &mut self.contents;
        if contents.records == 0 {
            contents.first_ts_recv_ns = taped.ts_recv_ns;
            contents.last_ts_recv_ns = taped.ts_recv_ns;
            self.before_ns = taped.ts_recv_ns;
        }
        contents.records += 1;
        contents.last_ts_recv_ns = contents.last_ts_recv_ns.max(taped.ts_recv_ns);
        let kind = match taped.event {
            TapeEvent::Market(MarketEvent::Snapshot { .. }) => 0,
            TapeEvent::Market(MarketEvent::Depth { .. }) => 1,
            TapeEvent::Market(MarketEvent::Trade { .. }) => 2,
            TapeEvent::Market(MarketEvent::Quote { .. }) => 3,
            TapeEvent::Order(_) => 4,
            TapeEvent::Funding(_) => 5,
            TapeEvent::Terms(_) => {
                self.changes = self.changes.saturating_add(1);
                6
            }
            TapeEvent::Break(_) => 7,
        };
        contents.kinds[kind] += 1;
        self.encoder.push(taped);
        if self.encoder.records() >= RECORDS || self.encoder.levels() >= LEVELS {
            self.flush();
        }
        Ok(())
    }

    fn check(&self, taped: &Taped<'_>) -> Result<(), RecordError> {
        let table = &self.table.instruments;
        let Some(instrument) = table.get(taped.instrument as usize) else {
            return Err(RecordError::Instrument {
                instrument: taped.instrument,
                count: table.len(),
            });
        };
        if taped.ts_event_ns < 0 || taped.ts_recv_ns < 0 {
            return Err(RecordError::Time {
                event: taped.ts_event_ns,
                recv: taped.ts_recv_ns,
            });
        }
        match taped.event {
            TapeEvent::Market(event) => check_market(&event),
            TapeEvent::Order(event) => check_order(&event),
            TapeEvent::Funding(funding) => counts(&[funding.mark_nano, funding.next_ns]),
            TapeEvent::Terms(now) => check_steps(instrument, now),
            TapeEvent::Break(_) => Ok(()),
        }
    }

    /// Closes the block, so that what was pushed so far can be read even if nothing follows.
    pub fn flush(&mut self) {
        let records = self.encoder.records() as u64;
        if records == 0 {
            return;
        }
        let start = self.out.len();
        self.out.extend_from_slice(&[0; HEADER]);
        self.encoder.finish(&mut self.out);
        let payload = &self.out[start + HEADER..];
        let header = BlockHeader {
            length: payload.len(),
            records,
            changes: self.changes,
            first_record: self.contents.records - records + 1,
            before_ns: self.before_ns,
            latest_ns: self.contents.last_ts_recv_ns,
            sum: crc32fast::hash(payload),
        };
        self.out[start..start + HEADER].copy_from_slice(&header.write());
        self.before_ns = self.contents.last_ts_recv_ns;
    }

    /// Bytes that [`Self::take`] would give.
    pub const fn waiting(&self) -> usize {
        self.out.len()
    }

    /// The bytes that follow those taken before.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// The last bytes; the whole tape, where none were taken before.
    pub fn finish(mut self) -> Vec<u8> {
        self.flush();
        let contents = Contents {
            is_finished: true,
            ..self.contents
        };
        self.out.extend_from_slice(&contents.write());
        self.out
    }
}

fn check_market(event: &MarketEvent<'_>) -> Result<(), RecordError> {
    match *event {
        MarketEvent::Snapshot { levels, .. } | MarketEvent::Depth { levels, .. } => {
            if levels.len() > VALUES_MAX - LEVELS {
                return Err(RecordError::Levels(levels.len()));
            }
            let mut all = levels.iter().flat_map(|level| [level.price.0, level.qty.0]);
            let wrong = all.find(|count| !is_countable(*count));
            wrong.map_or(Ok(()), |count| Err(RecordError::Count(count)))
        }
        MarketEvent::Trade { price, qty, .. } => counts(&[price.0, qty.0]),
        MarketEvent::Quote {
            bid,
            bid_qty,
            ask,
            ask_qty,
            ..
        } => counts(&[bid.0, bid_qty.0, ask.0, ask_qty.0]),
    }
}

fn check_order(event: &OrderEvent) -> Result<(), RecordError> {
    match *event {
        OrderEvent::Book(BookEvent::Changed { order, before }) => {
            counts(&[order.price, order.qty, before])
        }
        OrderEvent::Book(
            BookEvent::Added(order) | BookEvent::Removed(order) | BookEvent::Filled(order),
        ) => counts(&[order.price, order.qty]),
        OrderEvent::Trade { price, qty, .. } | OrderEvent::Hidden { price, qty, .. } => {
            counts(&[price.0, qty.0])
        }
        OrderEvent::Book(BookEvent::Phase { .. }) | OrderEvent::Done | OrderEvent::Open => Ok(()),
    }
}

fn counts(all: &[i64]) -> Result<(), RecordError> {
    let wrong = all.iter().find(|count| !is_countable(**count));
    wrong.map_or(Ok(()), |count| Err(RecordError::Count(*count)))
}

fn check_steps(tape: &Instrument, now: &Instrument) -> Result<(), RecordError> {
    let whole = now.tick_size().in_units_of(tape.tick_size()).is_some()
        && now.lot_size().in_units_of(tape.lot_size()).is_some();
    if whole {
        return Ok(());
    }
    let steps = |one: &Instrument| format!("{} × {}", one.tick_size(), one.lot_size());
    Err(RecordError::Steps {
        tape: steps(tape),
        now: steps(now),
    })
}
