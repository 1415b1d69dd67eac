//! The truth against its twin: queues as lists in which shadows stand among the orders.

use std::collections::BTreeMap;

use super::truth::Truth;
use super::*;
use crate::flow::OrderFlow;
use crate::flow::statistics::sample;
use crate::matching::BookEvent;
use crate::sim::Power;

/// Who stands in a queue: an order with what it shows, or a shadow.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Order(u64, i64),
    Shadow(usize),
}

/// Every level as a list, front first.
#[derive(Default)]
struct Lists {
    levels: BTreeMap<(u8, i64), Vec<Who>>,
}

impl Lists {
    fn join(&mut self, key: usize, side: Side, price: Ticks) {
        let level = self.levels.entry((side as u8, price.0)).or_default();
        level.push(Who::Shadow(key));
    }

    fn ahead(&self, key: usize) -> Option<i64> {
        let level = self
            .levels
            .values()
            .find(|l| l.contains(&Who::Shadow(key)))?;
        let before = level.iter().take_while(|who| **who != Who::Shadow(key));
        Some(
            before
                .map(|who| {
                    if let Who::Order(_, qty) = who {
                        *qty
                    } else {
                        0
                    }
                })
                .sum(),
        )
    }

    /// Takes every shadow of a list out that stands before position `end`.
    fn pull(level: &mut Vec<Who>, end: usize) -> Vec<usize> {
        let mut at = 0;
        let mut pulled = Vec::new();
        level.retain(|who| {
            at += 1;
            if let Who::Shadow(key) = who
                && at <= end
            {
                pulled.push(*key);
                return false;
            }
            true
        });
        pulled
    }

    fn take(&mut self, event: &OrderEvent) -> Vec<usize> {
        let OrderEvent::Book(change) = event else {
            return Vec::new();
        };
        let Some((order, by)) = change.shift() else {
            return Vec::new();
        };
        let worse = |side: Side, than: i64, price: i64| match side {
            Side::Buy => price > than,
            Side::Sell => price < than,
        };
        let mut pulled = Vec::new();
        let place = (order.side as u8, order.price);
        match change {
            BookEvent::Added(_) => {
                // The other side's shadows at this price or beyond would have met it.
                for ((side, price), level) in &mut self.levels {
                    let beyond = *side != order.side as u8
                        && (*price == order.price
                            || worse(order.side.opposite(), order.price, *price));
                    if beyond {
                        pulled.extend(Self::pull(level, usize::MAX));
                    }
                }
                let level = self.levels.entry(place).or_default();
                level.push(Who::Order(order.order_id, order.qty));
            }
            BookEvent::Filled(_) | BookEvent::Changed { .. } | BookEvent::Removed(_) => {
                let level = self.levels.entry(place).or_default();
                let is_it = |who: &Who| matches!(who, Who::Order(id, _) if *id == order.order_id);
                let at = level.iter().position(is_it).expect("every order is known");
                if let Who::Order(_, qty) = &mut level[at] {
                    *qty += by;
                }
                if matches!(change, BookEvent::Filled(_)) {
                    pulled.extend(Self::pull(level, at));
                    for ((side, price), level) in &mut self.levels {
                        if *side == order.side as u8 && worse(order.side, order.price, *price) {
                            pulled.extend(Self::pull(level, usize::MAX));
                        }
                    }
                }
                let level = self.levels.entry(place).or_default();
                level.retain(|who| !matches!(who, Who::Order(_, 0)));
            }
            BookEvent::Phase { .. } => {}
        }
        pulled.sort_unstable();
        pulled
    }
}

fn market(seed: u64, seconds: i64) -> OrderFlow {
    let (instrument, spec) = sample(seed, seconds);
    OrderFlow::new(instrument, spec)
}

