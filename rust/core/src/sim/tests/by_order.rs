//! A market order by order: our orders stand, fill and take exactly as in a list of everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::world::*;
use crate::flow::statistics::sample;
use crate::flow::{ByOrder, OrderFlow, Rng};
use crate::market::{EventSource, MarketEvent, OrderAt, OrderFact};
use crate::oms::message::{Command, NewOrder, TimeInForce, VenueReply};
use crate::sim::exchange::Exchange;
use crate::sim::queue::QueueModel;
use crate::sim::timeline::Reader;
use crate::units::{Lots, Side, SymbolId, Ticks};

/// Who stands in a queue: a recorded order, with what we took of it, or one of ours.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Order { id: u64, qty: i64, eaten: i64 },
    Ours { key: u64, qty: i64 },
}

/// Every level as a list, front first: slow, obvious, and without a number of joining.
#[derive(Default)]
struct Lists {
    levels: BTreeMap<(u8, i64), Vec<Who>>,
    fills: BTreeMap<u64, i64>,
    /// Where ours stand.
    ours: BTreeMap<u64, (Side, i64)>,
}

impl Lists {
    fn level(&mut self, side: Side, price: i64) -> &mut Vec<Who> {
        self.levels.entry((side as u8, price)).or_default()
    }

    /// Prices of one side, best first.
    fn prices(&self, side: Side) -> Vec<i64> {
        let of_side = self.levels.keys().filter(|(s, _)| *s == side as u8);
        let mut prices: Vec<i64> = of_side.map(|(_, price)| *price).collect();
        if side == Side::Buy {
            prices.reverse();
        }
        prices
    }

    fn ahead(&self, key: u64) -> Option<i64> {
        let ours = |who: &Who| matches!(who, Who::Ours { key: k, .. } if *k == key);
        let (side, price) = self.ours.get(&key)?;
        let level = self.levels.get(&(*side as u8, *price))?;
        let before = level.iter().take_while(|who| !ours(who));
        Some(
            before
                .map(|who| match who {
                    Who::Order { qty, .. } => *qty,
                    Who::Ours { .. } => 0,
                })
                .sum(),
        )
    }

    /// Ours of a side from the best price to `limit`, each level up to `end` of it, share `qty`.
    fn give(&mut self, side: Side, limit: i64, end: usize, mut qty: i64) {
        for price in self.prices(side) {
            let is_worse = (limit - price) * side.sign() > 0;
            if is_worse {
                break;
            }
            let end = if price == limit { end } else { usize::MAX };
            let mut filled = Vec::new();
            for who in self.level(side, price).iter().take(end) {
                if let Who::Ours { key, qty: open } = who {
                    let part = qty.min(*open);
                    qty -= part;
                    filled.push((*key, part));
                }
            }
            for (key, part) in filled {
                self.fill(key, part);
            }
        }
        self.sweep();
    }

    fn sweep(&mut self) {
        for level in self.levels.values_mut() {
            level.retain(|who| match who {
                Who::Order { qty, .. } | Who::Ours { qty, .. } => *qty > 0,
            });
        }
        self.levels.retain(|_, level| !level.is_empty());
    }

    fn change(&mut self, order: &OrderAt) -> usize {
        let OrderAt { id, side, price, qty } = *order;
        let level = self.level(side, price.0);
        let is_it = |who: &Who| matches!(who, Who::Order { id: i, .. } if *i == id);
        let at = level.iter().position(is_it).expect("every order is known");
        if let Who::Order { qty: left, eaten, .. } = &mut level[at] {
            *left -= qty.0;
            *eaten = (*eaten).min(*left);
        }
        at
    }

    fn take(&mut self, fact: &OrderFact) {
        match fact {
            OrderFact::Came(OrderAt { id, side, price, qty }) => {
                let (id, qty, eaten) = (*id, qty.0, 0);
                self.level(*side, price.0).push(Who::Order { id, qty, eaten });
            }
            OrderFact::Shrank(order) => {
                self.change(order);
                self.sweep();
            }
            OrderFact::Traded(order) => {
                let at = self.change(order);
                self.give(order.side, order.price.0, at, order.qty.0);
            }
            OrderFact::Hidden(order) => {
                self.give(order.side, order.price.0, usize::MAX, order.qty.0);
            }
        }
    }

    /// What one of ours takes of the recorded orders up to a price.
    fn eat(&mut self, side: Side, limit: i64, qty: i64) -> i64 {
        let mut left = qty;
        for price in self.prices(side.opposite()) {
            if (price - limit) * side.sign() > 0 {
                break;
            }
            for who in self.level(side.opposite(), price) {
                if let Who::Order { qty, eaten, .. } = who {
                    let part = left.min(*qty - *eaten);
                    *eaten += part;
                    left -= part;
                }
            }
        }
        qty - left
    }

