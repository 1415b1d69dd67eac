//! One rule a test, on a book of bids 99 and 98, asks 101 and 102, ten lots each.

use super::world::*;
use crate::oms::message::{NewOrder, OrderType, TimeInForce};
use crate::sim::*;
use crate::units::Side;

fn floor() -> Floor {
    Floor::new(QueueModel::RiskAverse)
}

fn with_tif(order: NewOrder, time_in_force: TimeInForce) -> NewOrder {
    NewOrder {
        time_in_force,
        ..order
    }
}

fn market(key: u64, side: Side, qty: i64) -> NewOrder {
    NewOrder {
        order_type: OrderType::Market,
        time_in_force: TimeInForce::Ioc,
        ..limit(key, side, 0, qty)
    }
}

#[test]
fn a_maker_fills_only_after_the_queue_ahead_has_traded() {
    let mut floor = floor();
    assert_eq!(floor.place(limit(1, BUY, 99, 5)), "1 accepted");
    assert_eq!(floor.say(&Said::Trade(SELL, 99, 8)), "");
    assert_eq!(floor.say(&Said::Trade(SELL, 99, 4)), "1 maker 2@99");
    assert_eq!(
        floor.say(&Said::Trade(BUY, 101, 50)),
        "",
        "the other side's trade"
    );
    assert_eq!(floor.say(&Said::Trade(SELL, 99, 50)), "1 maker 3@99");
}

#[test]
fn a_trade_through_the_price_fills_up_to_its_volume_at_our_price() {
    let mut floor = floor();
    floor.place(limit(1, SELL, 101, 5));
    floor.place(limit(2, SELL, 102, 5));
    assert_eq!(
        floor.say(&Said::Trade(BUY, 103, 7)),
        "1 maker 5@101 · 2 maker 2@102"
    );
}

#[test]
fn an_order_inside_the_spread_is_first_in_line() {
    let mut floor = floor();
    floor.place(limit(1, BUY, 100, 3));
    assert_eq!(floor.say(&Said::Trade(SELL, 99, 2)), "1 maker 2@100");
    assert_eq!(floor.say(&Said::Trade(SELL, 100, 2)), "1 maker 1@100");
}

#[test]
fn a_book_that_comes_up_to_our_price_fills_with_what_it_displays() {
    let mut floor = floor();
    floor.place(limit(1, BUY, 100, 9));
    assert_eq!(
        floor.say(&Said::Levels(vec![(SELL, 100, 4)])),
        "1 maker 4@100"
    );
    assert_eq!(
        floor.say(&Said::Levels(vec![(SELL, 100, 4)])),
        "",
        "the same four are not taken twice"
    );
    assert_eq!(
        floor.say(&Said::Levels(vec![(SELL, 100, 6)])),
        "1 maker 2@100"
    );
}

#[test]
fn a_taker_walks_the_book_and_the_rest_of_an_ioc_expires() {
    let mut floor = floor();
    let order = with_tif(limit(1, BUY, 101, 15), TimeInForce::Ioc);
    assert_eq!(
        floor.place(order),
        "1 accepted · 1 taker 10@101 · 1 expired"
    );
    let order = with_tif(limit(2, BUY, 101, 1), TimeInForce::Ioc);
    assert_eq!(
        floor.place(order),
        "2 accepted · 2 expired",
        "what we took is gone, though the recording still shows it"
    );
    floor.say(&Said::Levels(vec![(SELL, 101, 12)]));
    assert_eq!(
        floor.place(market(3, BUY, 5)),
        "3 accepted · 3 taker 2@101 · 3 taker 3@102"
    );
}

#[test]
fn the_rest_of_a_crossing_limit_order_rests() {
    let mut floor = floor();
    assert_eq!(
        floor.place(limit(1, BUY, 101, 15)),
        "1 accepted · 1 taker 10@101"
    );
    assert_eq!(floor.say(&Said::Trade(SELL, 99, 3)), "1 maker 3@101");
}

#[test]
fn what_a_recorded_trade_took_cannot_be_taken_before_the_next_update() {
    let mut floor = floor();
    floor.say(&Said::Trade(BUY, 101, 8));
    let order = with_tif(limit(1, BUY, 101, 5), TimeInForce::Ioc);
    assert_eq!(floor.place(order), "1 accepted · 1 taker 2@101 · 1 expired");
}

