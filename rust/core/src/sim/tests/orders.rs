//! Every kind of order, and what happens where two of ours meet.

use super::world::*;
use crate::oms::message::{Command, NewOrder, OrderType, Terms, TimeInForce};
use crate::order::SelfTradePrevention;
use crate::sim::*;
use crate::units::{Lots, Side, Ticks};

fn floor() -> Floor {
    Floor::new(QueueModel::RiskAverse)
}

fn of(order_type: OrderType, side: Side, price: i64, qty: i64) -> NewOrder {
    NewOrder {
        order_type,
        ..limit(1, side, price, qty)
    }
}

fn stop_at(stop_price: i64) -> Terms {
    Terms {
        stop_price: Ticks(stop_price),
        ..Terms::default()
    }
}

#[test]
fn a_stop_takes_once_the_last_trade_reached_it() {
    let mut floor = floor();
    let order = of(OrderType::Stop, BUY, 0, 3);
    assert_eq!(floor.place_with(order, stop_at(103)), "1 accepted");
    assert_eq!(floor.say(&Said::Trade(BUY, 102, 1)), "");
    let told = floor.say(&Said::Trade(BUY, 103, 1));
    assert_eq!(told, "1 triggered · 1 taker 3@101");
}

#[test]
fn a_stop_limit_takes_up_to_its_limit() {
    let mut floor = floor();
    let order = of(OrderType::StopLimit, SELL, 98, 12);
    assert_eq!(floor.place_with(order, stop_at(97)), "1 accepted");
    let told = floor.say(&Said::Trade(SELL, 97, 1));
    assert_eq!(told, "1 triggered · 1 taker 10@99 · 1 taker 2@98");
}

#[test]
fn a_stop_already_reached_triggers_at_once() {
    let mut floor = floor();
    floor.say(&Said::Trade(BUY, 105, 1));
    let told = floor.place_with(of(OrderType::Stop, BUY, 0, 1), stop_at(104));
    assert_eq!(told, "1 accepted · 1 triggered · 1 taker 1@101");
}

#[test]
fn a_waiting_stop_can_be_changed_and_canceled() {
    let mut floor = floor();
    let order = of(OrderType::StopLimit, BUY, 105, 3);
    floor.place_with(order, stop_at(103));
    assert_eq!(floor.send(modify(1, 100, 5)), "1 replaced 5@100");
    assert_eq!(floor.send(cancel(1)), "1 canceled");
    assert_eq!(floor.say(&Said::Trade(BUY, 103, 1)), "");
}

#[test]
fn a_trailing_stop_follows_the_market_and_needs_one() {
    let mut floor = floor();
    let order = of(OrderType::TrailingStop, SELL, 0, 3);
    let terms = Terms {
        trailing_distance: Ticks(5),
        ..Terms::default()
    };
    assert_eq!(
        floor.place_with(order, terms),
        "1 rejected NO_REFERENCE_PRICE"
    );
    floor.say(&Said::Trade(BUY, 105, 1));
    assert_eq!(floor.place_with(order, terms), "1 accepted");
    assert_eq!(floor.say(&Said::Trade(BUY, 108, 1)), "");
    assert_eq!(floor.say(&Said::Trade(SELL, 104, 1)), "");
    let told = floor.say(&Said::Trade(SELL, 103, 1));
    assert_eq!(told, "1 triggered · 1 taker 3@99", "108 − 5");
}

#[test]
fn a_market_to_limit_order_rests_at_its_last_price() {
    let mut floor = floor();
    let told = floor.place(of(OrderType::MarketToLimit, BUY, 0, 25));
    assert_eq!(
        told,
        "1 accepted · 1 taker 10@101 · 1 taker 10@102 · 1 replaced 25@102"
    );
    assert_eq!(floor.say(&Said::Trade(SELL, 102, 5)), "1 maker 5@102");
}

