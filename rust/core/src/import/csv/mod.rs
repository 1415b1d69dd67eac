//! Downloadable files of Tardis, by the names of their columns.
//!
//! `incremental_book_L2`, `book_snapshot_N`, `trades`, `quotes`, `book_ticker` and
//! `derivative_ticker` are told apart by what they have; columns come in any order. Times are in
//! microseconds since 1970. Rows of a book with the same times are one message.
//!
//! Source: Tardis, *Downloadable CSV files*.

mod heading;

pub(super) use heading::Heading;

use heading::{Body, fields};

use super::{Place, Reader, Sink, lines, shown};
use crate::decimal::Decimal;
use crate::feed::Counter;
use crate::instrument::Instrument;
use crate::market::{Level, MarketEvent};
use crate::money::Rate;
use crate::tape::{Break, Funding, TapeEvent, Taped};
use crate::units::Side;

/// A book message that is being gathered.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Open {
    instrument: u32,
    is_snapshot: bool,
    event_ns: i64,
    recv_ns: i64,
}

impl Open {
    const fn taped(self, event: TapeEvent<'_>) -> Taped<'_> {
        Taped {
            instrument: self.instrument,
            ts_event_ns: self.event_ns,
            ts_recv_ns: self.recv_ns,
            event,
        }
    }
}

pub(super) struct Csv {
    heading: Option<Heading>,
    counters: Vec<Counter>,
    /// The last update and trade of each instrument; books and trades of some venues have no ids.
    updates: Vec<u64>,
    trades: Vec<u64>,
    open: Option<Open>,
    levels: Vec<Level>,
    is_lost: bool,
}

impl Csv {
    pub(super) fn new(instruments: &[Instrument]) -> Self {
        Self {
            heading: None,
            counters: instruments.iter().map(Counter::new).collect(),
            updates: vec![0; instruments.len()],
            trades: vec![0; instruments.len()],
            open: None,
            levels: Vec::new(),
            is_lost: false,
        }
    }

    fn close(&mut self, sink: &mut Sink) -> Result<(), String> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        let update = &mut self.updates[open.instrument as usize];
        let is_first = *update == 0;
        *update += 1;
        let (id, levels) = (*update, self.levels.as_slice());
        let pushed = if open.is_snapshot {
            // A book is told again when the connection had to be made again.
            let told = if is_first {
                Ok(())
            } else {
                sink.push(&open.taped(TapeEvent::Break(Break::Connected)))
            };
            told.and_then(|()| {
                let snapshot = MarketEvent::Snapshot {
                    last_id: id,
                    levels,
                };
                sink.push(&open.taped(TapeEvent::Market(snapshot)))
            })
        } else {
            let depth = MarketEvent::Depth {
                first_id: id,
                last_id: id,
                prev_id: Some(id - 1),
                levels,
            };
            sink.push(&open.taped(TapeEvent::Market(depth)))
        };
        self.levels.clear();
        pushed
    }

    fn row(&mut self, line: &[u8], sink: &mut Sink) -> Result<bool, String> {
        let Some(heading) = &self.heading else {
            self.heading = Some(Heading::read(line)?);
            return Ok(true);
        };
        let row: Vec<&[u8]> = fields(line).collect();
        if row.len() != heading.width {
            let (width, found) = (heading.width, row.len());
            return Err(format!(
                "a row has as many fields as the heading, {width}: found {found}"
            ));
        }
        let symbol = std::str::from_utf8(row[heading.symbol]).unwrap_or_default();
        let Some(instrument) = sink.find(symbol) else {
            return Ok(false);
        };
        let (event_ns, recv_ns) = (time(row[heading.event])?, time(row[heading.recv])?);
        let body = heading.body.clone();
        let next = Open {
            instrument,
            is_snapshot: false,
            event_ns,
            recv_ns,
        };
        self.body(&body, &row, next, sink)
    }

    fn body(
        &mut self,
        body: &Body,
        row: &[&[u8]],
        next: Open,
        sink: &mut Sink,
    ) -> Result<bool, String> {
        let index = next.instrument as usize;
        let event = match body {
            Body::Delta {
                is_snapshot,
                side,
                price,
                amount,
            } => {
                let level = self.level(index, side_of(row[*side])?, row[*price], row[*amount])?;
                let is_snapshot = row[*is_snapshot] == b"true";
                let next = Open {
                    is_snapshot,
                    ..next
                };
                if self.open.is_some_and(|open| open != next) {
                    self.close(sink)?;
                }
                self.open = Some(next);
                self.levels.push(level);
                return Ok(true);
            }
            Body::Snapshot(sides) => {
                let pushed = self.snapshot(sides, row, next, sink);
                self.levels.clear();
                return pushed.map(|()| true);
            }
            Body::Trade {
                id,
                side,
                price,
                amount,
            } => {
                let Ok(aggressor) = side_of(row[*side]) else {
                    return Ok(false);
                };
                let level = self.level(index, aggressor, row[*price], row[*amount])?;
                let given = id.and_then(|id| whole(row[id]));
                let trade = given.unwrap_or(self.trades[index].wrapping_add(1));
                self.trades[index] = trade;
                TapeEvent::Market(MarketEvent::Trade {
                    id: trade,
                    price: level.price,
                    qty: level.qty,
                    aggressor,
                })
            }
            Body::Quote([bid, ask]) => {
                if row[bid.0].is_empty() || row[ask.0].is_empty() {
                    return Ok(false);
                }
                self.quote(index, [row[bid.0], row[bid.1]], [row[ask.0], row[ask.1]])?
            }
            Body::Ticker { rate, mark, next } => {
                if row[*rate].is_empty() {
                    return Ok(false);
                }
                TapeEvent::Funding(funding(row[*rate], row[*mark], row[*next])?)
            }
        };
        sink.push(&next.taped(event))?;
        Ok(true)
    }

