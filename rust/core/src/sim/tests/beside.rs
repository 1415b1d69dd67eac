//! What a recording says beside its book: funding, other rules, breaks.

use std::sync::Arc;

use super::world::*;
use crate::decimal::Decimal;
use crate::flow::ByOrder;
use crate::instrument::{ContractKind, Instrument, InstrumentSpec};
use crate::market::{Aside, Break, EventSource, Funding as Told};
use crate::mirror::Book;
use crate::money::Rate;
use crate::oms::message::{NewOrder, OrderType};
use crate::sim::*;
use crate::tape::{TapeEvent, TapePlayer, TapeReader, TapeWriter, Taped};
use crate::units::{Lots, Side, Ticks};

const SECOND: i64 = 1_000_000_000;
const RATE: Rate = Rate(1_000_000);

fn told(rate: Rate, mark_nano: i64, next_ns: i64) -> Aside {
    Aside::Funding(Told {
        rate,
        mark_nano,
        next_ns,
    })
}

fn market(key: u64, side: Side, qty: i64) -> NewOrder {
    NewOrder {
        order_type: OrderType::Market,
        ..limit(key, side, 0, qty)
    }
}

fn plain() -> Rules {
    Rules::plain(FEES, QueueModel::RiskAverse)
}

fn floor() -> Floor {
    Floor::under(plain())
}

/// Steps of the test's instrument are 0.5 and 0.01.
fn terms(tick: &str, lot: &str, min_notional: &str) -> Aside {
    let decimal = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
    let spec = InstrumentSpec {
        symbol: "X".into(),
        kind: ContractKind::Linear,
        tick_size: decimal(tick),
        lot_size: decimal(lot),
        multiplier: Decimal::ONE,
        min_notional: decimal(min_notional),
        maker_fee: Rate(0),
        taker_fee: Rate(0),
    };
    Aside::Terms(Arc::new(Instrument::new(spec).unwrap()))
}

#[test]
fn a_rate_is_paid_at_the_time_it_names_as_it_was_told_last() {
    let mut floor = floor();
    floor.place(market(1, BUY, 2));
    assert!(!floor.hear(&told(Rate(5), 1, SECOND)));
    floor.hear(&told(RATE, 50_123_456_789, SECOND));
    assert_eq!(floor.wait_until(SECOND - 1), "");
    // 2 × 0.01 at 50.123456789, of which a thousandth is paid: no tick, and no digit is lost.
    assert_eq!(floor.wait_until(SECOND), "funded -0.00100246913578");
    assert_eq!(floor.wait_until(9 * SECOND), "", "once");
    let ledger = floor.venue.ledger();
    assert_eq!(ledger.check(floor.venue.journal()), Ok(()));
    let paid = floor.venue.journal().fundings()[0];
    assert_eq!(
        (paid.ts_ns, paid.mark),
        (SECOND, Mark::Nano(50_123_456_789))
    );
}

#[test]
fn a_payment_that_is_announced_is_made_although_the_next_is_told_already() {
    let mut floor = floor();
    floor.place(market(1, SELL, 1));
    floor.hear(&told(RATE, 0, SECOND));
    floor.hear(&told(Rate(2_000_000), 0, 2 * SECOND));
    assert_eq!(floor.wait_until(2 * SECOND), "funded 0.0005 · funded 0.001");
}

#[test]
fn an_earlier_time_takes_the_place_of_a_later_one_and_none_is_paid_when_over() {
    let mut floor = floor();
    floor.place(market(1, BUY, 1));
    floor.hear(&told(RATE, 0, 5 * SECOND));
    floor.hear(&told(RATE, 0, 3 * SECOND));
    assert_eq!(floor.wait_until(9 * SECOND), "funded -0.0005");
    floor.hear(&told(RATE, 0, 9 * SECOND));
    floor.hear(&told(RATE, 0, 0));
    assert_eq!(floor.wait_until(99 * SECOND), "");
    for later in 0..1_000 {
        floor.hear(&told(RATE, 0, 1_000 * SECOND + later));
    }
    let paid = floor.wait_until(2_000 * SECOND);
    assert_eq!(
        paid.matches("funded").count(),
        8,
        "what is noted is bounded"
    );
}