#[test]
fn fill_or_kill_is_whole_or_refused() {
    let mut floor = floor();
    let kill = |key, qty| with_tif(limit(key, SELL, 98, qty), TimeInForce::Fok);
    assert_eq!(floor.place(kill(1, 21)), "1 rejected FOK_NOT_FILLABLE");
    assert_eq!(
        floor.place(kill(2, 20)),
        "2 accepted · 2 taker 10@99 · 2 taker 10@98"
    );
}

#[test]
fn post_only_is_refused_where_it_would_take() {
    let mut floor = floor();
    let post = |key, side, price| NewOrder {
        post_only: true,
        ..limit(key, side, price, 1)
    };
    assert_eq!(
        floor.place(post(1, BUY, 101)),
        "1 rejected POST_ONLY_WOULD_CROSS"
    );
    assert_eq!(floor.place(post(2, BUY, 100)), "2 accepted");
    assert_eq!(
        floor.place(post(3, SELL, 100)),
        "3 rejected POST_ONLY_WOULD_CROSS",
        "our own bid counts"
    );
}

#[test]
fn an_order_never_trades_with_our_own() {
    let mut floor = floor();
    floor.place(limit(1, SELL, 102, 5));
    assert_eq!(
        floor.place(limit(2, BUY, 103, 15)),
        "2 accepted · 2 taker 10@101 · 2 expired"
    );
}

#[test]
fn nonsense_is_refused_by_name() {
    let mut floor = floor();
    let word = |floor: &mut Floor, order| floor.place(order);
    for (order, code) in [
        (limit(1, BUY, 99, 0), "QTY_NOT_POSITIVE"),
        (limit(1, BUY, 0, 1), "BAD_PRICE"),
        (
            NewOrder {
                post_only: true,
                ..market(1, BUY, 1)
            },
            "BAD_COMBINATION",
        ),
        (
            NewOrder {
                symbol: crate::units::SymbolId(9),
                ..limit(1, BUY, 99, 1)
            },
            "UNKNOWN_SYMBOL",
        ),
        (limit(1, BUY, 1 << 61, 1 << 61), "QTY_TOO_LARGE"),
    ] {
        assert_eq!(word(&mut floor, order), format!("1 rejected {code}"));
    }
    floor.place(limit(1, BUY, 99, 1));
    assert_eq!(
        floor.place(limit(1, BUY, 99, 1)),
        "1 rejected DUPLICATE_ORDER_ID"
    );
    assert_eq!(floor.send(cancel(7)), "7 keeps UNKNOWN_ORDER");
    assert_eq!(floor.send(modify(7, 99, 1)), "7 stays UNKNOWN_ORDER");
    assert_eq!(floor.send(cancel(1)), "1 canceled");
    assert_eq!(floor.send(cancel(1)), "1 keeps UNKNOWN_ORDER");
}

#[test]
fn a_market_order_without_liquidity_is_refused() {
    let mut floor = floor();
    floor.say(&Said::Levels(vec![(SELL, 101, 0), (SELL, 102, 0)]));
    assert_eq!(floor.place(market(1, BUY, 1)), "1 rejected NO_LIQUIDITY");
}

#[test]
fn a_smaller_order_keeps_its_place_and_any_other_change_loses_it() {
    let mut floor = floor();
    floor.place(limit(1, BUY, 99, 8));
    floor.say(&Said::Levels(vec![(BUY, 99, 30)]));
    assert_eq!(floor.send(modify(1, 99, 4)), "1 replaced 4@99");
    assert_eq!(floor.say(&Said::Trade(SELL, 99, 11)), "1 maker 1@99");
    assert_eq!(
        floor.send(modify(1, 99, 1)),
        "1 stays TOTAL_BELOW_FILLED",
        "one has traded"
    );
    floor.say(&Said::Levels(vec![(BUY, 99, 20)]));
    assert_eq!(floor.send(modify(1, 99, 6)), "1 replaced 6@99");
    assert_eq!(floor.say(&Said::Trade(SELL, 99, 20)), "");
    assert_eq!(
        floor.send(modify(1, 102, 6)),
        "1 replaced 6@102 · 1 taker 5@101",
        "a change that crosses takes"
    );
}

