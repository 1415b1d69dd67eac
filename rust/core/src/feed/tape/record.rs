//! One message as differences to the messages before it.
//!
//! ```text
//! record   := tag recv:diff event:[diff] body
//! tag      := kind:2 event_time:2 flags:4           (low bits first)
//! snapshot := last_id:diff levels
//! depth    := first:[diff] (last − first):uint prev:[diff] levels
//! trade    := id:[diff] price:[diff] qty:uint
//! quote    := id:diff bid:[diff] ask:[diff] bid_qty:[uint] ask_qty:[uint]
//! levels   := count:uint (run:uint (price:diff qty:uint)×run)*      runs: bids, asks, bids, …
//! ```
//!
//! `uint` is LEB128, `diff` the zigzag of a wrapping difference; what stands in brackets is left
//! out where a bit of the tag says that it follows from the record before.

use super::varint::{
    diff, diff_id, read_qty, read_uint, uint, undiff, undiff_id, unzigzag, zigzag,
};
use crate::instrument::COUNT_MAX;
use crate::market::{Level, MarketEvent, Stamped};
use crate::units::{Lots, Side, Ticks};

const SNAPSHOT: u8 = 0;
const DEPTH: u8 = 1;
const TRADE: u8 = 2;
const QUOTE: u8 = 3;

/// The venue's time: as before, a whole number of milliseconds later, any other.
const SAME_TIME: u8 = 0;
const MILLISECONDS: u8 = 1 << 2;
const NANOSECONDS: u8 = 2 << 2;
const TIME: u8 = 3 << 2;
const NS_IN_MS: i64 = 1_000_000;

const HAS_PREV: u8 = 1 << 4;
const PREV_IS_LAST: u8 = 1 << 5;
const FIRST_IS_NEXT: u8 = 1 << 6;

const SOLD: u8 = 1 << 4;
const ID_IS_NEXT: u8 = 1 << 5;
const SAME_PRICE: u8 = 1 << 6;

const SAME_BID: u8 = 1 << 4;
const SAME_ASK: u8 = 1 << 5;
const SAME_BID_QTY: u8 = 1 << 6;
const SAME_ASK_QTY: u8 = 1 << 7;

/// What the next record's differences refer to; writer and reader keep the same.
#[derive(Debug, Default)]
pub(super) struct Before {
    recv: i64,
    event: i64,
    depth: u64,
    trade: u64,
    trade_price: i64,
    quote: u64,
    bid: i64,
    ask: i64,
    bid_qty: i64,
    ask_qty: i64,
    level: [i64; 2],
}

/// What a record says but for its levels, which are in the reader's buffer.
#[derive(Clone, Copy)]
pub(super) enum Body {
    Snapshot(u64),
    Depth {
        first: u64,
        last: u64,
        prev: Option<u64>,
    },
    Other(MarketEvent<'static>),
}

/// A decoded record.
#[derive(Clone, Copy)]
pub(super) struct Record {
    pub(super) ts_event_ns: i64,
    pub(super) ts_recv_ns: i64,
    pub(super) body: Body,
}

impl Before {
    pub(super) fn encode(&mut self, stamped: &Stamped<'_>, out: &mut Vec<u8>) {
        let tag_at = out.len();
        out.push(0);
        diff(out, stamped.ts_recv_ns, &mut self.recv);
        let time = self.encode_time(stamped.ts_event_ns, out);
        let tag = match stamped.event {
            MarketEvent::Snapshot { last_id, levels } => {
                diff_id(out, last_id, &mut self.depth);
                self.encode_levels(levels, out);
                SNAPSHOT
            }
            MarketEvent::Depth {
                first_id,
                last_id,
                prev_id,
                levels,
            } => {
                let tag = self.encode_ids(first_id, last_id, prev_id, out);
                self.encode_levels(levels, out);
                tag
            }
            MarketEvent::Trade {
                id,
                price,
                qty,
                aggressor,
            } => {
                let mut tag = TRADE;
                if aggressor == Side::Sell {
                    tag |= SOLD;
                }
                if id == self.trade.wrapping_add(1) {
                    tag |= ID_IS_NEXT;
                    self.trade = id;
                } else {
                    diff_id(out, id, &mut self.trade);
                }
                tag |= changed(out, price.0, &mut self.trade_price, SAME_PRICE);
                uint(out, qty.0.cast_unsigned());
                tag
            }
            MarketEvent::Quote {
                id,
                bid,
                bid_qty,
                ask,
                ask_qty,
            } => {
                diff_id(out, id, &mut self.quote);
                QUOTE
                    | changed(out, bid.0, &mut self.bid, SAME_BID)
                    | changed(out, ask.0, &mut self.ask, SAME_ASK)
                    | changed_qty(out, bid_qty.0, &mut self.bid_qty, SAME_BID_QTY)
                    | changed_qty(out, ask_qty.0, &mut self.ask_qty, SAME_ASK_QTY)
            }
        };
        out[tag_at] = tag | time;
    }

