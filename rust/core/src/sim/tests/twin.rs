//! Stops as the matching engine has them: with the same book and the same trades of strangers, the
//! simulated venue triggers the same orders at the same trade and fills them at the same prices.

use proptest::prelude::*;

use super::world::*;
use crate::instrument::ContractKind;
use crate::matching::{Command, Engine, ExecType, NewOrder, Report, Terms};
use crate::oms::message::{NewOrder as Asked, Terms as Rare};
use crate::order::{OrderType, TimeInForce};
use crate::sim::*;
use crate::units::{Lots, Side, Ticks};

const STRANGER: u32 = 1;
const US: u32 = 2;

/// An order of ours: what it waits for, and what it does then.
#[derive(Clone, Copy, Debug)]
struct Stop {
    side: Side,
    order_type: OrderType,
    /// How far its trigger is from the last trade.
    away: i64,
    qty: i64,
}

fn stop() -> impl Strategy<Value = Stop> {
    let kind = prop_oneof![
        Just(OrderType::Stop),
        Just(OrderType::StopLimit),
        Just(OrderType::TrailingStop),
    ];
    (
        prop_oneof![Just(BUY), Just(SELL)],
        kind,
        1..6_i64,
        1..40_i64,
    )
        .prop_map(|(side, order_type, away, qty)| Stop {
            side,
            order_type,
            away,
            qty,
        })
}

type Levels = Vec<(i64, i64)>;

fn levels(prices: std::ops::Range<i64>) -> impl Strategy<Value = Levels> {
    prop::collection::btree_map(prices, 1..20_i64, 3..9)
        .prop_map(|levels| levels.into_iter().collect())
}

/// Both venues with the same strangers in them.
struct Twins {
    engine: Engine,
    reports: Vec<Report>,
    floor: Floor,
    /// What strangers have at their best prices, as the recording knows it.
    recorded: [Levels; 2],
}

impl Twins {
    fn new(bids: &Levels, asks: &Levels) -> Self {
        let mut twins = Self {
            engine: Engine::new(vec![instrument(ContractKind::Linear)]),
            reports: Vec::new(),
            floor: Floor::new(QueueModel::RiskAverse),
            recorded: [bids.clone(), asks.clone()],
        };
        twins.recorded[0].reverse();
        for (side, levels) in [(BUY, bids), (SELL, asks)] {
            for (price, qty) in levels {
                twins.stranger(side, *price, *qty, TimeInForce::Gtc);
            }
        }
        twins.floor.say(&Said::Book(bids.clone(), asks.clone()));
        twins
    }

    fn stranger(&mut self, side: Side, price: i64, qty: i64, time_in_force: TimeInForce) {
        let order = NewOrder {
            account: STRANGER,
            side,
            price,
            qty,
            time_in_force,
            ..NewOrder::default()
        };
        self.engine.apply(&Command::New(order), &mut self.reports);
    }

    /// Somebody takes up to `qty` of the best level; whether there is one.
    fn trade(&mut self, taker: Side, qty: i64) -> bool {
        let levels = &mut self.recorded[taker.opposite() as usize];
        let Some((price, there)) = levels.first_mut() else {
            return false;
        };
        let (at, volume) = (*price, qty.min(*there));
        *there -= volume;
        let left = *there;
        levels.retain(|level| level.1 > 0);
        self.stranger(taker, at, volume, TimeInForce::Ioc);
        self.floor.say(&Said::Trade(taker, at, volume));
        if self.floor.venue.journal().fills().is_empty() {
            let told = vec![(taker.opposite(), at, left)];
            self.floor.say(&Said::Levels(told));
        }
        true
    }

    fn place(&mut self, key: u64, stop: Stop, last: i64) {
        let trails = stop.order_type == OrderType::TrailingStop;
        let trigger = last + stop.away * stop.side.sign();
        let limit = stop.order_type == OrderType::StopLimit;
        let price = if limit { trigger + stop.side.sign() } else { 0 };
        let (stop_price, distance) = if trails { (0, stop.away) } else { (trigger, 0) };
        let order = NewOrder {
            account: US,
            order_id: 1_000_000 + key,
            side: stop.side,
            order_type: stop.order_type,
            time_in_force: TimeInForce::Ioc,
            price,
            qty: stop.qty,
            ..NewOrder::default()
        };
        let terms = Terms {
            stop_price,
            trailing_distance: distance,
            ..Terms::default()
        };
        self.engine
            .apply(&Command::NewWith(order, terms), &mut self.reports);
        let asked = Asked {
            order_type: stop.order_type,
            time_in_force: TimeInForce::Ioc,
            ..limit_of(key, stop.side, price, stop.qty)
        };
        let rare = Rare {
            stop_price: Ticks(stop_price),
            trailing_distance: Ticks(distance),
            ..Rare::default()
        };
        self.floor.place_with(asked, rare);
    }

    /// Our fills at the engine: whose, at what price, how much.
    fn engine_fills(&self) -> Vec<(u64, i64, i64)> {
        let ours = |report: &&Report| report.account == US && report.exec_type() == ExecType::Trade;
        let fills = self.reports.iter().filter(ours);
        fills
            .map(|report| (report.order_id - 1_000_000, report.price, report.qty))
            .collect()
    }

    fn floor_fills(&self) -> Vec<(u64, i64, i64)> {
        let fills = self.floor.venue.journal().fills().iter();
        fills.map(|f| (f.key, f.price.0, f.qty.0)).collect()
    }
}

fn limit_of(key: u64, side: Side, price: i64, qty: i64) -> Asked {
    Asked {
        qty: Lots(qty),
        ..limit(key, side, price, qty)
    }
}

proptest! {
    /// Up to the first fill of ours, which the recording cannot know of.
    #[test]
    fn stops_trigger_and_fill_as_in_the_engine(
        bids in levels(80..100),
        asks in levels(101..121),
        stops in prop::collection::vec(stop(), 1..4),
        takers in prop::collection::vec((prop_oneof![Just(BUY), Just(SELL)], 1..9_i64), 2..40),
    ) {
        let mut twins = Twins::new(&bids, &asks);
        twins.trade(takers[0].0, 1);
        let last = match takers[0].0 {
            Side::Buy => asks[0].0,
            Side::Sell => bids[bids.len() - 1].0,
        };
        for (key, stop) in (1..).zip(&stops) {
            twins.place(key, *stop, last);
        }
        for (side, qty) in &takers[1..] {
            if !twins.trade(*side, *qty) {
                break;
            }
            prop_assert_eq!(twins.floor_fills(), twins.engine_fills());
            if !twins.floor_fills().is_empty() {
                break;
            }
        }
    }
}