#[test]
fn a_run_that_names_its_funding_pays_and_hears_that_alone() {
    let funding = Funding::every(10, RATE).unwrap_err();
    assert_eq!(funding, FundingError::Interval(10));
    let rules = Rules {
        funding: Funding::every(SECOND, RATE).unwrap(),
        ..plain()
    };
    let assumptions = Assumptions {
        rules,
        latency: latency(0, 0, 0),
    };
    let book = |at: i64| (at, Said::Book(vec![(99, 10)], vec![(101, 10)]));
    let script = Script::new([
        book(1),
        (2, Said::Aside(told(Rate(7), 0, 3))),
        book(SECOND),
        book(2 * SECOND + 1),
    ]);
    let one = instrument(ContractKind::Linear);
    let symbol = crate::units::SymbolId(0);
    let mut simulation = Simulation::new(script, one, symbol, assumptions);
    simulation.subscribe(Subscriptions {
        asides: true,
        ..Subscriptions::default()
    });
    let (mut trader, mut book) = (Trader::default(), Book::new());
    let mut heard = Vec::new();
    loop {
        match simulation.advance(&mut trader, &mut book, u64::MAX) {
            Wake::End => break,
            Wake::Aside => {
                let aside = simulation.last_aside().unwrap().aside.clone();
                heard.push((simulation.now_ns(), aside));
            }
            _ => {}
        }
    }
    let each = [(1, 1), (SECOND, 2), (2 * SECOND, 3)];
    assert_eq!(
        heard,
        each.map(|(at, next)| (at, told(RATE, 0, next * SECOND)))
    );
    assert_eq!(simulation.counts().fundings, 1);
}

#[test]
fn other_steps_bind_new_orders_and_changes_and_leave_what_rests() {
    let mut floor = floor();
    assert_eq!(floor.place(limit(1, BUY, 97, 3)), "1 accepted");
    floor.hear(&terms("1", "0.02", "0.5"));
    assert_eq!(floor.place(limit(2, BUY, 97, 2)), "2 rejected OFF_TICK");
    assert_eq!(floor.place(limit(3, BUY, 96, 3)), "3 rejected OFF_LOT");
    assert_eq!(floor.place(market(4, BUY, 1)), "4 rejected OFF_LOT");
    assert_eq!(floor.place(limit(5, BUY, 20, 2)), "5 rejected MIN_NOTIONAL");
    assert_eq!(floor.place(limit(6, BUY, 96, 2)), "6 accepted");
    assert_eq!(floor.send(modify(1, 95, 3)), "1 stays OFF_TICK");
    assert_eq!(floor.send(modify(1, 97, 1)), "1 stays OFF_LOT");
    assert_eq!(floor.send(modify(1, 97, 2)), "1 replaced 2@97");
    assert_eq!(
        floor.say(&Said::Trade(SELL, 96, 9)),
        "1 maker 2@97 · 6 maker 2@96"
    );
    floor.hear(&terms("0.5", "0.01", "0"));
    assert_eq!(floor.place(limit(7, BUY, 97, 1)), "7 accepted");
}

#[test]
fn after_a_break_nothing_is_known_until_a_snapshot() {
    let mut floor = floor();
    floor.place(limit(1, BUY, 99, 5));
    assert!(!floor.hear(&Aside::Break(Break::Connected)));
    assert!(floor.hear(&Aside::Break(Break::Gap)));
    assert!(
        !floor.hear(&Aside::Break(Break::Damaged)),
        "it is lost already"
    );
    assert_eq!(
        floor.place(limit(2, BUY, 99, 5)),
        "2 rejected VENUE_UNAVAILABLE"
    );
    assert_eq!(floor.say(&Said::Levels(vec![(BUY, 99, 3)])), "");
    assert_eq!(
        floor.say(&Said::Trade(SELL, 99, 50)),
        "",
        "its queue is unknown"
    );
    assert_eq!(floor.say(&Said::Trade(SELL, 98, 2)), "1 maker 2@99");
    floor.say(&Said::Book(vec![(99, 10)], vec![(101, 10)]));
    assert_eq!(floor.place(limit(3, BUY, 98, 5)), "3 accepted");
    assert_eq!(floor.venue.queue_ahead(1), Some(Lots(10)));
}

