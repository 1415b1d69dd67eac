//! A scripted market and a scripted trader, both real implementations of their roles.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::decimal::Decimal;
use crate::instrument::{ContractKind, Instrument, InstrumentSpec};
use crate::market::{Aside, EventSource, Level, MarketEvent, SourceError, Stamped, StampedAside};
use crate::mirror::Book;
use crate::money::{Money, Rate};
use crate::oms::message::{Command, NewOrder, OrderKey, OrderType, Terms, TimeInForce};
use crate::oms::message::{Liquidity, VenueEvent, VenueReply};
use crate::sim::*;
use crate::units::{Lots, Side, SymbolId, Ticks};

pub(super) const BUY: Side = Side::Buy;
pub(super) const SELL: Side = Side::Sell;

pub(super) fn instrument(kind: ContractKind) -> Arc<Instrument> {
    let decimal = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
    Arc::new(
        Instrument::new(InstrumentSpec {
            symbol: "X".into(),
            kind,
            tick_size: decimal("0.5"),
            lot_size: decimal("0.01"),
            multiplier: Decimal::ONE,
            min_notional: decimal("0"),
            maker_fee: Rate(0),
            taker_fee: Rate(0),
        })
        .unwrap(),
    )
}

pub(super) const FEES: Fees = Fees {
    maker: Rate(100_000),
    taker: Rate(500_000),
};

pub(super) fn venue(rules: Rules) -> Exchange {
    let instrument = instrument(ContractKind::Linear);
    let response = latency(0, 0, 0).lines().response;
    Exchange::new(instrument, SymbolId(0), rules, response)
}

/// Latencies that never vary.
pub(super) fn latency(feed_ns: i64, entry_ns: i64, response_ns: i64) -> Latency {
    let constant = |ns| Delay::constant(ns).unwrap();
    Latency {
        feed: constant(feed_ns),
        entry: constant(entry_ns),
        response: constant(response_ns),
        seed: 0,
    }
}

/// All that can be heard of a recording.
pub(super) const EVERYTHING: Subscriptions = Subscriptions {
    book_depth: 5,
    trades: true,
    quotes: true,
    corrupt: true,
    asides: true,
};

/// What happens in a script, in the words of a book.
#[derive(Clone, Debug)]
pub(super) enum Said {
    /// A whole book: bids and asks.
    Book(Vec<(i64, i64)>, Vec<(i64, i64)>),
    /// Changed levels.
    Levels(Vec<(Side, i64, i64)>),
    /// Taker's side, price, volume.
    Trade(Side, i64, i64),
    /// Bid and ask with quantities.
    Quote((i64, i64), (i64, i64)),
    /// Updates went missing.
    Gap,
    /// A record that cannot be decoded.
    Corrupt,
    /// Something beside the book.
    Aside(Aside),
}

pub(super) fn level(side: Side, price: i64, qty: i64) -> Level {
    Level {
        side,
        price: Ticks(price),
        qty: Lots(qty),
    }
}

/// A recorded market from a list of what was said at which time.
pub(super) struct Script {
    said: VecDeque<(i64, Said)>,
    id: u64,
    record: u64,
    levels: Vec<Level>,
    asides: VecDeque<StampedAside>,
}

impl Script {
    pub(super) fn new(said: impl IntoIterator<Item = (i64, Said)>) -> Self {
        Self {
            said: said.into_iter().collect(),
            id: 100,
            record: 0,
            levels: Vec::new(),
            asides: VecDeque::new(),
        }
    }

