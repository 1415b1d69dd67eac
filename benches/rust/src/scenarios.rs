//! Five markets from still to falling, after the shapes of a public benchmark.
//!
//! Buys are priced along the first half of a walk and sells along the second, in shuffled order,
//! so the book spans the whole walk; most orders live for a few messages, one in twenty for good.
//! Ids come from a dense range, in no order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tradecore_core::instrument::InstrumentError;
use tradecore_core::matching::CommandRecord;

use crate::author::Author;
use crate::records::{BUY, cancel, ioc, limit, reinsert};
use crate::stream::beside;

/// Name, how far the walk goes in per cent of where it starts, and the seed: some let a book stand
/// deep, others leave a hundred orders spread over half the range.
pub(crate) const SCENARIOS: [(&str, u32, u64); 5] = [
    ("static", 0, 7),
    ("normal", 2, 7),
    ("swing 25 %", 25, 1),
    ("swing 40 %", 40, 2),
    ("flash crash", 60, 3),
];

const START_TICKS: f64 = 33_504.0;
/// Steps of the walk between two orders of one flow are this fine.
const STEPS: usize = 4_096;
/// How long an order at the touch lives on average, in orders.
const LIFE: f64 = 20.0;

/// What happens to a live order, and when: counted in new orders.
type Due = Reverse<(usize, u64, bool)>;

/// A flow of `orders` new orders and what becomes of them: about twice as many records.
pub(crate) fn flow(
    swing_percent: u32,
    orders: usize,
    seed: u64,
) -> Result<Vec<CommandRecord>, InstrumentError> {
    let mut author = Author::new(seed)?;
    let walk = walk(&mut author, f64::from(swing_percent) / 100.0);
    let mut due = BinaryHeap::<Due>::new();
    for now in 0..orders {
        while let Some((order_id, ends)) = next_due(&mut due, now) {
            if ends {
                author.write(cancel(order_id));
            } else {
                change(&mut author, order_id);
            }
        }
        let order_id = shuffled(now, orders);
        place(&mut author, &walk, (now, order_id), &mut due);
    }
    Ok(author.finish())
}

/// The earliest thing to happen, where that is before `now`.
fn next_due(due: &mut BinaryHeap<Due>, now: usize) -> Option<(u64, bool)> {
    let Reverse((when, order_id, ends)) = *due.peek()?;
    (when < now).then(|| {
        due.pop();
        (order_id, ends)
    })
}

/// The id of the order that comes after `now` others: each once, from 1 to the power of two that
/// holds `orders`, neighbours far apart.
const fn shuffled(now: usize, orders: usize) -> u64 {
    let mask = orders.next_power_of_two() - 1;
    (now.wrapping_mul(0x9E37_79B1) & mask) as u64 + 1
}

fn place(
    author: &mut Author,
    walk: &[i64],
    (now, order_id): (usize, u64),
    due: &mut BinaryHeap<Due>,
) {
    let side = author.side();
    let half = STEPS / 2;
    let at = author.rng.below(half as u32) as usize;
    let middle = walk[if side == BUY { at } else { half + at }];
    // A power law with a hump some ticks out: near prices are crowded, far ones rare.
    let behind = if author.unit() < 0.3 {
        4 + i64::from(author.rng.below(9))
    } else {
        ((1.0 - author.unit()).powf(-1.0 / 1.23) as i64).min(1_000)
    };
    let (price, qty) = (beside(side, middle, behind).max(1), author.qty(100));
    if author.unit() < 0.15 {
        return author.write(ioc(order_id, side, qty, price));
    }
    author.write(limit(order_id, side, qty, price));
    let life = -(1.0 - author.unit()).ln() * LIFE * (1.0 + behind as f64 / 8.0);
    if author.unit() < 0.2 {
        due.push(Reverse((now + (life / 2.0) as usize, order_id, false)));
    }
    if author.unit() < 0.95 {
        due.push(Reverse((now + life as usize, order_id, true)));
        if author.unit() < 0.02 {
            due.push(Reverse((now + life as usize + 1, order_id, true)));
        }
    }
}

/// One lot more, and four times in five a tick nearer to the other side.
fn change(author: &mut Author, order_id: u64) {
    let nearer = i64::from(author.unit() < 0.8);
    let (side, price, open) = author.terms_of(order_id).unwrap_or((BUY, 1, 1));
    author.write(reinsert(
        order_id,
        open + 1,
        beside(side, price, -nearer).max(1),
    ));
}

/// A walk whose usual excursion is `swing` of its start, and which ends above it: were it to fall,
/// the later sells would sweep every earlier buy and no book would stand.
fn walk(author: &mut Author, swing: f64) -> Vec<i64> {
    let step = swing / (STEPS as f64).sqrt();
    // A sum of four uniforms is near enough to normal, with a third of a unit's variance.
    let mut draw = || (0..4).map(|_| author.unit() - 0.5).sum::<f64>() * 3.0_f64.sqrt();
    let mut steps: Vec<f64> = (0..STEPS).map(|_| step * draw()).collect();
    if steps.iter().sum::<f64>() < 0.0 {
        for step in &mut steps {
            *step = -*step;
        }
    }
    let log_prices = steps.iter().scan(START_TICKS.ln(), |at, step| {
        *at += step;
        Some(*at)
    });
    log_prices.map(|at| at.exp() as i64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_about_two_messages_an_order_and_repeats() {
        for (name, swing, seed) in SCENARIOS {
            let records = flow(swing, 5_000, seed).unwrap();
            assert!(
                (9_000..11_000).contains(&records.len()),
                "{name}: {}",
                records.len()
            );
            assert_eq!(records, flow(swing, 5_000, seed).unwrap(), "{name}");
        }
    }

    #[test]
    fn shuffled_ids_are_each_given_once() {
        let mut ids: Vec<u64> = (0..5_000).map(|now| shuffled(now, 5_000)).collect();
        assert!(ids[0].abs_diff(ids[1]) > 100);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 5_000);
        assert!(ids[0] > 0 && ids[4_999] <= 8_192);
    }

    #[test]
    fn a_wider_swing_spans_more_prices() {
        let span = |swing| {
            let records = flow(swing, 5_000, 23).unwrap();
            let prices = || {
                records
                    .iter()
                    .filter(|record| record.op == 0)
                    .map(|new| new.price)
            };
            prices().max().unwrap() - prices().min().unwrap()
        };
        assert!(span(0) < span(25));
    }
}