/// Beside the book comes at its time, not with the next message; the view loses its book there.
#[test]
fn what_is_said_beside_the_book_comes_at_its_time_as_in_one_run_so_in_blocks() {
    let book = |at: i64| (at, Said::Book(vec![(99, 10)], vec![(101, 10)]));
    let script = || {
        Script::new([
            book(10),
            (12, Said::Aside(Aside::Break(Break::Disconnected))),
            (15, Said::Aside(terms("1", "0.01", "0"))),
            (14, Said::Aside(Aside::Break(Break::Connected))),
            book(30),
            (35, Said::Aside(told(RATE, 0, 99))),
        ])
    };
    let mut heard = Vec::new();
    let mut simulation = simulation(script(), latency(2, 0, 0));
    simulation.subscribe(EVERYTHING);
    let (mut trader, mut view) = (Trader::default(), Book::new());
    loop {
        match simulation.advance(&mut trader, &mut view, u64::MAX) {
            Wake::End => break,
            wake => heard.push((simulation.now_ns(), wake, view.is_stale())),
        }
    }
    let aside = |at, stale| (at, Wake::Aside, stale);
    assert_eq!(
        heard,
        [
            (10, Wake::Book, false),
            aside(12, true),
            aside(15, true),
            aside(15, true),
            aside(35, false),
        ]
    );
    let counts = simulation.counts();
    assert_eq!(
        (counts.fundings, counts.terms, counts.breaks, counts.gaps),
        (1, 1, 2, 1)
    );
}

/// A tape of orders gives the same facts and messages as the market it was written from.
#[test]
fn a_tape_of_orders_is_followed_order_by_order() {
    use crate::flow::{FEED_DELAY_NS, FlowSpec, OrderEvent, OrderFlow, OrderSource};
    let one = instrument(ContractKind::Linear);
    let spec = FlowSpec {
        seed: 3,
        start_ns: SECOND,
        duration_ns: 2 * SECOND,
        price: Ticks(1000),
        volatility_milliticks: 3000,
    };
    let flow = || OrderFlow::new(Arc::clone(&one), spec);
    let (mut orders, mut writer) = (flow(), TapeWriter::of(&one));
    while let Some((ts_event_ns, event)) = orders.next_order().unwrap() {
        let taped = Taped {
            instrument: 0,
            ts_event_ns,
            ts_recv_ns: ts_event_ns + FEED_DELAY_NS,
            event: TapeEvent::Order(event),
        };
        writer.push(&taped).unwrap();
        if matches!(event, OrderEvent::Open) {
            writer.flush();
        }
    }
    let tape = writer.finish();
    let reader = || TapeReader::new(tape.as_slice()).unwrap();
    assert!(TapePlayer::is_by_order(reader(), 0));
    let cut = TapeReader::new(&tape[..tape.len() - 100]).unwrap();
    assert!(
        TapePlayer::is_by_order(cut, 0),
        "also of a tape without an end"
    );
    let mut played = ByOrder::new(TapePlayer::new(reader(), 0).unwrap(), 0);
    let mut made = ByOrder::new(flow(), FEED_DELAY_NS);
    let mut facts = 0;
    while let Some(stamped) = made.next_event().unwrap() {
        assert_eq!(Some(stamped), played.next_event().unwrap());
        facts += made.facts().unwrap().len();
        assert_eq!(made.facts(), played.facts());
    }
    assert_eq!(played.next_event().unwrap(), None);
    assert!(facts > 100, "{facts}");
}