    /// Ours meet what has come up to them.
    fn meet(&mut self) {
        for side in [Side::Buy, Side::Sell] {
            let of_side = self.ours.values().filter(|(s, _)| *s == side);
            let mut prices: Vec<i64> = of_side.map(|(_, price)| *price).collect();
            prices.sort_by_key(|price| -price * side.sign());
            prices.dedup();
            for price in prices {
                for who in self.level(side, price).clone() {
                    if let Who::Ours { key, qty } = who {
                        let eaten = self.eat(side, price, qty);
                        self.fill(key, eaten);
                    }
                }
            }
        }
        self.sweep();
    }

    fn fill(&mut self, key: u64, part: i64) {
        *self.fills.entry(key).or_default() += part;
        let (side, price) = self.ours[&key];
        for who in self.level(side, price) {
            if let Who::Ours { key: k, qty } = who
                && *k == key
            {
                *qty -= part;
                if *qty == 0 {
                    self.ours.remove(&key);
                    return;
                }
            }
        }
    }

    fn join(&mut self, key: u64, side: Side, price: i64, qty: i64) {
        self.level(side, price).push(Who::Ours { key, qty });
        self.ours.insert(key, (side, price));
    }

    fn remove(&mut self, key: u64) {
        if let Some((side, price)) = self.ours.remove(&key) {
            let level = self.level(side, price);
            level.retain(|who| !matches!(who, Who::Ours { key: k, .. } if *k == key));
            self.sweep();
        }
    }
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
        Self {
            reader: Reader::new(ByOrder::new(orders, 0)),
            venue: Exchange::new(instrument, SymbolId(0), FEES, QueueModel::RiskAverse, 0),
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
        let event = message.event();
        let told = matches!(
            event,
            MarketEvent::Depth { .. } | MarketEvent::Snapshot { .. }
        );
        let facts = self.reader.source().facts().unwrap().to_vec();
        self.venue.follow(self.now_ns, &facts);
        self.venue.observe(self.now_ns, &event);
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
            time_in_force: if takes { TimeInForce::Ioc } else { TimeInForce::Gtc },
            ..limit(self.key, side, price, qty)
        };
        // An order stops one tick before our own on the other side.
        let own = self.venue.resting.best(side.opposite());
        let stop = own.map_or(price, |own| own.0 - side.sign());
        let reach = if side == Side::Buy { price.min(stop) } else { price.max(stop) };
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
            assert_eq!(ahead, self.lists.ahead(*key), "order {key} at {}", self.now_ns);
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
    let mut twins = Twins::new(17, 30);
    let compared = live(&mut twins, &mut Rng::new(23), 10_000, false);
    println!("{} {}", twins.key, compared);
    assert_eq!(twins.key, 10_000);
    assert!(compared > 50_000 && twins.fills.len() > 500, "{compared} {}", twins.fills.len());
}

#[test]
fn what_we_take_is_taken_from_the_orders_at_the_front() {
    for seed in 0..4 {
        let mut twins = Twins::new(seed, 6);
        live(&mut twins, &mut Rng::new(!seed), u64::MAX, true);
        assert!(twins.fills.len() > 50, "{}", twins.fills.len());
    }
}

#[test]
fn an_order_that_leaves_does_not_give_back_what_we_took_of_others() {
    let at = |id, qty| OrderAt { id, side: SELL, price: Ticks(101), qty: Lots(qty) };
    let mut venue = venue(QueueModel::RiskAverse);
    let book = |qty| [level(BUY, 99, 9), level(SELL, 101, qty)];
    let tell = |venue: &mut Exchange, facts: &[OrderFact], qty, id| {
        let levels = book(qty);
        venue.follow(id, facts);
        let event = if id == 1 {
            MarketEvent::Snapshot { last_id: 1, levels: &levels }
        } else {
            let id = u64::try_from(id).unwrap();
            MarketEvent::Depth { first_id: id, last_id: id, prev_id: None, levels: &levels }
        };
        venue.observe(id, &event);
    };
    tell(&mut venue, &[OrderFact::Came(at(1, 3)), OrderFact::Came(at(2, 4))], 7, 1);
    let take = |venue: &mut Exchange, key, qty| {
        let order = NewOrder { time_in_force: TimeInForce::Ioc, ..limit(key, BUY, 101, qty) };
        venue.receive(1, &Command::New(order));
        let mut replies = Vec::new();
        venue.take_replies(&mut replies);
        text(&replies)
    };
    assert_eq!(take(&mut venue, 1, 5), "1 accepted · 1 taker 5@101");
    // The first order, which we had whole, leaves; 2 of the second are still there.
    tell(&mut venue, &[OrderFact::Shrank(at(1, 3))], 4, 2);
    assert_eq!(take(&mut venue, 2, 9), "2 accepted · 2 taker 2@101 · 2 expired");
}
