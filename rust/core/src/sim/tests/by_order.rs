//! A market order by order: our orders stand, fill and take exactly as in a list of everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lists::Lists;
use super::world::*;
use crate::flow::statistics::sample;
use crate::flow::{ByOrder, OrderFlow, Rng};
use crate::market::{EventSource, MarketEvent, OrderAt, OrderFact};
use crate::oms::message::{Command, NewOrder, TimeInForce, VenueReply};
use crate::sim::Rules;
use crate::sim::exchange::Exchange;
use crate::sim::queue::QueueModel;
use crate::sim::timeline::Reader;
use crate::units::{Lots, Side, SymbolId, Ticks};

fn plain() -> Rules {
    Rules::plain(FEES, QueueModel::RiskAverse)
}

/// A venue and a list beside it.
struct Twins {
    reader: Reader<ByOrder<OrderFlow>>,
    venue: Exchange,
    lists: Lists,
    fills: BTreeMap<u64, i64>,
    standing: BTreeSet<u64>,
    now_ns: i64,
    key: u64,
}

impl Twins {
    fn new(seed: u64, seconds: i64) -> Self {
        let (instrument, spec) = sample(seed, seconds);
        let orders = OrderFlow::new(Arc::clone(&instrument), spec);
        let response = latency(0, 0, 0).lines().response;
        Self {
            reader: Reader::new(ByOrder::new(orders, 0)),
            venue: Exchange::new(instrument, SymbolId(0), plain(), response),
            lists: Lists::default(),
            fills: BTreeMap::new(),
            standing: BTreeSet::new(),
            now_ns: 0,
            key: 0,
        }
    }

    /// Plays the next message to both; `None` at the end, else whether the book was told.
    fn step(&mut self) -> Option<bool> {
        self.now_ns = self.reader.peek().unwrap()?;
        let message = self.reader.take()?;
        let event = &message.event;
        let told = matches!(
            event,
            MarketEvent::Depth { .. } | MarketEvent::Snapshot { .. }
        );
        let facts = self.reader.source().facts().unwrap().to_vec();
        self.venue.follow(self.now_ns, &facts);
        self.venue.observe(self.now_ns, event, &message.levels);
        for fact in &facts {
            self.lists.take(fact);
        }
        if told {
            self.lists.meet();
        }
        self.hear();
        Some(told)
    }

    fn hear(&mut self) {
        let mut replies = Vec::new();
        self.venue.take_replies(&mut replies);
        for event in replies {
            let key = event.key.0;
            if let VenueReply::Filled(fill) = event.reply {
                *self.fills.entry(key).or_default() += fill.qty.0;
            }
            if self.venue.resting.ahead(key).is_none() {
                self.standing.remove(&key);
            }
        }
        self.lists.fills.retain(|_, qty| *qty > 0);
    }

    fn place(&mut self, side: Side, price: i64, qty: i64, takes: bool) {
        self.key += 1;
        let order = NewOrder {
            post_only: !takes,
            time_in_force: if takes {
                TimeInForce::Ioc
            } else {
                TimeInForce::Gtc
            },
            ..limit(self.key, side, price, qty)
        };
        // An order stops one tick before our own on the other side.
        let own = self.venue.resting.best(side.opposite());
        let stop = own.map_or(price, |own| own.0 - side.sign());
        let reach = if side == Side::Buy {
            price.min(stop)
        } else {
            price.max(stop)
        };
        self.venue.receive(self.now_ns, &Command::New(order));
        if takes {
            let eaten = self.lists.eat(side, reach, qty);
            *self.lists.fills.entry(self.key).or_default() += eaten;
        }
        if self.venue.resting.ahead(self.key).is_some() {
            self.lists.join(self.key, side, price, qty);
            self.standing.insert(self.key);
        }
        self.hear();
    }

    fn cancel(&mut self, key: u64) {
        self.venue.receive(self.now_ns, &cancel(key));
        self.lists.remove(key);
        self.standing.remove(&key);
        self.hear();
    }

