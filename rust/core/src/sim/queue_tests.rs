//! The queue against its twin: the same rules with every lot in a list.

use proptest::prelude::*;

use super::*;

/// A level lot by lot: `None` is a stranger's, `Some(key)` is ours.
struct Naive {
    lots: Vec<Option<u64>>,
}

impl Naive {
    fn strangers(&self) -> i64 {
        let count = self.lots.iter().filter(|lot| lot.is_none()).count();
        i64::try_from(count).unwrap()
    }

    fn join(&mut self, key: u64, leaves: i64) {
        self.lots.extend((0..leaves).map(|_| Some(key)));
    }

    /// A trade takes lots from the front, ours included.
    fn trade(&mut self, volume: i64) -> Vec<(u64, Lots)> {
        let count = usize::try_from(volume).unwrap().min(self.lots.len());
        let mut fills: Vec<(u64, Lots)> = Vec::new();
        for key in self.lots.drain(..count).flatten() {
            match fills.last_mut() {
                Some((last, filled)) if *last == key => filled.0 += 1,
                _ => fills.push((key, Lots(1))),
            }
        }
        fills
    }

    /// Risk-averse: strangers' lots come and go at the back.
    fn display(&mut self, displayed: i64) {
        while self.strangers() > displayed {
            let last = self.lots.iter().rposition(Option::is_none).unwrap();
            self.lots.remove(last);
        }
        while self.strangers() < displayed {
            self.lots.push(None);
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Join(i64),
    Trade(i64),
    Display(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (1..5_i64).prop_map(Step::Join),
        (1..12_i64).prop_map(Step::Trade),
        (0..30_i64).prop_map(Step::Display),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    /// Risk-averse is a plain first-in first-out list of lots in which strangers cancel from the
    /// back.
    #[test]
    fn agrees_with_a_list_of_lots(start in 0..30_i64, steps in steps()) {
        let mut fast = Queue::at(Lots(start));
        let mut slow = Naive { lots: vec![None; usize::try_from(start).unwrap()] };
        let mut key = 0;
        for step in steps {
            match step {
                Step::Join(leaves) => {
                    // Between a trade and the next update the list knows what still rests; so tell
                    // it.
                    let shown = slow.strangers();
                    slow.display(shown);
                    fast.display(Lots(shown), QueueModel::RiskAverse);
                    key += 1;
                    slow.join(key, leaves);
                    fast.join(key, Lots(leaves), Lots(0));
                }
                Step::Trade(volume) => {
                    let mut fills = Vec::new();
                    fast.trade(Lots(volume), &mut fills);
                    prop_assert_eq!(fills, slow.trade(volume));
                }
                Step::Display(displayed) => {
                    slow.display(displayed);
                    fast.display(Lots(displayed), QueueModel::RiskAverse);
                }
            }
            let ours = slow.lots.iter().flatten().count();
            prop_assert_eq!(usize::try_from(fast.leaves().0), Ok(ours));
        }
    }

    /// Whatever is displayed and canceled, our orders fill in the order they came, and never for
    /// more than traded.
    #[test]
    fn fills_first_come_first_and_never_more_than_traded(
        start in 0..50_i64,
        steps in steps(),
        power in 0..4_u32,
    ) {
        let model = Power::new(power).map_or(QueueModel::RiskAverse, QueueModel::PowerProbability);
        let mut queue = Queue::at(Lots(start));
        let (mut key, mut joined) = (0, 0);
        let mut last_filled = 0;
        for step in steps {
            match step {
                Step::Join(leaves) => {
                    key += 1;
                    joined += leaves;
                    queue.join(key, Lots(leaves), Lots(0));
                }
                Step::Trade(volume) => {
                    let mut fills = Vec::new();
                    queue.trade(Lots(volume), &mut fills);
                    let filled: i64 = fills.iter().map(|fill| fill.1.0).sum();
                    prop_assert!(filled <= volume);
                    joined -= filled;
                    for (key, _) in fills {
                        prop_assert!(key >= last_filled);
                        last_filled = key;
                    }
                }
                Step::Display(displayed) => queue.display(Lots(displayed), model),
            }
            prop_assert_eq!(queue.leaves().0, joined);
            let ahead: Vec<_> = queue.waiting.iter().map(|order| order.ahead).collect();
            prop_assert!(ahead.is_sorted(), "who came later has no less ahead: {:?}", ahead);
            prop_assert!(ahead.iter().all(|lots| lots.0 >= 0));
        }
    }

    /// The share that left ahead is within what was ahead, and what left behind within what was
    /// behind.
    #[test]
    fn cancels_come_from_where_something_stood(
        ahead in 0..1_i64 << 40,
        behind in 0..1_i64 << 40,
        part in 0..=1000_i64,
        power in 0..4_u32,
    ) {
        let canceled = i64::try_from(i128::from(ahead + behind) * i128::from(part) / 1000).unwrap();
        let model = Power::new(power).map_or(QueueModel::RiskAverse, QueueModel::PowerProbability);
        let gone = model.canceled_ahead(Lots(canceled), Lots(ahead), Lots(behind)).0;
        prop_assert!(gone >= 0 && gone <= ahead);
        prop_assert!(canceled - gone <= behind.max(0));
        let queue = (Lots(canceled), Lots(ahead), Lots(behind));
        let averse = QueueModel::RiskAverse.canceled_ahead(queue.0, queue.1, queue.2);
        prop_assert!(averse.0 <= gone, "no model is more cautious than the risk-averse one");
    }
}

fn queue_with(displayed: i64, leaves: i64) -> Queue {
    let mut queue = Queue::at(Lots(displayed));
    queue.join(1, Lots(leaves), Lots(0));
    queue
}

fn traded(queue: &mut Queue, volume: i64) -> Vec<(u64, i64)> {
    let mut fills = Vec::new();
    queue.trade(Lots(volume), &mut fills);
    fills.iter().map(|(key, qty)| (*key, qty.0)).collect()
}

#[test]
fn a_trade_must_eat_the_queue_before_it_reaches_us() {
    let mut queue = queue_with(10, 4);
    assert_eq!(traded(&mut queue, 9), []);
    assert_eq!(
        traded(&mut queue, 3),
        [(1, 2)],
        "one stranger, then two of ours"
    );
    assert_eq!(traded(&mut queue, 9), [(1, 2)]);
    assert!(queue.is_empty());
}

#[test]
fn two_of_ours_fill_in_turn_with_strangers_between() {
    let mut queue = queue_with(5, 2);
    queue.display(Lots(8), QueueModel::RiskAverse);
    queue.join(2, Lots(2), Lots(0));
    assert_eq!(traded(&mut queue, 6), [(1, 1)]);
    assert_eq!(
        traded(&mut queue, 3),
        [(1, 1)],
        "two of three strangers between"
    );
    assert_eq!(traded(&mut queue, 9), [(2, 2)]);
}

#[test]
fn what_a_trade_took_is_not_counted_again_as_canceled() {
    let mut queue = queue_with(10, 1);
    traded(&mut queue, 6);
    queue.display(Lots(4), QueueModel::default());
    assert_eq!(queue.waiting[0].ahead, Lots(4));
}

#[test]
fn cancels_shorten_the_queue_as_the_model_says() {
    for (model, ahead) in [
        (QueueModel::RiskAverse, 10),
        (QueueModel::PowerProbability(Power::LINEAR), 7),
        (
            QueueModel::PowerProbability(Power::hundredths(200).unwrap()),
            9,
        ),
    ] {
        let mut queue = queue_with(10, 1);
        queue.display(Lots(30), model);
        queue.display(Lots(21), model);
        // 9 of 30 left, 10 ahead and 20 behind: 9/3 = 3, 9/5 rounded down = 1, none.
        assert_eq!(queue.waiting[0].ahead, Lots(ahead), "{model:?}");
    }
}

#[test]
fn after_a_gap_everything_displayed_counts_as_ahead() {
    let mut queue = queue_with(3, 2);
    queue.lose();
    assert_eq!(traded(&mut queue, 100), [], "nobody knows what is ahead");
    queue.recover(Lots(20));
    assert_eq!(traded(&mut queue, 19), []);
    assert_eq!(traded(&mut queue, 2), [(1, 1)]);
}

/// Logarithms of known numbers, and that they grow with them.
#[test]
fn logarithms_are_those_of_the_tables() {
    let of = crate::sim::logarithm::log2_1p;
    assert_eq!(
        (of(0), of(1), of(3), of(1023)),
        (0, 1 << 16, 2 << 16, 10 << 16)
    );
    // log2(3) = 1.58496…, log2(1000) = 9.96578…
    assert_eq!((of(2), of(999)), (103_872, 653_117));
    assert_eq!(of(i64::MAX), 63 << 16);
    let numbers = (0..5_000).chain((13..62).map(|bit| 3_i64 << (bit - 1)));
    let logs: Vec<i64> = numbers.map(of).collect();
    assert!(logs.is_sorted());
}

/// Under logarithms a long queue loses a larger part behind us than under its length.
#[test]
fn logarithms_share_between_length_and_halves() {
    let ahead = |model: QueueModel| model.canceled_ahead(Lots(100), Lots(900), Lots(100)).0;
    let linear = ahead(QueueModel::PowerProbability(Power::LINEAR));
    assert_eq!((linear, ahead(QueueModel::LogProbability)), (90, 59));
    let none = QueueModel::LogProbability.canceled_ahead(Lots(5), Lots(0), Lots(9));
    assert_eq!(none, Lots(0));
}
