//! The fast engine and its slow twin never disagree, whatever they are told.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::sync::Arc;

use proptest::prelude::*;
use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::matching::naive::NaiveEngine;
use tradecore_core::matching::{
    Change, Command, Engine, NewOrder, PostOnly, Report, Revision, Terms,
};
use tradecore_core::money::Rate;
use tradecore_core::order::{OrderType, TimeInForce};
use tradecore_core::reject::RejectCode;
use tradecore_core::units::Side;

fn instruments() -> Vec<Arc<Instrument>> {
    ["0", "150"]
        .into_iter()
        .map(|min_notional| {
            let spec = InstrumentSpec {
                symbol: format!("MIN{min_notional}"),
                kind: ContractKind::Linear,
                tick_size: Decimal::ONE,
                lot_size: Decimal::ONE,
                multiplier: Decimal::ONE,
                min_notional: Decimal::parse(min_notional.as_bytes()).unwrap(),
                maker_fee: Rate(0),
                taker_fee: Rate(0),
            };
            Arc::new(Instrument::new(spec).unwrap())
        })
        .collect()
}

fn price() -> impl Strategy<Value = i64> {
    prop_oneof![
        30 => 95_i64..106,
        6 => 1_i64..200,
        1 => 1_i64..10_000_000,
        1 => prop::sample::select(vec![i64::MIN, -1, 0, 1, (1 << 62) - 1, 1 << 62, i64::MAX]),
    ]
}

fn qty() -> impl Strategy<Value = i64> {
    prop_oneof![
        40 => 1_i64..20,
        1 => prop::sample::select(vec![i64::MIN, -1, 0, (1 << 62) - 1, 1 << 62, i64::MAX]),
    ]
}

fn id() -> impl Strategy<Value = u64> {
    prop_oneof![
        40 => 1_u64..40,
        2 => any::<u64>(),
        1 => prop::sample::select(vec![(1 << 63) - 1, 1 << 63, u64::MAX]),
    ]
}

fn symbol() -> impl Strategy<Value = u32> {
    prop_oneof![20 => Just(0_u32), 5 => Just(1_u32), 1 => Just(2_u32)]
}

fn new_order() -> impl Strategy<Value = NewOrder> {
    let side = prop::sample::select(vec![Side::Buy, Side::Sell]);
    let order_type = prop_oneof![8 => Just(OrderType::Limit), 1 => Just(OrderType::Market)];
    let time_in_force = prop_oneof![
        8 => Just(TimeInForce::Gtc),
        1 => Just(TimeInForce::Ioc),
        1 => Just(TimeInForce::Fok),
    ];
    let order_id = prop_oneof![3 => Just(0_u64), 1 => id()];
    let words = (side, order_type, time_in_force, prop::bool::weighted(0.1));
    (symbol(), 0_u32..4, order_id, words, price(), qty()).prop_map(
        |(symbol, account, order_id, (side, order_type, time_in_force, post_only), price, qty)| {
            NewOrder {
                symbol,
                account,
                order_id,
                side,
                order_type,
                time_in_force,
                post_only: if post_only {
                    PostOnly::Reject
                } else {
                    PostOnly::No
                },
                price,
                qty,
                ..NewOrder::default()
            }
        },
    )
}

fn command() -> impl Strategy<Value = Command> {
    let revision = prop::sample::select(vec![Revision::Total, Revision::Open, Revision::Reinsert]);
    prop_oneof![
        6 => new_order().prop_map(Command::New),
        2 => (symbol(), id()).prop_map(|(symbol, order_id)| Command::Cancel { symbol, order_id }),
        2 => (symbol(), id(), prop::option::of(price()), prop::option::of(qty()), revision)
            .prop_map(|(symbol, order_id, price, qty, revision)| {
                Command::Modify { symbol, order_id, change: Change { price, qty, stop_price: None, revision } }
            }),
    ]
}

/// Applies `commands` to both and compares every report, every queue and the quantities.
fn compare(commands: &[Command]) -> Result<(), TestCaseError> {
    let mut fast = Engine::new(instruments());
    let mut slow = NaiveEngine::new(instruments());
    for command in commands {
        let mut reports: Vec<Report> = Vec::new();
        fast.apply(command, &mut reports);
        prop_assert_eq!(&reports, &slow.apply(command), "after {:?}", command);
        for (symbol, side) in [
            (0, Side::Buy),
            (0, Side::Sell),
            (1, Side::Buy),
            (1, Side::Sell),
        ] {
            let rests: Vec<_> = fast
                .orders(symbol, side)
                .map(|o| (o.id, o.price, o.qty, o.filled))
                .collect();
            let twin: Vec<_> = slow
                .book(symbol, side)
                .iter()
                .map(|o| (o.id, o.price.unwrap_or(0), o.open, o.filled))
                .collect();
            prop_assert_eq!(rests, twin, "after {:?}", command);
        }
        prop_assert_eq!(fast.audit(), Ok(()), "after {:?}", command);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn twins_agree(commands in prop::collection::vec(command(), 1..120)) {
        compare(&commands)?;
    }

    #[test]
    fn equal_histories_have_equal_hashes_and_another_has_another(
        commands in prop::collection::vec(command(), 1..60)
    ) {
        let run = |commands: &[Command]| {
            let mut engine = Engine::new(instruments());
            let mut reports: Vec<Report> = Vec::new();
            let mut hashes = Vec::new();
            for command in commands {
                engine.apply(command, &mut reports);
                hashes.push(engine.state_hash());
            }
            hashes
        };
        let hashes = run(&commands);
        prop_assert_eq!(&hashes, &run(&commands));
        // Every command leaves a report, so every state differs from the one before.
        prop_assert!(hashes.windows(2).all(|pair| pair[0] != pair[1]));
    }
}

/// The hash of an engine with one order, placed so.
fn hash_of(order: NewOrder, name: Option<&str>) -> u128 {
    let mut engine = Engine::new(instruments());
    let mut reports: Vec<Report> = Vec::new();
    let order = NewOrder {
        price: 100,
        qty: 5,
        ..order
    };
    match name {
        Some(name) => engine.apply_named(&order, &Terms::default(), name, &mut reports),
        None => engine.apply(&Command::New(order), &mut reports),
    };
    engine.state_hash()
}

/// A hash that overlooks something would call two engines equal that answer differently.
#[test]
fn every_part_of_an_order_is_in_the_hash() {
    let order = NewOrder::default();
    let mut hashes: Vec<u128> = ["", "a", "b", "a\0", "ab", "12345678", "12345678\0", "ü"]
        .into_iter()
        .map(|name| hash_of(order, Some(name)))
        .collect();
    hashes.extend((0..32).map(|bit| {
        let account = 1 << bit;
        hash_of(NewOrder { account, ..order }, None)
    }));
    hashes.push(hash_of(order, None));
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