    fn event(&mut self, said: &Said) -> MarketEvent<'_> {
        self.id += 1;
        let id = self.id;
        match said {
            Said::Book(bids, asks) => {
                let bids = bids.iter().map(|(p, q)| level(BUY, *p, *q));
                let asks = asks.iter().map(|(p, q)| level(SELL, *p, *q));
                self.levels = bids.chain(asks).collect();
                MarketEvent::Snapshot {
                    last_id: id,
                    levels: &self.levels,
                }
            }
            Said::Levels(levels) => {
                self.levels = levels.iter().map(|(s, p, q)| level(*s, *p, *q)).collect();
                MarketEvent::Depth {
                    first_id: id,
                    last_id: id,
                    prev_id: None,
                    levels: &self.levels,
                }
            }
            Said::Gap => {
                self.id += 5;
                MarketEvent::Depth {
                    first_id: self.id,
                    last_id: self.id,
                    prev_id: None,
                    levels: &[],
                }
            }
            Said::Trade(aggressor, price, qty) => {
                self.id -= 1;
                MarketEvent::Trade {
                    id,
                    price: Ticks(*price),
                    qty: Lots(*qty),
                    aggressor: *aggressor,
                }
            }
            Said::Quote(bid, ask) => {
                self.id -= 1;
                MarketEvent::Quote {
                    id,
                    bid: Ticks(bid.0),
                    bid_qty: Lots(bid.1),
                    ask: Ticks(ask.0),
                    ask_qty: Lots(ask.1),
                }
            }
            Said::Corrupt | Said::Aside(_) => unreachable!("said before"),
        }
    }
}

impl EventSource for Script {
    fn next_event(&mut self) -> Result<Option<Stamped<'_>>, SourceError> {
        self.record += 1;
        while let Some((ts_ns, Said::Aside(aside))) = self.said.front() {
            self.asides.push_back(StampedAside {
                ts_event_ns: *ts_ns,
                ts_recv_ns: *ts_ns,
                aside: aside.clone(),
            });
            self.said.pop_front();
        }
        let Some((ts_ns, said)) = self.said.pop_front() else {
            return Ok(None);
        };
        if matches!(said, Said::Corrupt) {
            return Err(SourceError {
                reason: "a line must make sense".into(),
                record: self.record,
                offset: 0,
            });
        }
        Ok(Some(Stamped {
            ts_event_ns: ts_ns,
            ts_recv_ns: ts_ns,
            event: self.event(&said),
        }))
    }

    fn next_aside(&mut self) -> Option<StampedAside> {
        self.asides.pop_front()
    }

    fn place(&self) -> (u64, u64) {
        (self.record, 0)
    }
}

pub(super) fn limit(key: u64, side: Side, price: i64, qty: i64) -> NewOrder {
    NewOrder {
        key: OrderKey(key),
        symbol: SymbolId(0),
        side,
        order_type: OrderType::Limit,
        price: Ticks(price),
        qty: Lots(qty),
        time_in_force: TimeInForce::Gtc,
        post_only: false,
        reduce_only: false,
    }
}

pub(super) fn cancel(key: u64) -> Command {
    Command::Cancel {
        key: OrderKey(key),
        symbol: SymbolId(0),
    }
}

pub(super) fn modify(key: u64, price: i64, qty: i64) -> Command {
    Command::Modify {
        key: OrderKey(key),
        symbol: SymbolId(0),
        price: Ticks(price),
        qty: Lots(qty),
        stop: Ticks(0),
    }
}

/// What a venue replied, one word group a reply: `1 accepted · 1 maker 3@100`.
pub(super) fn text(replies: &[VenueEvent]) -> String {
    let mut out = String::new();
    for event in replies {
        if !out.is_empty() {
            out.push_str(" · ");
        }
        let key = event.key.0;
        match event.reply {
            VenueReply::Accepted => write!(out, "{key} accepted"),
            VenueReply::Rejected(code) => write!(out, "{key} rejected {}", code.as_str()),
            VenueReply::Canceled => write!(out, "{key} canceled"),
            VenueReply::Expired => write!(out, "{key} expired"),
            VenueReply::Replaced { price, qty, stop } if stop.0 != 0 => {
                write!(out, "{key} replaced {}@{} from {}", qty.0, price.0, stop.0)
            }
            VenueReply::Replaced { price, qty, .. } => {
                write!(out, "{key} replaced {}@{}", qty.0, price.0)
            }
            VenueReply::CancelRejected(code) => write!(out, "{key} keeps {}", code.as_str()),
            VenueReply::ModifyRejected(code) => write!(out, "{key} stays {}", code.as_str()),
            VenueReply::Filled(fill) => {
                let word = match fill.liquidity {
                    Liquidity::Maker => "maker",
                    Liquidity::Taker => "taker",
                };
                write!(out, "{key} {word} {}@{}", fill.qty.0, fill.price.0)
            }
            VenueReply::Triggered => write!(out, "{key} triggered"),
            VenueReply::Unknown => write!(out, "{key} ?"),
            VenueReply::Funded { amount, .. } => write!(out, "funded {amount}"),
            VenueReply::Liquidated { side, fill, .. } => {
                let word = side.as_str();
                write!(out, "liquidated {word} {}@{}", fill.qty.0, fill.price.0)
            }
        }
        .unwrap();
    }
    out
}

