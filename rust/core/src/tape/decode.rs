//! Columns back into records.

use super::column::unpack;
use super::event::{Break, Funding, TapeEvent, Taped};
use super::fields::Fields;
use super::sheet::{Before, COLUMNS, Column, is_countable, kind, lots, side, ticks};
use super::table::read_instrument;
use crate::flow::OrderEvent;
use crate::instrument::Instrument;
use crate::market::{Level, MarketEvent, Message};
use crate::matching::command::Phase;
use crate::matching::{BookEvent, Shown};
use crate::money::Rate;
use crate::units::{Lots, Side, Ticks};
use crate::varint::take;

/// Most values of one column: a snapshot of a million levels fits.
pub(super) const VALUES_MAX: usize = 1 << 21;

/// The records of a block that is being read.
pub(super) struct Decoder {
    columns: [Vec<i64>; COLUMNS],
    at: [usize; COLUMNS],
    before: Vec<Before>,
    terms: Vec<Instrument>,
    term: usize,
    /// The record that was decoded last: its times, and what it says if it is a message.
    message: Box<Message>,
    instrument: u32,
    body: Body,
    /// Times that the next ones are counted from.
    recv: i64,
    event: i64,
}

/// What a record is.
#[derive(Clone, Copy)]
enum Body {
    Message,
    Terms(usize),
    Other(TapeEvent<'static>),
}

impl Decoder {
    pub(super) fn new(instruments: usize) -> Self {
        Self {
            columns: std::array::from_fn(|_| Vec::new()),
            at: [0; COLUMNS],
            before: vec![Before::default(); instruments],
            terms: Vec::new(),
            term: 0,
            message: Box::default(),
            instrument: 0,
            recv: 0,
            event: 0,
            body: Body::Other(TapeEvent::Break(Break::Gap)),
        }
    }

    /// Takes the payload of a block of so many records; `None` where it is none.
    pub(super) fn open(&mut self, mut payload: &[u8], records: u64) -> Option<()> {
        let length = usize::try_from(take(&mut payload)?).ok()?;
        let (terms, columns) = payload.split_at_checked(length)?;
        self.terms.clear();
        let mut fields = Fields(terms);
        while !fields.0.is_empty() {
            self.terms.push(read_instrument(&mut fields).ok()?);
        }
        payload = columns;
        for column in &mut self.columns {
            unpack(&mut payload, column, VALUES_MAX)?;
        }
        let told = self.columns[Column::Kind as usize].len() as u64;
        self.at = [0; COLUMNS];
        self.before.fill(Before::default());
        (self.recv, self.event, self.term) = (0, 0, 0);
        (told == records && payload.len() == super::column::PAD).then_some(())
    }

    /// Whether all columns were read to their ends.
    pub(super) fn is_spent(&self) -> bool {
        let mut all = self.columns.iter().zip(&self.at);
        all.all(|(column, at)| column.len() == *at) && self.term == self.terms.len()
    }

    #[inline(always)]
    fn take(&mut self, column: Column) -> Option<i64> {
        let at = &mut self.at[column as usize];
        let value = *self.columns[column as usize].get(*at)?;
        *at += 1;
        Some(value)
    }

    /// Decodes the next record, and answers its receipt; `None` where none can be read.
    #[inline]
    pub(super) fn step(&mut self) -> Option<i64> {
        self.instrument = u32::try_from(self.take(Column::Instrument)?).ok()?;
        self.recv = self.recv.wrapping_add(self.take(Column::Recv)?);
        self.event = self.event.wrapping_add(self.take(Column::Event)?);
        let at = self.instrument as usize;
        if self.recv < 0 || self.event < 0 || at >= self.before.len() {
            return None;
        }
        (self.message.ts_event_ns, self.message.ts_recv_ns) = (self.event, self.recv);
        self.body = self.body(at)?;
        Some(self.recv)
    }

    /// The record that was decoded last.
    #[inline]
    pub(super) fn current(&self) -> Taped<'_> {
        Taped {
            instrument: self.instrument,
            ts_event_ns: self.message.ts_event_ns,
            ts_recv_ns: self.message.ts_recv_ns,
            event: match self.body {
                Body::Message => {
                    let message = &self.message;
                    TapeEvent::Market(message.event.with_levels(&message.levels))
                }
                Body::Terms(term) => TapeEvent::Terms(&self.terms[term]),
                Body::Other(event) => event,
            },
        }
    }

