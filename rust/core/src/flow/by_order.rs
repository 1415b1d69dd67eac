//! A market of orders as a feed order by order: every change is published at once, with what
//! became of the orders behind it.

use std::collections::VecDeque;

use super::orders::{OrderEvent, OrderSource};
use super::publish::Board;
use crate::market::{
    EventSource, Level, MarketEvent, OrderFact, SourceError, Stamped, StampedAside,
};

/// A market of orders as a source of messages: a snapshot, then after each command its trades, the
/// levels that changed, and the touch if it moved. [`EventSource::facts`] has the orders.
pub struct ByOrder<O> {
    orders: O,
    delay_ns: i64,
    board: Board,
    update_id: u64,
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
            board: Board::default(),
            update_id: 0,
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
        if let Some(trade) = self.board.take(event) {
            self.publish(ts_ns, trade);
        }
        match event {
            OrderEvent::Done if self.is_open => self.publish_depth(ts_ns),
            OrderEvent::Book(_)
            | OrderEvent::Trade { .. }
            | OrderEvent::Hidden { .. }
            | OrderEvent::Done => {}
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
        if let Some(quote) = self.board.touch(id) {
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
            MarketEvent::Snapshot { .. } => {
                self.board.levels.snapshot(&mut self.depth);
                std::mem::swap(&mut self.given, &mut self.waiting);
            }
            MarketEvent::Depth { .. } => {
                self.board.levels.changes(&mut self.depth);
                std::mem::swap(&mut self.given, &mut self.waiting);
            }
            MarketEvent::Trade { .. } | MarketEvent::Quote { .. } => {}
        }
        Ok(Some(Stamped {
            ts_event_ns,
            ts_recv_ns: self.recv_ns,
            event: event.with_levels(&self.depth),
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