#[test]
fn a_market_order_takes_nothing_beyond_its_worst_price() {
    let mut floor = floor();
    let told = floor.place(of(OrderType::Market, BUY, 101, 15));
    assert_eq!(told, "1 accepted · 1 taker 10@101 · 1 expired");
}

/// A slice at a time behind everybody, but whole where a trade goes through its price.
#[test]
fn an_iceberg_shows_a_slice_at_a_time() {
    let mut floor = floor();
    let terms = Terms {
        display_qty: Lots(2),
        ..Terms::default()
    };
    assert_eq!(
        floor.place_with(limit(1, SELL, 100, 10), terms),
        "1 accepted"
    );
    assert_eq!(floor.say(&Said::Trade(BUY, 100, 3)), "1 maker 2@100");
    assert_eq!(floor.say(&Said::Trade(BUY, 100, 1)), "1 maker 1@100");
    floor.say(&Said::Levels(vec![(SELL, 100, 4)]));
    assert_eq!(floor.say(&Said::Trade(BUY, 100, 1)), "1 maker 1@100");
    assert_eq!(
        floor.say(&Said::Trade(BUY, 100, 3)),
        "",
        "the next slice stands behind the three that are left"
    );
    assert_eq!(floor.say(&Said::Trade(BUY, 101, 5)), "1 maker 5@100");
    let terms = Terms {
        display_qty: Lots(11),
        ..Terms::default()
    };
    let told = floor.place_with(limit(2, SELL, 105, 10), terms);
    assert_eq!(told, "2 rejected BAD_DISPLAY_QTY");
}

#[test]
fn orders_expire_at_their_time() {
    const DAY: i64 = 86_400_000_000_000;
    let mut floor = floor();
    let order = |key, time_in_force| NewOrder {
        time_in_force,
        ..limit(key, BUY, 97, 1)
    };
    let at = |expire_ns| Terms {
        expire_ns,
        ..Terms::default()
    };
    assert_eq!(
        floor.place_with(order(1, TimeInForce::Gtd), at(500)),
        "1 accepted"
    );
    assert_eq!(floor.place(order(2, TimeInForce::Day)), "2 accepted");
    let past = floor.place_with(order(3, TimeInForce::Gtd), at(1));
    assert_eq!(past, "3 rejected BAD_EXPIRE_TIME");
    assert_eq!(floor.wait_until(499), "");
    assert_eq!(floor.wait_until(500), "1 expired");
    assert_eq!(floor.wait_until(DAY), "2 expired");
}

#[test]
fn a_post_only_order_is_moved_where_the_venue_does_so() {
    let mut floor = Floor::under(Rules {
        post_only: PostOnly::Repriced,
        ..Rules::plain(FEES, QueueModel::RiskAverse)
    });
    let order = NewOrder {
        post_only: true,
        ..limit(1, BUY, 102, 3)
    };
    assert_eq!(floor.place(order), "1 accepted · 1 replaced 3@100");
}

#[test]
fn two_of_ours_meet_as_the_venue_has_it() {
    for (rule, told) in [
        (SelfTradePrevention::CancelNewest, "2 accepted · 2 expired"),
        (
            SelfTradePrevention::CancelOldest,
            "2 accepted · 1 canceled · 2 taker 5@101",
        ),
        (
            SelfTradePrevention::CancelBoth,
            "2 accepted · 1 canceled · 2 expired",
        ),
        (
            SelfTradePrevention::Decrement,
            "2 accepted · 1 canceled · 2 replaced 3@101 · 2 taker 3@101",
        ),
        (
            SelfTradePrevention::None,
            "2 accepted · 1 maker 2@100 · 2 taker 2@100 · 2 taker 3@101",
        ),
    ] {
        let mut floor = Floor::under(Rules {
            self_trade: rule,
            ..Rules::plain(FEES, QueueModel::RiskAverse)
        });
        floor.place(limit(1, SELL, 100, 2));
        assert_eq!(floor.place(limit(2, BUY, 101, 5)), told, "{rule:?}");
        assert_eq!(floor.venue.ledger().check(floor.venue.journal()), Ok(()));
    }
}