#[test]
fn ten_thousand_shadows_stand_where_the_lists_have_them() {
    let mut source = market(11, 60);
    let mut rng = Rng::new(5);
    let (mut truth, mut lists) = (Truth::new(), Lists::default());
    let mut standing: Vec<usize> = Vec::new();
    let (mut put, mut traded, mut compared) = (0, 0, 0);
    let mut filled = Vec::new();
    while let Some((_, event)) = source.next_order().unwrap() {
        truth.take(&event, &mut filled);
        filled.sort_unstable();
        assert_eq!(filled, lists.take(&event), "{event:?}");
        standing.retain(|key| !filled.contains(key));
        traded += filled.len();
        filled.clear();
        if event != OrderEvent::Done {
            continue;
        }
        while put < 10_000 && rng.below(2) == 0 {
            let side = [Side::Buy, Side::Sell][rng.below(2) as usize];
            let Some((best, _)) = source.engine().best(0, side) else {
                break;
            };
            let price = Ticks(best - side.sign() * i64::from(rng.below(3)));
            if truth.crosses(side, price) {
                break;
            }
            truth.join(put, side, price);
            lists.join(put, side, price);
            standing.push(put);
            put += 1;
        }
        if standing.len() > 200 {
            let key = standing.swap_remove(rng.below(200) as usize);
            truth.leave(key);
            for level in lists.levels.values_mut() {
                level.retain(|who| *who != Who::Shadow(key));
            }
        }
        if let Some(key) = standing.get(rng.below(200) as usize) {
            assert_eq!(truth.ahead(*key), lists.ahead(*key));
            compared += 1;
        }
    }
    assert_eq!(put, 10_000);
    assert!(traded > 1_000 && compared > 5_000, "{traded} {compared}");
}

const PLAN: Plan = Plan {
    every_ns: 100_000_000,
    life_ns: 5_000_000_000,
    behind: 2,
    seed: 1,
};

#[test]
fn the_risk_averse_guess_never_trades_before_the_truth() {
    let study = follow(&mut market(3, 120), &PLAN, &[QueueModel::RiskAverse]);
    assert!(study.outcomes.len() > 1_000);
    let both = study
        .outcomes
        .iter()
        .filter(|o| o.truth_ns.is_some() && o.guess_ns[0].is_some());
    assert!(both.count() > 100);
    for outcome in &study.outcomes {
        if let Some(guess_ns) = outcome.guess_ns[0] {
            assert!(
                outcome.truth_ns.is_some_and(|truth| truth <= guess_ns),
                "{outcome:?}"
            );
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_study() {
    let models = [
        QueueModel::PowerProbability(Power::LINEAR),
        QueueModel::LogProbability,
    ];
    let study = |seed| follow(&mut market(seed, 20), &PLAN, &models);
    assert_eq!(study(9), study(9));
    assert_ne!(study(9), study(10));
}

#[test]
fn a_recording_of_orders_tells_who_stood_before_whom() {
    // Bid 100 shows 7 of unknown orders; ours of 3 joins behind them.
    let text = "1,1,5,3,100,1\n2,1,6,2,100,1\n20,4,9,7,100,1\n21,2,5,1,100,1\n22,3,6,2,100,1\n\
                23,5,0,1,100,1\n24,4,5,2,100,1\nx\n60,7,0,0,0,1";
    let study = |seed| {
        let mut source = LobsterOrders::new(text.as_bytes(), b"110,5,100,10").unwrap();
        let plan = Plan {
            every_ns: 10_000_000_000,
            life_ns: 30_000_000_000,
            behind: 0,
            seed,
        };
        follow(&mut source, &plan, &[QueueModel::RiskAverse])
    };
    let on_bid = |study: &Study| study.outcomes[0].side == Side::Buy;
    let study = (0..64).map(study).find(on_bid).unwrap();
    assert_eq!(study.unreadable, 1);
    let first = &study.outcomes[0];
    // 7 + 3 + 2 stood ahead at second 11; the hidden order at 23 trades only after what shows.
    assert_eq!((first.placed_ns, first.ahead), (11_000_000_000, Lots(12)));
    assert_eq!(first.truth_ns, Some(23_000_000_000));
}

#[test]
fn a_plan_that_makes_no_sense_names_what_it_asked_for() {
    let wrong = [
        Plan {
            every_ns: 0,
            ..PLAN
        },
        Plan {
            every_ns: i64::MAX,
            ..PLAN
        },
        Plan { life_ns: 0, ..PLAN },
        Plan {
            life_ns: i64::MIN,
            ..PLAN
        },
        Plan {
            behind: u32::MAX,
            ..PLAN
        },
    ];
    let texts = wrong.map(|plan| plan.checked().unwrap_err().to_string());
    for (text, value) in texts.iter().zip(["=0", "=922", "=0", "=-922", "=429"]) {
        assert!(text.contains(value), "{text}");
    }
    assert_eq!(PLAN.checked(), Ok(PLAN));
}
