//! A market of orders as a feed order by order: every change is published at once, with what
//! became of the orders behind it.

use std::collections::VecDeque;

use crate::market::{
    EventSource, Level, MarketEvent, OrderFact, SourceError, Stamped, StampedAside,
};
use crate::units::{Lots, Ticks};

use super::orders::{OrderEvent, OrderSource};
use super::publish::Levels;

/// A market of orders as a source of messages: a snapshot, then after each command its trades, the
/// levels that changed, and the touch if it moved. [`EventSource::facts`] has the orders.
pub struct ByOrder<O> {
    orders: O,
    delay_ns: i64,
    levels: Levels,
    update_id: u64,
    trade_id: u64,
    quoted: Option<[(i64, i64); 2]>,
    is_open: bool,
    /// When each happened, and by how much later it was received.
    ready: VecDeque<(i64, i64, MarketEvent<'static>)>,
    recv_ns: i64,
    depth: Vec<Level>,
    /// What became of orders since the last message that was given.
    waiting: Vec<OrderFact>,
    /// The same up to the message that was given last.
    given: Vec<OrderFact>,
}

impl<O: OrderSource> ByOrder<O> {
    /// The market of `orders`, each message received `delay_ns` after it happened.
    pub fn new(orders: O, delay_ns: i64) -> Self {
        Self {
            orders,
            delay_ns,
            levels: Levels::default(),
            update_id: 0,
            trade_id: 0,
            quoted: None,
            is_open: false,
            ready: VecDeque::new(),
            recv_ns: i64::MIN,
            depth: Vec::new(),
            waiting: Vec::new(),
            given: Vec::new(),
        }
    }

    /// Where the facts come from.
    pub const fn orders(&self) -> &O {
        &self.orders
    }

    fn take(&mut self, ts_ns: i64, event: &OrderEvent) {
        self.waiting.extend(event.fact());
        match *event {
            OrderEvent::Book(change) => {
                if let Some((order, by)) = change.shift() {
                    self.levels.add(order.side, order.price, by);
                }
            }
            OrderEvent::Trade {
                price,
                qty,
                aggressor,
            }
            | OrderEvent::Hidden {
                price,
                qty,
                aggressor,
            } => {
                self.trade_id += 1;
                let trade = MarketEvent::Trade {
                    id: self.trade_id,
                    price,
                    qty,
                    aggressor,
                };
                self.publish(ts_ns, trade);
            }
            OrderEvent::Done if self.is_open => self.publish_depth(ts_ns),
            OrderEvent::Done => {}
            OrderEvent::Open => {
                self.is_open = true;
                let last_id = self.update_id;
                let levels = &[];
                self.publish(ts_ns, MarketEvent::Snapshot { last_id, levels });
            }
        }
    }

    fn publish(&mut self, ts_ns: i64, event: MarketEvent<'static>) {
        if self.is_open {
            let late_ns = self.orders.late_ns().saturating_add(self.delay_ns);
            self.ready.push_back((ts_ns, late_ns, event));
        }
    }

    fn publish_depth(&mut self, ts_ns: i64) {
        if self.waiting.is_empty() {
            return;
        }
        self.update_id += 1;
        let id = self.update_id;
        let depth = MarketEvent::Depth {
            first_id: id,
            last_id: id,
            prev_id: None,
            levels: &[],
        };
        self.publish(ts_ns, depth);
        let (Some(bid), Some(ask)) = (self.levels.best_bid(), self.levels.best_ask()) else {
            return;
        };
        if self.quoted != Some([bid, ask]) {
            self.quoted = Some([bid, ask]);
            let quote = MarketEvent::Quote {
                id,
                bid: Ticks(bid.0),
                bid_qty: Lots(bid.1),
                ask: Ticks(ask.0),
                ask_qty: Lots(ask.1),
            };
            self.publish(ts_ns, quote);
        }
    }
}

impl<O: OrderSource> EventSource for ByOrder<O> {
    fn next_event(&mut self) -> Result<Option<Stamped<'_>>, SourceError> {
        while self.ready.is_empty() {
            // Whatever one command caused comes out together.
            let is_whole = loop {
                let Some((ts_ns, event)) = self.orders.next_order()? else {
                    break false;
                };
                self.take(ts_ns, &event);
                if matches!(event, OrderEvent::Done | OrderEvent::Open) {
                    break true;
                }
            };
            if !is_whole {
                break;
            }
        }
        self.given.clear();
        let Some((ts_event_ns, late_ns, event)) = self.ready.pop_front() else {
            return Ok(None);
        };
        self.recv_ns = self.recv_ns.max(ts_event_ns.saturating_add(late_ns));
        match event {
            MarketEvent::Snapshot { .. } => self.levels.snapshot(&mut self.depth),
            MarketEvent::Depth { .. } => {
                self.levels.changes(&mut self.depth);
            }
            MarketEvent::Trade { .. } | MarketEvent::Quote { .. } => {}
        }
        let levels = self.depth.as_slice();
        let event = match event {
            MarketEvent::Snapshot { last_id, .. } => {
                std::mem::swap(&mut self.given, &mut self.waiting);
                MarketEvent::Snapshot { last_id, levels }
            }
            MarketEvent::Depth {
                first_id,
                last_id,
                prev_id,
                ..
            } => {
                std::mem::swap(&mut self.given, &mut self.waiting);
                MarketEvent::Depth {
                    first_id,
                    last_id,
                    prev_id,
                    levels,
                }
            }
            other @ (MarketEvent::Trade { .. } | MarketEvent::Quote { .. }) => other,
        };
        Ok(Some(Stamped {
            ts_event_ns,
            ts_recv_ns: self.recv_ns,
            event,
        }))
    }

    fn next_aside(&mut self) -> Option<StampedAside> {
        self.orders.next_aside()
    }

    fn place(&self) -> (u64, u64) {
        self.orders.place()
    }

    fn facts(&self) -> Option<&[OrderFact]> {
        Some(&self.given)
    }
}