    fn encode_time(&mut self, event: i64, out: &mut Vec<u8>) -> u8 {
        let later = event.wrapping_sub(self.event);
        self.event = event;
        if later == 0 {
            SAME_TIME
        } else if later % NS_IN_MS == 0 {
            uint(out, zigzag(later / NS_IN_MS));
            MILLISECONDS
        } else {
            uint(out, zigzag(later));
            NANOSECONDS
        }
    }

    fn encode_ids(&mut self, first: u64, last: u64, prev: Option<u64>, out: &mut Vec<u8>) -> u8 {
        let before = self.depth;
        let mut tag = DEPTH;
        if first == before.wrapping_add(1) {
            tag |= FIRST_IS_NEXT;
        } else {
            uint(out, zigzag(first.wrapping_sub(before).cast_signed()));
        }
        uint(out, last.wrapping_sub(first));
        match prev {
            Some(prev) if prev == before => tag |= HAS_PREV | PREV_IS_LAST,
            Some(prev) => {
                tag |= HAS_PREV;
                uint(out, zigzag(prev.wrapping_sub(before).cast_signed()));
            }
            None => {}
        }
        self.depth = last;
        tag
    }

    fn encode_levels(&mut self, levels: &[Level], out: &mut Vec<u8>) {
        uint(out, levels.len() as u64);
        let mut side = Side::Buy;
        let mut rest = levels;
        while !rest.is_empty() {
            let end = rest.iter().position(|level| level.side != side);
            let (run, after) = rest.split_at(end.unwrap_or(rest.len()));
            uint(out, run.len() as u64);
            for level in run {
                diff(out, level.price.0, &mut self.level[side as usize]);
                uint(out, level.qty.0.cast_unsigned());
            }
            rest = after;
            side = side.opposite();
        }
    }

    /// The record at the front of `input`; `None` where none stands.
    pub(super) fn decode(&mut self, input: &mut &[u8], levels: &mut Vec<Level>) -> Option<Record> {
        let (tag, rest) = input.split_first()?;
        *input = rest;
        let ts_recv_ns = undiff(input, &mut self.recv)?;
        match tag & TIME {
            SAME_TIME => {}
            MILLISECONDS => {
                let later = unzigzag(read_uint(input)?).wrapping_mul(NS_IN_MS);
                self.event = self.event.wrapping_add(later);
            }
            NANOSECONDS => {
                undiff(input, &mut self.event)?;
            }
            _ => return None,
        }
        if ts_recv_ns < 0 || self.event < 0 {
            return None;
        }
        let body = match tag & 3 {
            SNAPSHOT => {
                let last = undiff_id(input, &mut self.depth)?;
                self.decode_levels(input, levels)?;
                Body::Snapshot(last)
            }
            DEPTH => {
                let body = self.decode_ids(*tag, input)?;
                self.decode_levels(input, levels)?;
                body
            }
            TRADE => self.decode_trade(*tag, input)?,
            _ => self.decode_quote(*tag, input)?,
        };
        Some(Record {
            ts_event_ns: self.event,
            ts_recv_ns,
            body,
        })
    }