    /// The instrument of the record that was decoded last.
    pub(super) const fn instrument(&self) -> u32 {
        self.instrument
    }

    /// The record that was decoded last if it is a message, for whoever takes it away.
    #[inline]
    pub(super) const fn message(&mut self) -> Option<&mut Box<Message>> {
        match self.body {
            Body::Message => Some(&mut self.message),
            Body::Terms(_) | Body::Other(_) => None,
        }
    }

    #[inline]
    fn body(&mut self, at: usize) -> Option<Body> {
        let number = self.take(Column::Kind)?;
        Some(match number {
            kind::SNAPSHOT => {
                let last_id = self.depth_id(at, 0)?;
                self.depth_levels(at)?;
                let levels = &[];
                self.message.event = MarketEvent::Snapshot { last_id, levels };
                Body::Message
            }
            kind::DEPTH | kind::CHAINED => {
                let prev_id = if number == kind::CHAINED {
                    let expected = self.before[at].depth;
                    let prev = expected.wrapping_add(self.take(Column::DepthPrev)?);
                    Some(prev.cast_unsigned())
                } else {
                    None
                };
                let span = self.take(Column::DepthSpan)?;
                let first_id = self.depth_id(at, span)?;
                self.depth_levels(at)?;
                self.message.event = MarketEvent::Depth {
                    first_id,
                    last_id: first_id.wrapping_add(span.cast_unsigned()),
                    prev_id,
                    levels: &[],
                };
                Body::Message
            }
            kind::TRADE => {
                let id = self.take(Column::TradeId)?;
                let before = &mut self.before[at].trade;
                *before = before.wrapping_add(1).wrapping_add(id);
                let id = before.cast_unsigned();
                let (price, qty, aggressor) = self.trade(at)?;
                self.message.levels.clear();
                self.message.event = MarketEvent::Trade {
                    id,
                    price,
                    qty,
                    aggressor,
                };
                Body::Message
            }
            kind::QUOTE => {
                self.message.levels.clear();
                self.message.event = self.quote(at)?;
                Body::Message
            }
            kind::FUNDING => Body::Other(TapeEvent::Funding(self.funding(at)?)),
            kind::TERMS => {
                let term = self.term;
                self.terms.get(term)?;
                self.term += 1;
                Body::Terms(term)
            }
            kind::BREAK => {
                let why = self.take(Column::Break)?;
                Body::Other(TapeEvent::Break(Break::of(why.cast_unsigned())?))
            }
            _ => Body::Other(TapeEvent::Order(self.order(at, number)?)),
        })
    }

    #[inline]
    fn depth_id(&mut self, at: usize, span: i64) -> Option<u64> {
        let by = self.take(Column::DepthId)?;
        let before = &mut self.before[at].depth;
        let id = before.wrapping_add(1).wrapping_add(by);
        *before = id.wrapping_add(span);
        Some(id.cast_unsigned())
    }

    #[inline]
    fn depth_levels(&mut self, at: usize) -> Option<()> {
        let count = usize::try_from(self.take(Column::Levels)?).ok()?;
        let range = |column: Column| {
            let start = self.at[column as usize];
            self.columns[column as usize].get(start..start.checked_add(count)?)
        };
        let sides = range(Column::LevelSide)?;
        let prices = range(Column::LevelPrice)?;
        let quantities = range(Column::LevelQty)?;
        let levels = &mut self.message.levels;
        levels.clear();
        let top = &mut self.before[at].top;
        let (mut last, mut is_first) = (*top, [true; 2]);
        let (mut counts, mut done) = (0, 0);
        for run in sides.chunk_by(|one, next| one == next) {
            let side = side(run[0])?;
            let mut price = last[side as usize];
            if std::mem::take(&mut is_first[side as usize]) {
                top[side as usize] = price.wrapping_add(prices[done]);
            }
            let here = done..done + run.len();
            done = here.end;
            let told = prices[here.clone()].iter().zip(&quantities[here]);
            levels.extend(told.map(|(by, qty)| {
                price = price.wrapping_add(*by);
                counts |= price | *qty;
                Level {
                    side,
                    price: Ticks(price),
                    qty: Lots(*qty),
                }
            }));
            last[side as usize] = price;
        }
        if !is_countable(counts) {
            return None;
        }
        for column in [Column::LevelSide, Column::LevelPrice, Column::LevelQty] {
            self.at[column as usize] += count;
        }
        Some(())
    }

