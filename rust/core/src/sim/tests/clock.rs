//! One clock: latency, wakes, timers, and what is looked at again later.

use super::world::*;
use crate::mirror::Book;
use crate::oms::message::Command;
use crate::sim::*;
use crate::units::Ticks;

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
    let none = latency(0, 0, 0);
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
    let delays = latency(15, 7, 5);
    let mut simulation = simulation(script, delays);
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
        let none = latency(0, 0, 0);
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
        asides: false,
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
    let none = latency(0, 0, 0);
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

#[test]
fn a_recording_may_start_at_the_epoch_or_hold_nothing() {
    let delays = latency(15, 0, 0);
    let (mut trader, mut view) = (Trader::default(), Book::new());
    let mut early = simulation(Script::new([(15, Said::Trade(BUY, 1, 1))]), delays.clone());
    assert_eq!(early.prepare(), 0);
    finish(&mut early, &mut trader, &mut view);
    assert_eq!(early.now_ns(), 15);
    let mut empty = simulation(Script::new([]), delays);
    finish(&mut empty, &mut trader, &mut view);
    assert_eq!((empty.now_ns(), empty.counts().events), (0, 0));
}

/// All that is received at one instant is under way at once, so it is bounded; what is too much,
/// or was stamped long before, is refused and said with its place.
#[test]
fn a_clock_that_steps_back_holds_up_neither_time_nor_memory() {
    let trade = |at| (at, Said::Trade(SELL, 99, 1));
    let (from, most) = (10 * BACK_NS_MAX, INSTANT_MESSAGES_MAX as u64);
    let back = [
        trade(from),
        trade(from - BACK_NS_MAX),
        trade(from - BACK_NS_MAX - 1),
    ];
    let stuck = (0..2 * most).map(|_| trade(from - 1));
    let after = [trade(from + 1), trade(from + 2)];
    let mut simulation = simulation(
        Script::new(back.into_iter().chain(stuck).chain(after)),
        latency(0, 0, 0),
    );
    let (mut trader, mut book) = (Trader::default(), Book::new());
    let mut under_way = 0;
    while simulation.advance(&mut trader, &mut book, 1) != Wake::End {
        under_way = under_way.max(simulation.under_way());
    }
    assert!(under_way <= INSTANT_MESSAGES_MAX, "{under_way}");
    assert_eq!(simulation.now_ns(), from + 2, "time goes on behind it");
    let counts = simulation.counts();
    assert_eq!(counts.corrupt, 1 + 2 * most - (most - 2));
    assert_eq!(counts.events, most + 2);
    assert_eq!(counts.disordered, 1 + 1 + (most - 2));
    let told: Vec<String> = simulation.errors()[..2]
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        told,
        [
            "times of a recording step back by 1000000000 ns at most: 1000000001 ns before \
             10000000000: record 3, byte 0",
            "a recording has at most 65536 messages at one instant: ts_ns=10000000000: \
             record 65538, byte 0",
        ]
    );
}
