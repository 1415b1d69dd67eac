//! What a venue would publish about a market: public messages made of facts about orders.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::instrument::Instrument;
use crate::market::{EventSource, Level, MarketEvent, SourceError, Stamped};

use super::orders::{FlowSpec, OrderEvent, OrderFlow, OrderSource};
use super::publish::Board;

/// Depth is published this often, if it changed.
pub const DEPTH_PERIOD_NS: i64 = 100_000_000;
/// Each message is stamped as received this long after the event.
pub const FEED_DELAY_NS: i64 = 2_000_000;

/// What facts about orders make public: a snapshot, then depth, trades and quotes.
#[derive(Default)]
pub struct Public {
    board: Board,
    update_id: u64,
    published_id: u64,
    /// When depth is due next; `None` before the market opens.
    due_ns: Option<i64>,
    ready: VecDeque<(i64, MarketEvent<'static>)>,
    depth: Vec<Level>,
}

impl Public {
    /// Takes a fact, once all messages were taken. What was due by `ts_ns` is made public first.
    pub fn take(&mut self, ts_ns: i64, event: &OrderEvent) {
        self.advance(ts_ns);
        if let Some(trade) = self.board.take(event) {
            self.publish(ts_ns, trade);
        }
        match event {
            OrderEvent::Book(_) | OrderEvent::Trade { .. } | OrderEvent::Hidden { .. } => {}
            OrderEvent::Done => {
                self.update_id += 1;
                if let Some(quote) = self.board.touch(self.update_id) {
                    self.publish(ts_ns, quote);
                }
            }
            OrderEvent::Open => {
                self.due_ns = Some(ts_ns + DEPTH_PERIOD_NS);
                self.published_id = self.update_id;
                let snapshot = MarketEvent::Snapshot {
                    last_id: self.update_id,
                    levels: &[],
                };
                self.publish(ts_ns, snapshot);
            }
        }
    }

    /// Lets time pass up to `ts_ns`: depth comes out when it was due, if it changed.
    pub fn advance(&mut self, ts_ns: i64) {
        let Some(due_ns) = self.due_ns.filter(|due_ns| *due_ns <= ts_ns) else {
            return;
        };
        let late = (ts_ns - due_ns) / DEPTH_PERIOD_NS;
        self.due_ns = Some(due_ns + (late + 1) * DEPTH_PERIOD_NS);
        if self.board.levels.changes(&mut self.depth) {
            let depth = MarketEvent::Depth {
                first_id: self.published_id + 1,
                last_id: self.update_id,
                prev_id: None,
                levels: &[],
            };
            self.published_id = self.update_id;
            self.publish(due_ns, depth);
        }
    }

    /// Whether no message waits.
    pub fn is_silent(&self) -> bool {
        self.ready.is_empty()
    }

    fn publish(&mut self, ts_ns: i64, event: MarketEvent<'static>) {
        if self.due_ns.is_some() {
            self.ready.push_back((ts_ns, event));
        }
    }

    /// The next message and when it was made public.
    pub fn next_message(&mut self) -> Option<(i64, MarketEvent<'_>)> {
        let (ts_ns, event) = self.ready.pop_front()?;
        if matches!(event, MarketEvent::Snapshot { .. }) {
            self.board.levels.snapshot(&mut self.depth);
        }
        Some((ts_ns, event.with_levels(&self.depth)))
    }
}

/// A market of orders as a source of public messages.
pub struct Flow {
    orders: OrderFlow,
    public: Public,
}

impl Flow {
    /// A market in `instrument`, warmed up but silent.
    pub fn new(instrument: Arc<Instrument>, spec: FlowSpec) -> Self {
        Self {
            orders: OrderFlow::new(instrument, spec),
            public: Public::default(),
        }
    }

    /// The engine the orders go through.
    #[cfg(test)]
    pub(super) const fn engine(&self) -> &crate::matching::Engine {
        self.orders.engine()
    }
}

impl EventSource for Flow {
    fn next_event(&mut self) -> Result<Option<Stamped<'_>>, SourceError> {
        while self.public.is_silent() {
            if let Some((ts_ns, event)) = self.orders.next_order()? {
                self.public.take(ts_ns, &event);
                continue;
            }
            self.public.advance(self.orders.end_ns());
            if self.public.is_silent() {
                return Ok(None);
            }
        }
        let message = self.public.next_message();
        Ok(message.map(|(ts_event_ns, event)| Stamped {
            ts_event_ns,
            ts_recv_ns: ts_event_ns + FEED_DELAY_NS,
            event,
        }))
    }
}