    fn decode_ids(&mut self, tag: u8, input: &mut &[u8]) -> Option<Body> {
        let before = self.depth;
        let from = |input: &mut &[u8]| {
            Some(before.wrapping_add(unzigzag(read_uint(input)?).cast_unsigned()))
        };
        let first = if tag & FIRST_IS_NEXT == 0 {
            from(input)?
        } else {
            before.wrapping_add(1)
        };
        let last = first.wrapping_add(read_uint(input)?);
        let prev = match (tag & HAS_PREV != 0, tag & PREV_IS_LAST != 0) {
            (false, _) => None,
            (true, true) => Some(before),
            (true, false) => Some(from(input)?),
        };
        self.depth = last;
        Some(Body::Depth { first, last, prev })
    }

    fn decode_trade(&mut self, tag: u8, input: &mut &[u8]) -> Option<Body> {
        if tag & ID_IS_NEXT == 0 {
            undiff_id(input, &mut self.trade)?;
        } else {
            self.trade = self.trade.wrapping_add(1);
        }
        if tag & SAME_PRICE == 0 {
            undiff(input, &mut self.trade_price)?;
        }
        Some(Body::Other(MarketEvent::Trade {
            id: self.trade,
            price: countable(self.trade_price)?,
            qty: Lots(read_qty(input)?),
            aggressor: if tag & SOLD == 0 {
                Side::Buy
            } else {
                Side::Sell
            },
        }))
    }

    fn decode_quote(&mut self, tag: u8, input: &mut &[u8]) -> Option<Body> {
        undiff_id(input, &mut self.quote)?;
        if tag & SAME_BID == 0 {
            undiff(input, &mut self.bid)?;
        }
        if tag & SAME_ASK == 0 {
            undiff(input, &mut self.ask)?;
        }
        if tag & SAME_BID_QTY == 0 {
            self.bid_qty = read_qty(input)?;
        }
        if tag & SAME_ASK_QTY == 0 {
            self.ask_qty = read_qty(input)?;
        }
        Some(Body::Other(MarketEvent::Quote {
            id: self.quote,
            bid: countable(self.bid)?,
            bid_qty: Lots(self.bid_qty),
            ask: countable(self.ask)?,
            ask_qty: Lots(self.ask_qty),
        }))
    }

    #[inline]
    fn decode_levels(&mut self, input: &mut &[u8], levels: &mut Vec<Level>) -> Option<()> {
        levels.clear();
        let mut left = read_uint(input)?;
        // A level takes two bytes at least, so a count beyond the input reserves nothing.
        if left > input.len() as u64 {
            return None;
        }
        let mut side = Side::Buy;
        while left > 0 {
            let run = read_uint(input)?;
            left = left.checked_sub(run)?;
            for _ in 0..run {
                let price = countable(undiff(input, &mut self.level[side as usize])?)?;
                let qty = Lots(read_qty(input)?);
                levels.push(Level { side, price, qty });
            }
            side = side.opposite();
        }
        Some(())
    }
}

/// A price that the arithmetic of books and accounts has room for; an empty side says zero.
const fn countable(price: i64) -> Option<Ticks> {
    if price >= 0 && price < COUNT_MAX {
        Some(Ticks(price))
    } else {
        None
    }
}

/// Writes `value` unless it is what it was; the bit that says so is returned.
fn changed(out: &mut Vec<u8>, value: i64, before: &mut i64, same: u8) -> u8 {
    if value == *before {
        return same;
    }
    diff(out, value, before);
    0
}

fn changed_qty(out: &mut Vec<u8>, value: i64, before: &mut i64, same: u8) -> u8 {
    if value == *before {
        return same;
    }
    *before = value;
    uint(out, value.cast_unsigned());
    0
}
