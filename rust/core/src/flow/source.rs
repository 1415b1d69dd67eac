//! What a venue would publish about a market: public messages made of facts about orders.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::instrument::Instrument;
use crate::market::{EventSource, Level, MarketEvent, SourceError, Stamped};
use crate::units::{Lots, Ticks};

use super::orders::{FlowSpec, OrderEvent, OrderFlow, OrderSource};
use super::publish::Levels;

/// Depth is published this often, if it changed.
pub const DEPTH_PERIOD_NS: i64 = 100_000_000;
/// Each message is stamped as received this long after the event.
pub const FEED_DELAY_NS: i64 = 2_000_000;

/// What facts about orders make public: a snapshot, then depth, trades and quotes.
#[derive(Default)]
pub struct Public {
    levels: Levels,
    update_id: u64,
    published_id: u64,
    trade_id: u64,
    quoted: Option<[(i64, i64); 2]>,
    /// When depth is due next; `None` before the market opens.
    due_ns: Option<i64>,
    ready: VecDeque<(i64, MarketEvent<'static>)>,
    depth: Vec<Level>,
}

impl Public {
    /// Takes a fact, once all messages were taken. What was due by `ts_ns` is made public first.
    pub fn take(&mut self, ts_ns: i64, event: &OrderEvent) {
        self.advance(ts_ns);
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
            OrderEvent::Done => {
                self.update_id += 1;
                self.publish_quote(ts_ns);
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
        if self.levels.changes(&mut self.depth) {
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

    fn publish_quote(&mut self, ts_ns: i64) {
        let (Some(bid), Some(ask)) = (self.levels.best_bid(), self.levels.best_ask()) else {
            return;
        };
        if self.quoted == Some([bid, ask]) {
            return;
        }
        self.quoted = Some([bid, ask]);
        let quote = MarketEvent::Quote {
            id: self.update_id,
            bid: Ticks(bid.0),
            bid_qty: Lots(bid.1),
            ask: Ticks(ask.0),
            ask_qty: Lots(ask.1),
        };
        self.publish(ts_ns, quote);
    }

    /// The next message and when it was made public.
    pub fn next_message(&mut self) -> Option<(i64, MarketEvent<'_>)> {
        let (ts_ns, event) = self.ready.pop_front()?;
        if matches!(event, MarketEvent::Snapshot { .. }) {
            self.levels.snapshot(&mut self.depth);
        }
        let levels = self.depth.as_slice();
        let event = match event {
            MarketEvent::Snapshot { last_id, .. } => MarketEvent::Snapshot { last_id, levels },
            MarketEvent::Depth {
                first_id,
                last_id,
                prev_id,
                ..
            } => MarketEvent::Depth {
                first_id,
                last_id,
                prev_id,
                levels,
            },
            other @ (MarketEvent::Trade { .. } | MarketEvent::Quote { .. }) => other,
        };
        Some((ts_ns, event))
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