/// A venue driven step by step; each step answers what it replied.
pub(super) struct Floor {
    pub(super) venue: Exchange,
    script: Script,
    now_ns: i64,
}

impl Floor {
    /// Bids 99 and 98, asks 101 and 102, ten lots each.
    pub(super) fn new(queue: QueueModel) -> Self {
        Self::under(Rules::plain(FEES, queue))
    }

    /// As [`Floor::new`], under other rules.
    pub(super) fn under(rules: Rules) -> Self {
        let mut floor = Self {
            venue: venue(rules),
            script: Script::new([]),
            now_ns: 0,
        };
        let book = Said::Book(vec![(99, 10), (98, 10)], vec![(101, 10), (102, 10)]);
        floor.say(&book);
        floor
    }

    /// Lets time pass at the venue; what it said meanwhile.
    pub(super) fn wait_until(&mut self, now_ns: i64) -> String {
        self.now_ns = now_ns;
        self.venue.elapse(now_ns);
        self.replies()
    }

    /// Places an order with terms few orders have.
    pub(super) fn place_with(&mut self, order: NewOrder, terms: Terms) -> String {
        self.send(Command::NewWith(order, terms))
    }

    fn replies(&mut self) -> String {
        let mut replies = Vec::new();
        self.venue.take_replies(&mut replies);
        text(&replies)
    }

    pub(super) fn say(&mut self, said: &Said) -> String {
        self.now_ns += 1;
        let event = self.script.event(said);
        let (head, levels) = event.split();
        self.venue.observe(self.now_ns, &head, levels);
        self.replies()
    }

    /// The recording says something beside the book; whether the book was lost by it.
    pub(super) fn hear(&mut self, aside: &Aside) -> bool {
        self.now_ns += 1;
        self.venue.hear(self.now_ns, aside)
    }

    pub(super) fn send(&mut self, command: Command) -> String {
        self.now_ns += 1;
        self.venue.receive(self.now_ns, &command);
        self.replies()
    }

    pub(super) fn place(&mut self, order: NewOrder) -> String {
        self.send(Command::New(order))
    }
}

/// Sends each command once its time has come, by the trader's clock; remembers every reply.
#[derive(Default)]
pub(super) struct Trader {
    pub(super) outbox: Vec<Command>,
    pub(super) inbox: Vec<VenueEvent>,
}

impl Participant for Trader {
    fn take_commands(&mut self, commands: &mut Vec<Command>) {
        commands.append(&mut self.outbox);
    }

    fn receive(&mut self, event: &VenueEvent) -> bool {
        self.inbox.push(*event);
        true
    }

    fn account(&self, _: SymbolId) -> Option<(Lots, Money)> {
        None
    }

    fn funding(&self, _: SymbolId) -> Money {
        Money::ZERO
    }
}

pub(super) fn simulation(script: Script, latency: Latency) -> Simulation<Script> {
    let rules = Rules::plain(FEES, QueueModel::default());
    let assumptions = Assumptions { rules, latency };
    let instrument = instrument(ContractKind::Linear);
    Simulation::new(script, instrument, SymbolId(0), assumptions)
}

/// Runs until nothing is left, ignoring every wake.
pub(super) fn finish(simulation: &mut Simulation<Script>, trader: &mut Trader, book: &mut Book) {
    while simulation.advance(trader, book, u64::MAX) != Wake::End {}
}
