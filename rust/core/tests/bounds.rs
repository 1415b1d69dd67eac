//! What one command can cost has a bound: large books and long chains neither recurse nor crawl.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::matching::{Command, Engine, ExecType, Link, NewOrder, Report, Terms};
use tradecore_core::money::Rate;
use tradecore_core::order::{OrderType, TimeInForce};
use tradecore_core::reject::RejectCode;
use tradecore_core::units::Side;

fn engine() -> Engine {
    let spec = InstrumentSpec {
        symbol: "X".into(),
        kind: ContractKind::Linear,
        tick_size: Decimal::ONE,
        lot_size: Decimal::ONE,
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Rate(0),
        taker_fee: Rate(0),
    };
    Engine::new(vec![Arc::new(Instrument::new(spec).unwrap())])
}

fn limit(side: Side, price: i64, qty: i64) -> NewOrder {
    NewOrder {
        side,
        price,
        qty,
        ..NewOrder::default()
    }
}

fn market(side: Side, qty: i64) -> NewOrder {
    NewOrder {
        order_type: OrderType::Market,
        ..limit(side, 0, qty)
    }
}

fn tell(engine: &mut Engine, command: &Command) -> Vec<Report> {
    let mut reports = Vec::new();
    engine.apply(command, &mut reports);
    reports
}

fn trades(reports: &[Report]) -> usize {
    let trades = reports.iter().filter(|r| r.exec_type() == ExecType::Trade);
    trades.count() / 2
}

#[test]
fn a_million_orders_at_one_price_are_swept_by_one() {
    let mut engine = engine();
    let mut reports = Vec::new();
    for _ in 0..1_000_000 {
        reports.clear();
        engine.place(&limit(Side::Sell, 100, 1), &mut reports);
    }
    let reports = tell(&mut engine, &Command::New(market(Side::Buy, 1_000_000)));
    assert_eq!(trades(&reports), 1_000_000);
    assert_eq!(engine.live_orders(), 0);
    assert_eq!(engine.audit(), Ok(()));
}

#[test]
fn a_hundred_thousand_stops_follow_each_other() {
    let mut engine = engine();
    let count = 100_000;
    for step in 0..count {
        tell(&mut engine, &Command::New(limit(Side::Sell, 100 + step, 1)));
        let stop = NewOrder {
            order_type: OrderType::Stop,
            ..market(Side::Buy, 1)
        };
        let terms = Terms {
            stop_price: 100 + step,
            ..Terms::default()
        };
        tell(&mut engine, &Command::NewWith(stop, terms));
    }
    let reports = tell(&mut engine, &Command::New(market(Side::Buy, 1)));
    // The last stop finds nobody any more.
    assert_eq!(trades(&reports), usize::try_from(count).unwrap());
    assert_eq!(engine.live_orders(), 0);
    assert_eq!(engine.audit(), Ok(()));
}

#[test]
fn an_iceberg_is_taken_in_at_most_a_thousand_slices() {
    let mut engine = engine();
    let shows = |display_qty| Terms {
        display_qty,
        ..Terms::default()
    };
    let order = limit(Side::Sell, 100, 1_000_000_001);
    let refused = tell(&mut engine, &Command::NewWith(order, shows(1_000_000)));
    let code = refused[0].reject_code();
    assert_eq!(code, Some(RejectCode::BadDisplayQty));
    tell(&mut engine, &Command::NewWith(order, shows(1_000_001)));
    let reports = tell(&mut engine, &Command::New(market(Side::Buy, i64::MAX >> 2)));
    assert_eq!(trades(&reports), 1_000);
    assert_eq!(engine.audit(), Ok(()));
}

#[test]
fn a_fill_or_kill_order_looks_through_a_hundred_thousand_groups() {
    let mut engine = engine();
    for _ in 0..50_000 {
        let first = tell(&mut engine, &Command::New(limit(Side::Sell, 100, 1)))[0].order_id;
        let terms = Terms {
            link: Link::Oco,
            linked_id: first,
            ..Terms::default()
        };
        tell(
            &mut engine,
            &Command::NewWith(limit(Side::Sell, 101, 1), terms),
        );
    }
    let all = |qty| NewOrder {
        time_in_force: TimeInForce::Fok,
        ..market(Side::Buy, qty)
    };
    let killed = tell(&mut engine, &Command::New(all(50_001)));
    assert_eq!(killed[1].reject_code(), Some(RejectCode::FillOrKill));
    assert_eq!(
        trades(&tell(&mut engine, &Command::New(all(50_000)))),
        50_000
    );
    assert_eq!(engine.live_orders(), 0);
}

#[test]
fn quantities_at_the_end_of_counting_are_refused_not_wrapped() {
    let mut engine = engine();
    let most = (1 << 62) - 1;
    for _ in 0..2 {
        let told = tell(&mut engine, &Command::New(limit(Side::Sell, most, most)));
        assert_eq!(told[0].reject_code(), None);
    }
    let third = tell(&mut engine, &Command::New(limit(Side::Sell, most, most)));
    assert_eq!(third[1].reject_code(), Some(RejectCode::QtyTooLarge));
    for wrong in [0, -1, i64::MIN, 1 << 62, i64::MAX] {
        for order in [limit(Side::Buy, wrong, 1), limit(Side::Buy, 1, wrong)] {
            let told = tell(&mut engine, &Command::New(order));
            assert_eq!(told[0].exec_type(), ExecType::Rejected);
        }
    }
    let sold = tell(&mut engine, &Command::New(market(Side::Buy, most)));
    assert_eq!(trades(&sold), 1);
    assert_eq!(engine.audit(), Ok(()));
}
