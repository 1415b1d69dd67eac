//! One rule a test, on a book of bids 99 and 98, asks 101 and 102, ten lots each.

use super::world::*;
use crate::mirror::Book;
use crate::oms::message::{Command, NewOrder, OrderType, TimeInForce};
use crate::sim::*;
use crate::units::{Side, Ticks};

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

#[test]
fn later_middles_are_those_that_held_at_the_horizon() {
    let second = 1_000_000_000;
    let book = |bid, ask| Said::Book(vec![(bid, 10)], vec![(ask, 10)]);
    let script = Script::new([
        (second, book(99, 101)),
        (2 * second, Said::Trade(SELL, 99, 1)),
        (2 * second + second / 2, book(90, 92)),
        (3 * second, book(80, 82)),
        (4 * second, book(75, 77)),
        (7 * second + 1, book(70, 72)),
        (8 * second, book(60, 62)),
    ]);
    let none = Latency {
        feed_ns: 0,
        entry_ns: 0,
        response_ns: 0,
    };
    let mut simulation = simulation(script, none);
    let (mut trader, mut book) = (Trader::default(), Book::new());
    simulation.set_timer(second + 1, 0);
    assert_eq!(
        simulation.advance(&mut trader, &mut book, u64::MAX),
        Wake::Timer(1)
    );
    trader.outbox.push(Command::New(limit(1, BUY, 100, 1)));
    finish(&mut simulation, &mut trader, &mut book);
    let fill = simulation.exchange().journal().fills()[0];
    assert_eq!((fill.mid, fill.price), (Mid(200), Ticks(100)));
    // The book of the instant itself counts; the recording ends before the third horizon.
    assert_eq!(fill.later, [Mid(162), Mid(152), Mid(0)]);
}

#[test]
fn commands_and_replies_take_their_time() {
    let book = |bid| Said::Book(vec![(bid, 10)], vec![(bid + 2, 10)]);
    let script = Script::new((0..20).map(|at| (1000 + 10 * at, book(99))));
    let latency = Latency {
        feed_ns: 15,
        entry_ns: 7,
        response_ns: 5,
    };
    let mut simulation = simulation(script, latency);
    let (mut trader, mut view) = (Trader::default(), Book::new());
    assert_eq!(simulation.prepare(), 985, "the venue's market moves first");
    assert!(view.is_stale());
    simulation.set_timer(1040, 0);
    while simulation.advance(&mut trader, &mut view, u64::MAX) != Wake::Timer(1) {}
    assert!(!view.is_stale());
    trader.outbox.push(Command::New(limit(1, BUY, 99, 1)));
    assert_eq!(
        simulation.advance(&mut trader, &mut view, u64::MAX),
        Wake::Orders
    );
    assert_eq!(simulation.now_ns(), 1052);
    let accepted = trader.inbox[0];
    assert_eq!((accepted.ts_event_ns, accepted.ts_recv_ns), (1047, 1052));
    let trip = simulation.records().round_trips[0];
    assert_eq!((trip.request, trip.latency_ns), (Request::New, 12));
    let times = simulation.records().orders[0];
    assert_eq!(
        (times.submit_ns, times.accept_ns, times.done_ns),
        (1040, 1052, 0)
    );
}

#[test]
fn wakes_only_for_what_was_subscribed() {
    let say = || {
        Script::new([
            (10, Said::Book(vec![(99, 10), (98, 10)], vec![(101, 10)])),
            (11, Said::Levels(vec![(BUY, 98, 11)])),
            (12, Said::Corrupt),
            (13, Said::Trade(SELL, 99, 1)),
            (14, Said::Quote((99, 9), (101, 10))),
            (15, Said::Levels(vec![(BUY, 99, 9)])),
            (16, Said::Levels(vec![(BUY, 102, 9)])),
            (17, Said::Gap),
            (18, Said::Levels(vec![(BUY, 99, 1)])),
            (19, Said::Book(vec![(99, 3)], vec![(101, 4)])),
        ])
    };
    let wakes = |subscriptions| {
        let none = Latency {
            feed_ns: 0,
            entry_ns: 0,
            response_ns: 0,
        };
        let mut simulation = simulation(say(), none);
        simulation.subscribe(subscriptions);
        let (mut trader, mut view) = (Trader::default(), Book::new());
        let mut wakes = Vec::new();
        loop {
            let wake = simulation.advance(&mut trader, &mut view, u64::MAX);
            wakes.push((simulation.now_ns(), wake));
            if wake == Wake::End {
                let counts = simulation.counts();
                assert_eq!((counts.corrupt, counts.gaps, counts.events), (1, 1, 9));
                assert_eq!(simulation.errors()[0].record, 3);
                return wakes;
            }
        }
    };
    let nothing = Subscriptions::default();
    assert_eq!(wakes(nothing), [(19, Wake::End)]);
    let touch = Subscriptions {
        book_depth: 1,
        ..nothing
    };
    assert_eq!(
        wakes(touch),
        [
            (10, Wake::Book),
            (15, Wake::Book),
            (19, Wake::Book),
            (19, Wake::End)
        ],
        "not below the touch, not crossed, not stale"
    );
    let rest = Subscriptions {
        trades: true,
        quotes: true,
        corrupt: true,
        ..nothing
    };
    assert_eq!(
        wakes(rest),
        [
            (11, Wake::Corrupt),
            (13, Wake::Trade),
            (14, Wake::Quote),
            (19, Wake::End)
        ]
    );
}

#[test]
fn timers_ring_in_order_and_repeat() {
    let script = Script::new((0..10).map(|at| (at * 10 + 100, Said::Trade(BUY, 1, 1))));
    let none = Latency {
        feed_ns: 0,
        entry_ns: 0,
        response_ns: 0,
    };
    let mut simulation = simulation(script, none);
    let (mut trader, mut view) = (Trader::default(), Book::new());
    simulation.prepare();
    let often = simulation.set_timer(130, 25);
    let once = simulation.set_timer(130, 0);
    let never = simulation.set_timer(140, 0);
    assert!(simulation.cancel_timer(never) && !simulation.cancel_timer(never));
    let mut rang = Vec::new();
    while let Wake::Timer(id) = simulation.advance(&mut trader, &mut view, u64::MAX) {
        rang.push((simulation.now_ns(), id));
    }
    assert_eq!(
        rang,
        [(130, often), (130, once), (155, often), (180, often)]
    );
}
