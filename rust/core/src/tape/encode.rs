//! Records into columns.

use super::column::{PAD, pack};
use super::event::{Funding, TapeEvent, Taped};
use super::sheet::{Before, COLUMNS, Column, kind};
use super::table::write_instrument;
use crate::flow::OrderEvent;
use crate::market::{Level, MarketEvent};
use crate::matching::{BookEvent, Shown};
use crate::units::{Lots, Side, Ticks};
use crate::varint::put;

/// The records of a block that is being written.
pub(super) struct Encoder {
    columns: [Vec<i64>; COLUMNS],
    before: Vec<Before>,
    recv: i64,
    event: i64,
    /// Instruments as they became, one behind the other.
    terms: Vec<u8>,
}

impl Encoder {
    pub(super) fn new(instruments: usize) -> Self {
        Self {
            columns: std::array::from_fn(|_| Vec::new()),
            before: vec![Before::default(); instruments],
            recv: 0,
            event: 0,
            terms: Vec::new(),
        }
    }

    pub(super) const fn records(&self) -> usize {
        self.columns[Column::Kind as usize].len()
    }

    /// Levels told so far.
    pub(super) const fn levels(&self) -> usize {
        self.columns[Column::LevelPrice as usize].len()
    }

    /// Appends the payload of the block, and starts the next.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        put(out, self.terms.len() as u64);
        out.append(&mut self.terms);
        for column in &mut self.columns {
            pack(column, out);
            column.clear();
        }
        out.extend_from_slice(&[0; PAD]);
        self.before.fill(Before::default());
        (self.recv, self.event) = (0, 0);
    }

    #[inline]
    fn put(&mut self, column: Column, value: i64) {
        self.columns[column as usize].push(value);
    }

    /// Appends a record whose numbers were checked.
    pub(super) fn push(&mut self, taped: &Taped<'_>) {
        self.put(Column::Instrument, i64::from(taped.instrument));
        self.put(Column::Recv, taped.ts_recv_ns.wrapping_sub(self.recv));
        self.put(Column::Event, taped.ts_event_ns.wrapping_sub(self.event));
        (self.recv, self.event) = (taped.ts_recv_ns, taped.ts_event_ns);
        let at = taped.instrument as usize;
        let number = match taped.event {
            TapeEvent::Market(event) => self.market(at, &event),
            TapeEvent::Order(event) => self.order(at, &event),
            TapeEvent::Funding(funding) => self.funding(at, funding),
            TapeEvent::Terms(instrument) => {
                write_instrument(&mut self.terms, instrument);
                kind::TERMS
            }
            TapeEvent::Break(why) => {
                self.put(Column::Break, why as i64);
                kind::BREAK
            }
        };
        self.put(Column::Kind, number);
    }

    fn market(&mut self, at: usize, event: &MarketEvent<'_>) -> i64 {
        match *event {
            MarketEvent::Snapshot { last_id, levels } => {
                self.depth_id(at, last_id.cast_signed(), 0);
                self.depth_levels(at, levels);
                kind::SNAPSHOT
            }
            MarketEvent::Depth {
                first_id,
                last_id,
                prev_id,
                levels,
            } => {
                if let Some(prev) = prev_id {
                    let expected = self.before[at].depth;
                    self.put(Column::DepthPrev, prev.cast_signed().wrapping_sub(expected));
                }
                let span = last_id.wrapping_sub(first_id).cast_signed();
                self.put(Column::DepthSpan, span);
                self.depth_id(at, first_id.cast_signed(), span);
                self.depth_levels(at, levels);
                if prev_id.is_some() {
                    kind::CHAINED
                } else {
                    kind::DEPTH
                }
            }
            MarketEvent::Trade {
                id,
                price,
                qty,
                aggressor,
            } => {
                let before = &mut self.before[at];
                let expected = before.trade.wrapping_add(1);
                before.trade = id.cast_signed();
                self.put(Column::TradeId, id.cast_signed().wrapping_sub(expected));
                self.trade(at, price, qty, aggressor);
                kind::TRADE
            }
            MarketEvent::Quote {
                id,
                bid,
                bid_qty,
                ask,
                ask_qty,
            } => {
                let id = id.cast_signed();
                let before = &mut self.before[at];
                let quote = id.wrapping_sub(std::mem::replace(&mut before.quote, id));
                let bid_by = bid
                    .0
                    .wrapping_sub(std::mem::replace(&mut before.bid, bid.0));
                let ask_by = ask
                    .0
                    .wrapping_sub(std::mem::replace(&mut before.ask, ask.0));
                self.put(Column::QuoteId, quote);
                self.put(Column::Bid, bid_by);
                self.put(Column::Ask, ask_by);
                self.put(Column::BidQty, bid_qty.0);
                self.put(Column::AskQty, ask_qty.0);
                kind::QUOTE
            }
        }
    }

    fn depth_id(&mut self, at: usize, id: i64, span: i64) {
        let expected = self.before[at].depth.wrapping_add(1);
        self.put(Column::DepthId, id.wrapping_sub(expected));
        self.before[at].depth = id.wrapping_add(span);
    }

    fn depth_levels(&mut self, at: usize, levels: &[Level]) {
        self.put(
            Column::Levels,
            i64::try_from(levels.len()).unwrap_or(i64::MAX),
        );
        let top = &mut self.before[at].top;
        let (mut last, mut is_first) = (*top, [true; 2]);
        for level in levels {
            let side = level.side as usize;
            let price = level.price.0;
            self.columns[Column::LevelSide as usize].push(i64::from(level.side as u8));
            self.columns[Column::LevelPrice as usize].push(price.wrapping_sub(last[side]));
            self.columns[Column::LevelQty as usize].push(level.qty.0);
            last[side] = price;
            if is_first[side] {
                (is_first[side], top[side]) = (false, price);
            }
        }
    }

    fn trade(&mut self, at: usize, price: Ticks, qty: Lots, aggressor: Side) {
        let before = &mut self.before[at];
        let by = price
            .0
            .wrapping_sub(std::mem::replace(&mut before.trade_price, price.0));
        self.put(Column::TradePrice, by);
        self.put(Column::TradeQty, qty.0);
        self.put(Column::Aggressor, i64::from(aggressor as u8));
    }

    fn funding(&mut self, at: usize, funding: Funding) -> i64 {
        let before = &mut self.before[at];
        let rate = funding.rate.0;
        let by = [
            rate.wrapping_sub(std::mem::replace(&mut before.rate, rate)),
            funding
                .mark_nano
                .wrapping_sub(std::mem::replace(&mut before.mark, funding.mark_nano)),
            funding
                .next_ns
                .wrapping_sub(std::mem::replace(&mut before.next, funding.next_ns)),
        ];
        self.put(Column::Rate, by[0]);
        self.put(Column::Mark, by[1]);
        self.put(Column::Next, by[2]);
        kind::FUNDING
    }

    fn order(&mut self, at: usize, event: &OrderEvent) -> i64 {
        match *event {
            OrderEvent::Book(BookEvent::Added(order)) => self.shown(at, &order, kind::ADDED),
            OrderEvent::Book(BookEvent::Changed { order, before }) => {
                self.put(Column::OrderMore, before.wrapping_sub(order.qty));
                self.shown(at, &order, kind::CHANGED)
            }
            OrderEvent::Book(BookEvent::Removed(order)) => self.shown(at, &order, kind::REMOVED),
            OrderEvent::Book(BookEvent::Filled(order)) => self.shown(at, &order, kind::FILLED),
            OrderEvent::Book(BookEvent::Phase { phase, .. }) => {
                self.put(Column::OrderMore, phase as i64);
                kind::PHASE
            }
            OrderEvent::Trade {
                price,
                qty,
                aggressor,
            } => {
                self.trade(at, price, qty, aggressor);
                kind::ORDER_TRADE
            }
            OrderEvent::Hidden {
                price,
                qty,
                aggressor,
            } => {
                self.trade(at, price, qty, aggressor);
                kind::HIDDEN
            }
            OrderEvent::Done => kind::DONE,
            OrderEvent::Open => kind::OPEN,
        }
    }

    fn shown(&mut self, at: usize, order: &Shown, number: i64) -> i64 {
        let id = order.order_id.cast_signed();
        let before = &mut self.before[at];
        let id_by = id.wrapping_sub(std::mem::replace(&mut before.order, id));
        let price_by = order
            .price
            .wrapping_sub(std::mem::replace(&mut before.order_price, order.price));
        self.put(Column::OrderId, id_by);
        self.put(Column::OrderSide, i64::from(order.side as u8));
        self.put(Column::OrderPrice, price_by);
        self.put(Column::OrderQty, order.qty);
        number
    }
}