/// An order without a limit is told of its smaller total with the price at which it met ours.
#[test]
fn a_market_order_shrinks_where_it_meets_ours() {
    let mut floor = Floor::under(Rules {
        self_trade: SelfTradePrevention::Decrement,
        ..Rules::plain(FEES, QueueModel::RiskAverse)
    });
    floor.place(limit(2, SELL, 100, 2));
    assert_eq!(
        floor.place(of(OrderType::Market, BUY, 0, 5)),
        "1 accepted · 2 canceled · 1 replaced 3@100 · 1 taker 3@101"
    );
}

/// What makes no sense is refused with a code, and leaves nothing behind.
#[test]
fn senseless_terms_are_refused() {
    let far = Terms {
        trailing_distance: Ticks(i64::MAX),
        ..Terms::default()
    };
    for (order, terms, code) in [
        (of(OrderType::Stop, BUY, 0, 1), stop_at(0), "BAD_STOP_PRICE"),
        (
            of(OrderType::Stop, BUY, 0, 1),
            stop_at(-5),
            "BAD_STOP_PRICE",
        ),
        (
            of(OrderType::Limit, BUY, 9, 1),
            stop_at(9),
            "BAD_STOP_PRICE",
        ),
        (of(OrderType::Stop, BUY, -1, 1), stop_at(9), "BAD_PRICE"),
        (of(OrderType::StopLimit, BUY, 0, 1), stop_at(9), "BAD_PRICE"),
        (
            of(OrderType::TrailingStop, SELL, 0, 1),
            stop_at(9),
            "BAD_STOP_PRICE",
        ),
        (
            of(OrderType::TrailingStop, SELL, 0, 1),
            far,
            "NO_REFERENCE_PRICE",
        ),
        (of(OrderType::Stop, BUY, 0, i64::MAX), stop_at(i64::MAX), ""),
    ] {
        let mut floor = floor();
        let told = floor.place_with(order, terms);
        if code.is_empty() {
            assert_eq!(told, "1 accepted");
        } else {
            assert_eq!(told, format!("1 rejected {code}"));
            assert!(floor.venue.is_idle());
        }
        floor.say(&Said::Trade(BUY, 200, 1));
    }
}

#[test]
fn a_stop_that_waits_gets_another_trigger_and_size() {
    let mut floor = floor();
    let order = of(OrderType::Stop, BUY, 0, 2);
    assert_eq!(floor.place_with(order, stop_at(105)), "1 accepted");
    let change = |qty, stop| {
        let mut command = modify(1, 0, qty);
        if let Command::Modify { stop: asked, .. } = &mut command {
            *asked = Ticks(stop);
        }
        command
    };
    assert_eq!(floor.say(&Said::Trade(BUY, 103, 1)), "");
    assert_eq!(floor.send(change(3, 107)), "1 replaced 3@0 from 107");
    assert_eq!(floor.say(&Said::Trade(BUY, 106, 1)), "");
    assert_eq!(floor.send(change(3, -1)), "1 stays BAD_STOP_PRICE");
    let told = floor.send(change(3, 106));
    assert_eq!(
        told,
        "1 replaced 3@0 from 106 · 1 triggered · 1 taker 3@101"
    );
}

#[test]
fn a_trailing_stop_is_moved_by_the_market_alone() {
    let mut floor = floor();
    floor.say(&Said::Trade(BUY, 100, 1));
    let terms = Terms {
        trailing_distance: Ticks(5),
        ..Terms::default()
    };
    let order = of(OrderType::TrailingStop, SELL, 0, 2);
    assert_eq!(floor.place_with(order, terms), "1 accepted");
    let mut command = modify(1, 0, 2);
    if let Command::Modify { stop, .. } = &mut command {
        *stop = Ticks(97);
    }
    assert_eq!(floor.send(command), "1 stays BAD_STOP_PRICE");
}
