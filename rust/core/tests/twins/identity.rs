//! Equal states have equal hashes, other states have others; ids are given once.

use tradecore_core::matching::{Command, Engine, Link, NewOrder, Report, Terms};
use tradecore_core::reject::RejectCode;
use tradecore_core::units::Side;

use crate::dice::Dice;
use crate::generator::{Generator, Mood, Told};
use crate::pair::{Pair, instruments, tell};

#[test]
fn equal_histories_have_equal_hashes_and_another_state_has_another() {
    for seed in 0..100 {
        let run = || {
            let mut dice = Dice::new(seed);
            let mut generator = Generator::new(Mood::MIXED);
            let mut engine = Engine::new(instruments());
            let mut reports = Vec::new();
            let mut states = Vec::new();
            for _ in 0..100 {
                let told: Told = generator.next(&mut dice);
                tell(&mut engine, &told, &mut reports);
                states.push((engine.sequence(), engine.state_hash()));
            }
            states
        };
        let states = run();
        assert_eq!(states, run());
        // A command that leaves a report leaves another state.
        for pair in states.windows(2).filter(|pair| pair[0].0 != pair[1].0) {
            assert_ne!(pair[0].1, pair[1].1);
        }
    }
}

/// The hash of an engine with one order, placed so.
fn hash_of(order: NewOrder, terms: Terms, name: Option<&str>) -> u128 {
    let mut engine = Engine::new(instruments());
    let mut reports: Vec<Report> = Vec::new();
    let order = NewOrder {
        price: 100,
        qty: 5,
        ..order
    };
    match name {
        Some(name) => engine.apply_named(&order, &terms, name, &mut reports),
        None => engine.apply(&Command::NewWith(order, terms), &mut reports),
    };
    assert_eq!(engine.live_orders(), 1);
    engine.state_hash()
}

/// A hash that overlooks something would call two engines equal that answer differently.
#[test]
fn every_part_of_an_order_is_in_the_hash() {
    let (order, terms) = (NewOrder::default(), Terms::default());
    let mut hashes: Vec<u128> = ["", "a", "b", "a\0", "ab", "12345678", "12345678\0", "ü"]
        .into_iter()
        .map(|name| hash_of(order, terms, Some(name)))
        .collect();
    for bit in 0..32 {
        let account = 1 << bit;
        hashes.push(hash_of(NewOrder { account, ..order }, terms, None));
        let strategy = 1 << bit;
        hashes.push(hash_of(order, Terms { strategy, ..terms }, None));
    }
    for display_qty in 1..5 {
        let terms = Terms {
            display_qty,
            ..terms
        };
        hashes.push(hash_of(order, terms, None));
    }
    hashes.push(hash_of(order, terms, None));
    let count = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
}

/// An id the engine gave is never given twice, not even at the end of its range.
#[test]
fn an_engine_without_ids_left_refuses() {
    let mut engine = Engine::new(instruments());
    let mut reports: Vec<Report> = Vec::new();
    for order_id in [(1 << 63) - 1, 0, 0, 1 << 63] {
        let order = NewOrder {
            order_id,
            price: 100,
            qty: 5,
            ..NewOrder::default()
        };
        engine.apply(&Command::New(order), &mut reports);
    }
    let full = Some(RejectCode::EngineFull);
    let answers: Vec<_> = reports.iter().map(Report::reject_code).collect();
    assert_eq!(answers, [None, full, full, None]);
    assert_eq!(engine.audit(), Ok(()));
}

/// Sixteen orders may be linked; the seventeenth is refused, and one trade ends all the others.
#[test]
fn a_group_has_room_for_sixteen() {
    let mut pair = Pair::new(false);
    for order_id in 1..=17 {
        let order = NewOrder {
            order_id,
            price: 100 + order_id.cast_signed(),
            side: Side::Sell,
            qty: 1,
            ..NewOrder::default()
        };
        let first = order_id == 1;
        let terms = Terms {
            link: if first { Link::None } else { Link::Oco },
            linked_id: u64::from(!first),
            ..Terms::default()
        };
        pair.tell(&Told::Plain(Command::NewWith(order, terms)))
            .unwrap();
        let refused = pair.reports.last().and_then(Report::reject_code);
        let expected = (order_id == 17).then_some(RejectCode::BadLink);
        assert_eq!(refused, expected, "order {order_id}");
    }
    let buy = NewOrder {
        price: 101,
        qty: 1,
        ..NewOrder::default()
    };
    pair.tell(&Told::Plain(Command::New(buy))).unwrap();
    let ended = pair
        .reports
        .iter()
        .filter(|report| report.reject_code() == Some(RejectCode::LinkedOrderDone));
    assert!(ended.map(|report| report.order_id).eq(2..=16));
}
