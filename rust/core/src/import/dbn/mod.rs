//! Market by order of Databento's DBN files, unpacked.
//!
//! A file is `DBN`, its version, the length of what stands before the records, and that; then
//! records whose first byte is their length in words of four bytes. Records other than market by
//! order are counted and passed over.
//!
//! A venue of this kind tells an execution twice: as a fill, and as the cancel or change that takes
//! the filled quantity out of the book. Here the fill takes it out, and what follows is what is
//! left of the cancel or change.
//!
//! Source: Databento, *DBN encoding*, *Schemas: market by order*.

mod market;
mod record;

pub(super) use record::{Head, survey};

use std::collections::HashMap;

use market::Market;
use record::{LAST, Mbo, RECORD_MIN, SNAPSHOT, record};

use super::{Place, Reader, Sink};
use crate::decimal::Decimal;
use crate::flow::OrderEvent;
use crate::instrument::Instrument;
use crate::tape::{TapeEvent, Taped};

/// A time that was not told.
const NO_TIME: u64 = u64::MAX;

pub(super) struct Dbn {
    head: Head,
    /// Price of one tick in 10⁻⁹.
    ticks: Vec<i64>,
    markets: Vec<Market>,
    places: HashMap<u32, Option<u32>>,
    out: Vec<OrderEvent>,
}

impl Dbn {
    pub(super) fn new(instruments: &[Instrument]) -> Self {
        let tick = |one: &Instrument| one.tick_size().in_units_of(Decimal::NANO).unwrap_or(0);
        Self {
            head: Head::default(),
            ticks: instruments.iter().map(tick).collect(),
            markets: instruments.iter().map(|_| Market::default()).collect(),
            places: HashMap::new(),
            out: Vec::new(),
        }
    }

    fn mbo(&mut self, mbo: &Mbo, sink: &mut Sink) -> Result<bool, String> {
        let head = &self.head;
        let find = || sink.find(&head.name(mbo.instrument));
        let place = *self.places.entry(mbo.instrument).or_insert_with(find);
        let Some(place) = place else {
            return Ok(false);
        };
        let index = place as usize;
        let market = &mut self.markets[index];
        self.out.clear();
        if !market.is_open && mbo.flags & SNAPSHOT == 0 && mbo.action != b'R' {
            market.is_open = true;
            if std::mem::take(&mut market.is_told) {
                self.out.push(OrderEvent::Done);
            }
            self.out.push(OrderEvent::Open);
        }
        let price = ticks(mbo, self.ticks[index])?;
        // Executions of orders that the book never showed, as at an opening, name no side.
        let is_foreign = mbo.action == b'F' && mbo.side().is_none() && !market.shows(mbo.order);
        if !is_foreign {
            market.take(mbo, price, &mut self.out)?;
        }
        if mbo.flags & LAST != 0 && market.is_told {
            self.out.push(OrderEvent::Done);
            market.is_told = false;
        }
        let times = [mbo.event_ns, mbo.recv_ns].map(|ns| (ns != NO_TIME).then_some(ns));
        let (event_ns, recv_ns) = match times {
            [Some(event), Some(recv)] => (event, recv),
            [Some(one), None] | [None, Some(one)] => (one, one),
            [None, None] => return Err("a record has a time: it has none".to_owned()),
        };
        for event in &self.out {
            sink.push(&Taped {
                instrument: place,
                ts_event_ns: event_ns.cast_signed(),
                ts_recv_ns: recv_ns.cast_signed(),
                event: TapeEvent::Order(*event),
            })?;
        }
        Ok(!is_foreign)
    }
}

/// Whole ticks of a record's price; what has none needs none.
fn ticks(mbo: &Mbo, tick: i64) -> Result<i64, String> {
    if mbo.price == i64::MAX || mbo.action == b'R' {
        return Ok(0);
    }
    if tick > 0 && mbo.price >= 0 && mbo.price % tick == 0 {
        return Ok(mbo.price / tick);
    }
    let price = mbo.price;
    Err(format!(
        "a price is a multiple of the tick, 0 or more: price_nano={price}, tick_nano={tick}"
    ))
}

impl Reader for Dbn {
    fn read(&mut self, bytes: &[u8], is_last: bool, at: &mut Place, sink: &mut Sink) -> usize {
        let mut taken = 0;
        if !self.head.is_read && !self.head.is_foreign {
            taken = self.head.read(bytes);
            at.offset += taken as u64;
            if self.head.is_foreign {
                sink.fault(
                    Place::default(),
                    "a file starts with DBN and its metadata".to_owned(),
                );
            }
        }
        if self.head.is_foreign {
            return bytes.len();
        }
        while self.head.is_read
            && let Some(record) = record(&bytes[taken..])
        {
            at.record += 1;
            sink.tally.inputs += 1;
            if record.len() < RECORD_MIN {
                let length = record.len();
                let rule = format!("a record has {RECORD_MIN} bytes or more: length={length}");
                sink.fault(*at, format!("{rule}; nothing behind it can be read"));
                self.head.is_foreign = true;
                return bytes.len();
            }
            match Mbo::read(record).map(|mbo| self.mbo(&mbo, sink)) {
                Some(Ok(true)) => {}
                Some(Ok(false)) | None => sink.tally.skipped += 1,
                Some(Err(reason)) => sink.fault(*at, reason),
            }
            taken += record.len();
            at.offset += record.len() as u64;
        }
        if is_last && taken < bytes.len() {
            at.record += 1;
            let found = bytes.len() - taken;
            sink.fault(
                *at,
                format!("a record is complete: the last has {found} bytes"),
            );
            return bytes.len();
        }
        taken
    }
}