    fn compare(&self) -> usize {
        for key in &self.standing {
            let ahead = self.venue.resting.ahead(*key).map(|lots| lots.0);
            assert_eq!(
                ahead,
                self.lists.ahead(*key),
                "order {key} at {}",
                self.now_ns
            );
        }
        assert_eq!(self.fills, self.lists.fills);
        self.standing.len()
    }
}

/// Lets ours come and go by chance; answers how often a place was compared.
fn live(twins: &mut Twins, rng: &mut Rng, most: u64, takes: bool) -> usize {
    let mut compared = 0;
    while let Some(told) = twins.step() {
        compared += twins.compare();
        while told && twins.key < most && rng.below(5) > 1 {
            let side = [Side::Buy, Side::Sell][rng.below(2) as usize];
            let Some((best, _)) = twins.venue.recorded.book.best(side) else {
                break;
            };
            let is_taker = takes && rng.below(4) == 0;
            let away = i64::from(rng.below(4)) - 1;
            let price = if is_taker {
                best.0 + side.sign() * i64::from(rng.below(4))
            } else {
                best.0 - side.sign() * away
            };
            twins.place(side, price, 1 + i64::from(rng.below(40)), is_taker);
            if twins.standing.len() > 24 {
                let at = rng.below(24) as usize;
                let key = *twins.standing.iter().nth(at).unwrap();
                twins.cancel(key);
            }
        }
    }
    compared
}

#[test]
fn ten_thousand_orders_stand_and_fill_as_in_the_lists_after_every_event() {
    let mut twins = Twins::new(17, 45);
    let compared = live(&mut twins, &mut Rng::new(23), 10_000, false);
    assert_eq!(twins.key, 10_000);
    assert!(
        compared > 50_000 && twins.fills.len() > 100,
        "{compared} {}",
        twins.fills.len()
    );
}

#[test]
fn what_we_take_is_taken_from_the_orders_at_the_front() {
    for seed in 0..4 {
        let mut twins = Twins::new(seed, 6);
        live(&mut twins, &mut Rng::new(!seed), u64::MAX, true);
        assert!(twins.fills.len() > 20, "{}", twins.fills.len());
    }
}

#[test]
fn an_order_that_leaves_does_not_give_back_what_we_took_of_others() {
    let at = |id, qty| OrderAt {
        id,
        side: SELL,
        price: Ticks(101),
        qty: Lots(qty),
    };
    let mut venue = venue(plain());
    let book = |qty| [level(BUY, 99, 9), level(SELL, 101, qty)];
    let tell = |venue: &mut Exchange, facts: &[OrderFact], qty, id| {
        let levels = book(qty);
        venue.follow(id, facts);
        let event = if id == 1 {
            MarketEvent::Snapshot {
                last_id: 1,
                levels: &levels,
            }
        } else {
            let id = u64::try_from(id).unwrap();
            MarketEvent::Depth {
                first_id: id,
                last_id: id,
                prev_id: None,
                levels: &levels,
            }
        };
        let (head, levels) = event.split();
        venue.observe(id, &head, levels);
    };
    tell(
        &mut venue,
        &[OrderFact::Came(at(1, 3)), OrderFact::Came(at(2, 4))],
        7,
        1,
    );
    let take = |venue: &mut Exchange, key, qty| {
        let order = NewOrder {
            time_in_force: TimeInForce::Ioc,
            ..limit(key, BUY, 101, qty)
        };
        venue.receive(1, &Command::New(order));
        let mut replies = Vec::new();
        venue.take_replies(&mut replies);
        text(&replies)
    };
    assert_eq!(take(&mut venue, 1, 5), "1 accepted · 1 taker 5@101");
    // The first order, which we had whole, leaves; 2 of the second are still there.
    tell(&mut venue, &[OrderFact::Shrank(at(1, 3))], 4, 2);
    assert_eq!(
        take(&mut venue, 2, 9),
        "2 accepted · 2 taker 2@101 · 2 expired"
    );
}