#[test]
fn reduce_only_never_opens_a_position() {
    let mut floor = floor();
    let reduce = |key, side, price, qty| NewOrder {
        reduce_only: true,
        ..limit(key, side, price, qty)
    };
    assert_eq!(
        floor.place(reduce(1, SELL, 101, 5)),
        "1 rejected REDUCE_ONLY_WOULD_INCREASE"
    );
    floor.place(market(2, BUY, 3));
    assert_eq!(floor.place(reduce(3, SELL, 100, 5)), "3 accepted");
    assert_eq!(
        floor.say(&Said::Trade(BUY, 100, 9)),
        "3 maker 3@100 · 3 expired",
        "what would open a short is gone"
    );
    assert_eq!(floor.venue.ledger().position().0, 0);
}

#[test]
fn a_quote_newer_than_the_depth_moves_the_touch() {
    let mut floor = floor();
    floor.place(limit(1, BUY, 99, 5));
    // Ten at 99 became four without a trade; risk-averse: those behind us left first, of which
    // there were none.
    floor.say(&Said::Quote((99, 4), (100, 7)));
    assert_eq!(floor.say(&Said::Trade(SELL, 99, 5)), "1 maker 1@99");
    let order = with_tif(limit(2, BUY, 100, 9), TimeInForce::Ioc);
    assert_eq!(floor.place(order), "2 accepted · 2 taker 7@100 · 2 expired");
}

#[test]
fn a_lost_book_refuses_orders_and_forgets_places() {
    let mut floor = floor();
    floor.place(limit(1, BUY, 99, 5));
    floor.place(limit(2, BUY, 98, 5));
    floor.say(&Said::Gap);
    assert_eq!(
        floor.place(limit(3, BUY, 99, 5)),
        "3 rejected VENUE_UNAVAILABLE"
    );
    assert_eq!(
        floor.say(&Said::Trade(SELL, 99, 90)),
        "",
        "the place is unknown"
    );
    assert_eq!(
        floor.say(&Said::Trade(SELL, 98, 5)),
        "1 maker 5@99",
        "but a trade through it is proof"
    );
    assert_eq!(floor.send(cancel(1)), "1 keeps UNKNOWN_ORDER");
    floor.say(&Said::Book(vec![(98, 40)], vec![(101, 10)]));
    assert_eq!(floor.say(&Said::Trade(SELL, 98, 40)), "");
    assert_eq!(floor.say(&Said::Trade(SELL, 98, 1)), "2 maker 1@98");
}

/// What an account cannot count it does not trade: the order ends, the account stays whole.
#[test]
fn an_order_beyond_counting_expires() {
    let most = (1_i64 << 62) - 1;
    let mut floor = floor();
    floor.say(&Said::Book(vec![(1, most)], vec![(2, most)]));
    let mut replies = Vec::new();
    for key in 1..5 {
        replies.push(floor.place(limit(key, BUY, 2, most)));
        floor.say(&Said::Levels(vec![(SELL, 2, 0)]));
        floor.say(&Said::Levels(vec![(SELL, 2, most)]));
    }
    assert_eq!(replies[0], format!("1 accepted · 1 taker {most}@2"));
    assert_eq!(replies[3], "4 accepted · 4 expired");
    assert!(floor.venue.is_idle());
    let journal = floor.venue.journal();
    assert_eq!(floor.venue.ledger().check(journal), Ok(()));
    floor.venue.ledger().profit(floor.venue.mid());
}

/// Our own orders at one price may add up to more than a count holds.
#[test]
fn a_crossed_queue_beyond_counting_fills_what_is_there() {
    let most = (1_i64 << 62) - 1;
    let mut floor = floor();
    floor.say(&Said::Book(vec![(1, 10)], vec![(3, 10)]));
    for key in 1..5 {
        assert_eq!(
            floor.place(limit(key, BUY, 2, most)),
            format!("{key} accepted")
        );
    }
    floor.say(&Said::Trade(BUY, 3, most));
    floor.say(&Said::Trade(BUY, 3, most));
    floor.say(&Said::Trade(BUY, 3, most));
    let replies = floor.say(&Said::Levels(vec![(SELL, 2, 7)]));
    assert_eq!(replies, "1 maker 7@2");
}
