//! A recording of LOBSTER as a market of facts about orders.

use std::collections::{BTreeMap, VecDeque};

use crate::feed::lobster::{Action, Market, Message, Messages};
use crate::flow::{OrderEvent, OrderSource};
use crate::market::SourceError;
use crate::matching::{BookEvent, Shown};
use crate::units::{Lots, Side};

/// Messages of one day. Orders from before are known by their level alone: number 0.
pub struct LobsterOrders<B> {
    messages: Messages<B>,
    market: Market,
    /// What each order shows.
    shows: BTreeMap<u64, i64>,
    ready: VecDeque<(i64, OrderEvent)>,
    now_ns: i64,
}

impl<B: AsRef<[u8]> + Clone> LobsterOrders<B> {
    /// The recording of a message file, whose book after the first message is `row` of the order
    /// book file. Time is in nanoseconds since midnight.
    ///
    /// # Errors
    ///
    /// The rule that the first message or `row` breaks.
    pub fn new(bytes: B, row: &[u8]) -> Result<Self, String> {
        let first = Messages::new(bytes.clone()).next_message();
        let first = first.map_err(|error| error.to_string())?;
        let Some(first) = first else {
            return Err("a message file has at least one message: it is empty".to_owned());
        };
        let market = Market::before(row, &first)?;
        Ok(Self::from(bytes, market, first.ts_ns))
    }

    /// The recording of a message file whose book before the first message is not known: it starts
    /// empty.
    ///
    /// # Errors
    ///
    /// The rule that the first message breaks.
    pub fn of_nothing(bytes: B) -> Result<Self, String> {
        let first = Messages::new(bytes.clone()).next_message();
        let first = first.map_err(|error| error.to_string())?;
        Ok(Self::from(
            bytes,
            Market::new(),
            first.map_or(0, |first| first.ts_ns),
        ))
    }

    fn from(bytes: B, market: Market, ts_ns: i64) -> Self {
        let mut ready = VecDeque::new();
        for side in [Side::Buy, Side::Sell] {
            for (price, qty) in market.book().depth(side, usize::MAX) {
                let level = shown(0, side, price.0, qty.0);
                ready.push_back((ts_ns, OrderEvent::Book(BookEvent::Added(level))));
            }
        }
        ready.extend([OrderEvent::Done, OrderEvent::Open].map(|event| (ts_ns, event)));
        Self {
            messages: Messages::new(bytes),
            market,
            shows: BTreeMap::new(),
            ready,
            now_ns: ts_ns,
        }
    }
}

const fn shown(order_id: u64, side: Side, price: i64, qty: i64) -> Shown {
    Shown {
        order_id,
        price,
        qty,
        symbol: 0,
        side,
    }
}

impl<B: AsRef<[u8]>> LobsterOrders<B> {
    /// Bytes read so far.
    pub const fn offset(&self) -> usize {
        self.messages.offset()
    }

    /// The bytes, to put others in their place: the next message is the first of those.
    pub const fn refill(&mut self) -> &mut B {
        self.messages.refill()
    }

    fn take(&mut self, message: &Message) {
        let Message {
            side, price, qty, ..
        } = *message;
        self.now_ns = self.now_ns.max(message.ts_ns);
        let before = self.market.book().qty_at(side, price).0;
        self.market.apply(message);
        // What a level below the recording's window lacks cannot be taken from it.
        let by = self.market.book().qty_at(side, price).0 - before;
        let aggressor = side.opposite();
        match message.action {
            Action::Add => {
                self.shows.insert(message.order_id, by);
                let order = shown(message.order_id, side, price.0, by);
                self.tell(OrderEvent::Book(BookEvent::Added(order)));
            }
            Action::Reduce | Action::Delete | Action::Execute => {
                let is_trade = message.action == Action::Execute;
                if is_trade {
                    self.tell(OrderEvent::Trade {
                        price,
                        qty,
                        aggressor,
                    });
                }
                let change = self.shrink(message, Lots(-by), is_trade);
                self.tell(OrderEvent::Book(change));
            }
            Action::ExecuteHidden => self.tell(OrderEvent::Hidden {
                price,
                qty,
                aggressor,
            }),
            Action::Cross | Action::Halt => return,
        }
        self.tell(OrderEvent::Done);
    }

    /// An order shows less by `qty`.
    fn shrink(&mut self, message: &Message, qty: Lots, is_trade: bool) -> BookEvent {
        let order_id = message.order_id;
        let order = |qty| shown(order_id, message.side, message.price.0, qty);
        let known = self.shows.get_mut(&order_id);
        let left = known.map(|shows| {
            *shows = (*shows - qty.0).max(0);
            *shows
        });
        if left == Some(0) || message.action == Action::Delete {
            self.shows.remove(&order_id);
        }
        if is_trade {
            BookEvent::Filled(order(qty.0))
        } else if message.action == Action::Delete {
            BookEvent::Removed(order(qty.0))
        } else {
            let left = left.unwrap_or(0);
            BookEvent::Changed {
                order: order(left),
                before: left + qty.0,
            }
        }
    }

    fn tell(&mut self, event: OrderEvent) {
        self.ready.push_back((self.now_ns, event));
    }
}

impl<B: AsRef<[u8]>> OrderSource for LobsterOrders<B> {
    fn next_order(&mut self) -> Result<Option<(i64, OrderEvent)>, SourceError> {
        while self.ready.is_empty() {
            match self.messages.next_message()? {
                Some(message) => self.take(&message),
                None => return Ok(None),
            }
        }
        Ok(self.ready.pop_front())
    }

    fn place(&self) -> (u64, u64) {
        (
            self.messages.lines(),
            self.messages.offset().saturating_sub(1) as u64,
        )
    }

    fn end_ns(&self) -> i64 {
        self.now_ns
    }
}