    #[inline]
    fn trade(&mut self, at: usize) -> Option<(Ticks, Lots, Side)> {
        let by = self.take(Column::TradePrice)?;
        let price = &mut self.before[at].trade_price;
        *price = price.wrapping_add(by);
        let price = ticks(*price)?;
        let qty = lots(self.take(Column::TradeQty)?)?;
        Some((price, qty, side(self.take(Column::Aggressor)?)?))
    }

    #[inline]
    fn quote(&mut self, at: usize) -> Option<MarketEvent<'static>> {
        let by = [
            self.take(Column::QuoteId)?,
            self.take(Column::Bid)?,
            self.take(Column::Ask)?,
        ];
        let before = &mut self.before[at];
        before.quote = before.quote.wrapping_add(by[0]);
        before.bid = before.bid.wrapping_add(by[1]);
        before.ask = before.ask.wrapping_add(by[2]);
        let (id, bid, ask) = (before.quote.cast_unsigned(), before.bid, before.ask);
        Some(MarketEvent::Quote {
            id,
            bid: ticks(bid)?,
            bid_qty: lots(self.take(Column::BidQty)?)?,
            ask: ticks(ask)?,
            ask_qty: lots(self.take(Column::AskQty)?)?,
        })
    }

    fn funding(&mut self, at: usize) -> Option<Funding> {
        let by = [
            self.take(Column::Rate)?,
            self.take(Column::Mark)?,
            self.take(Column::Next)?,
        ];
        let before = &mut self.before[at];
        before.rate = before.rate.wrapping_add(by[0]);
        before.mark = before.mark.wrapping_add(by[1]);
        before.next = before.next.wrapping_add(by[2]);
        (before.mark >= 0 && before.next >= 0).then_some(Funding {
            rate: Rate(before.rate),
            mark_nano: before.mark,
            next_ns: before.next,
        })
    }

    #[inline]
    fn order(&mut self, at: usize, number: i64) -> Option<OrderEvent> {
        Some(match number {
            kind::ADDED => OrderEvent::Book(BookEvent::Added(self.shown(at)?)),
            kind::CHANGED => {
                let more = self.take(Column::OrderMore)?;
                let order = self.shown(at)?;
                let before = lots(order.qty.wrapping_add(more))?.0;
                OrderEvent::Book(BookEvent::Changed { order, before })
            }
            kind::REMOVED => OrderEvent::Book(BookEvent::Removed(self.shown(at)?)),
            kind::FILLED => OrderEvent::Book(BookEvent::Filled(self.shown(at)?)),
            kind::PHASE => {
                let number = usize::try_from(self.take(Column::OrderMore)?).ok()?;
                let phase = *Phase::ALL.get(number)?;
                OrderEvent::Book(BookEvent::Phase { symbol: 0, phase })
            }
            kind::ORDER_TRADE | kind::HIDDEN => {
                let (price, qty, aggressor) = self.trade(at)?;
                if number == kind::HIDDEN {
                    OrderEvent::Hidden {
                        price,
                        qty,
                        aggressor,
                    }
                } else {
                    OrderEvent::Trade {
                        price,
                        qty,
                        aggressor,
                    }
                }
            }
            kind::DONE => OrderEvent::Done,
            kind::OPEN => OrderEvent::Open,
            _ => return None,
        })
    }

    #[inline]
    fn shown(&mut self, at: usize) -> Option<Shown> {
        let by = [self.take(Column::OrderId)?, self.take(Column::OrderPrice)?];
        let before = &mut self.before[at];
        before.order = before.order.wrapping_add(by[0]);
        before.order_price = before.order_price.wrapping_add(by[1]);
        let (order_id, price) = (before.order.cast_unsigned(), before.order_price);
        Some(Shown {
            order_id,
            price: ticks(price)?.0,
            qty: lots(self.take(Column::OrderQty)?)?.0,
            symbol: 0,
            side: side(self.take(Column::OrderSide)?)?,
        })
    }
}