    fn snapshot(
        &mut self,
        sides: &[Vec<(usize, usize)>; 2],
        row: &[&[u8]],
        next: Open,
        sink: &mut Sink,
    ) -> Result<(), String> {
        let index = next.instrument as usize;
        for (side, levels) in [Side::Buy, Side::Sell].into_iter().zip(sides) {
            for (price, amount) in levels {
                if !row[*price].is_empty() {
                    let level = self.level(index, side, row[*price], row[*amount])?;
                    self.levels.push(level);
                }
            }
        }
        self.updates[index] += 1;
        sink.push(&next.taped(TapeEvent::Market(MarketEvent::Snapshot {
            last_id: self.updates[index],
            levels: &self.levels,
        })))
    }

    fn quote(
        &mut self,
        index: usize,
        bid: [&[u8]; 2],
        ask: [&[u8]; 2],
    ) -> Result<TapeEvent<'static>, String> {
        let bid = self.level(index, Side::Buy, bid[0], bid[1])?;
        let ask = self.level(index, Side::Sell, ask[0], ask[1])?;
        self.updates[index] += 1;
        Ok(TapeEvent::Market(MarketEvent::Quote {
            id: self.updates[index],
            bid: bid.price,
            bid_qty: bid.qty,
            ask: ask.price,
            ask_qty: ask.qty,
        }))
    }

    fn level(
        &mut self,
        index: usize,
        side: Side,
        price: &[u8],
        amount: &[u8],
    ) -> Result<Level, String> {
        let counter = &mut self.counters[index];
        Ok(Level {
            side,
            price: counter.ticks(price)?,
            qty: counter.resting(amount)?,
        })
    }
}

fn side_of(text: &[u8]) -> Result<Side, String> {
    match text {
        b"bid" | b"buy" => Ok(Side::Buy),
        b"ask" | b"sell" => Ok(Side::Sell),
        _ => Err(format!(
            "side is bid, ask, buy or sell: found {:?}",
            shown(text)
        )),
    }
}

/// A funding rate, a mark price and the time of payment; of the last two either may be empty.
fn funding(rate: &[u8], mark: &[u8], next: &[u8]) -> Result<Funding, String> {
    Ok(Funding {
        rate: Rate(nano(rate, "funding_rate")?),
        mark_nano: if mark.is_empty() {
            0
        } else {
            nano(mark, "mark_price")?
        },
        next_ns: if next.is_empty() { 0 } else { time(next)? },
    })
}

fn whole(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Nanoseconds of a time in microseconds.
fn time(text: &[u8]) -> Result<i64, String> {
    let us = whole(text).and_then(|us| i64::try_from(us).ok()?.checked_mul(1000));
    us.ok_or_else(|| format!("a time is in microseconds: found {:?}", shown(text)))
}

/// A number in units of 10⁻⁹; what is finer is cut off.
fn nano(text: &[u8], name: &str) -> Result<i64, String> {
    let wrong = || format!("{name} is a number: found {:?}", shown(text));
    let exact = Decimal::parse(text).map_err(|_| wrong())?;
    exact.floor_units_of(Decimal::NANO).ok_or_else(wrong)
}

impl Reader for Csv {
    fn read(&mut self, bytes: &[u8], is_last: bool, at: &mut Place, sink: &mut Sink) -> usize {
        let taken = lines(bytes, is_last, at, |line, place| {
            if line.trim_ascii().is_empty() || self.is_lost {
                return;
            }
            sink.tally.inputs += 1;
            match self.row(line, sink) {
                Ok(true) => {}
                Ok(false) => sink.tally.skipped += 1,
                Err(reason) => {
                    // Without a heading nothing that follows can be read.
                    self.is_lost = self.heading.is_none();
                    sink.fault(place, reason);
                }
            }
        });
        if is_last && let Err(reason) = self.close(sink) {
            sink.fault(*at, reason);
        }
        taken
    }
}
