//! Several recordings on one clock: what comes first, and what begins late or ends early.

use super::world::*;
use crate::instrument::ContractKind;
use crate::mirror::Book;
use crate::oms::message::{Command, NewOrder, VenueReply};
use crate::reject::RejectCode;
use crate::sim::*;
use crate::units::{Lots, SymbolId};

const NONE: Latency = Latency {
    feed_ns: 0,
    entry_ns: 0,
    response_ns: 0,
};

fn part(symbol: u32, script: Script, latency: Latency) -> Simulation<Script> {
    let assumptions = Assumptions {
        fees: FEES,
        latency,
        queue: QueueModel::default(),
    };
    let instrument = instrument(ContractKind::Linear);
    Simulation::new(script, instrument, SymbolId(symbol), assumptions)
}

fn books(count: usize) -> Vec<Book> {
    std::iter::repeat_with(Book::new).take(count).collect()
}

fn book(bid: i64) -> Said {
    Said::Book(vec![(bid, 10)], vec![(bid + 2, 10)])
}

fn order(symbol: u32, order: NewOrder) -> Command {
    let symbol = SymbolId(symbol);
    Command::New(NewOrder { symbol, ..order })
}

/// Plays to the end; answers when which recording woke.
fn wakes(
    simulation: &mut Simulation<Script>,
    trader: &mut Trader,
    books: &mut [Book],
) -> Vec<(i64, usize)> {
    let mut wakes = Vec::new();
    loop {
        match simulation.advance(trader, books, u64::MAX) {
            Wake::End => return wakes,
            Wake::Book => wakes.push((simulation.now_ns(), simulation.woken())),
            _ => {}
        }
    }
}

#[test]
fn what_was_received_first_comes_first_then_what_was_named_first() {
    let times = |times: [i64; 4]| Script::new((0..4).zip(times).map(|(n, at)| (at, book(99 - n))));
    let parts = [
        part(1, times([10, 20, 30, 40]), NONE),
        part(0, times([5, 20, 30, 31]), NONE),
    ];
    let mut simulation = Simulation::join(parts);
    simulation.subscribe(Subscriptions {
        book_depth: 1,
        ..Subscriptions::default()
    });
    let seen = wakes(&mut simulation, &mut Trader::default(), &mut books(2)[..]);
    let expected = [
        (5, 1),
        (10, 0),
        (20, 0),
        (20, 1),
        (30, 0),
        (30, 1),
        (31, 1),
        (40, 0),
    ];
    assert_eq!(seen, expected);
    assert_eq!(simulation.counts().events, 8);
}

#[test]
fn at_one_instant_all_markets_move_before_any_order_arrives() {
    let parts = [0, 1].map(|n| {
        let said = [(10, 99), (20, 99), (30, 90 - i64::from(n)), (40, 90 - i64::from(n))];
        let script = Script::new(said.map(|(at, bid)| (at, book(bid))));
        part(n, script, NONE)
    });
    let mut simulation = Simulation::join(parts);
    let (mut trader, mut views) = (Trader::default(), books(2));
    simulation.set_timer(25, 0);
    simulation.set_timer(30, 0);
    simulation.prepare();
    while simulation.advance(&mut trader, &mut views[..], u64::MAX) != Wake::Timer(2) {}
    // Both bids were 99 up to the instant of the second timer.
    trader.outbox = vec![
        order(1, limit(1, SELL, 80, 1)),
        order(0, limit(2, SELL, 80, 1)),
    ];
    wakes(&mut simulation, &mut trader, &mut views);
    let prices = [0, 1].map(|place| simulation.exchange_at(place).journal().fills()[0].price.0);
    assert_eq!(prices, [90, 89]);
    // Of the replies at one instant those of the recording named first are told first.
    let filled = |event: &&crate::oms::message::VenueEvent| {
        matches!(event.reply, VenueReply::Filled(_))
    };
    let keys: Vec<u64> = trader.inbox.iter().filter(filled).map(|e| e.key.0).collect();
    assert_eq!(keys, [2, 1]);
}

#[test]
fn a_symbol_that_begins_late_refuses_until_it_has_a_book_and_then_trades() {
    let early = Script::new((1..20).map(|n| (n * 10, book(99))));
    let late = Script::new([(100, book(50)), (150, book(50))]);
    let mut simulation = Simulation::join([part(0, early, NONE), part(1, late, NONE)]);
    let (mut trader, mut views) = (Trader::default(), books(2));
    assert_eq!(simulation.prepare(), 10);
    for (at_ns, key) in [(20, 1), (110, 2)] {
        simulation.set_timer(at_ns, 0);
        while !matches!(
            simulation.advance(&mut trader, &mut views[..], u64::MAX),
            Wake::Timer(_)
        ) {}
        trader.outbox.push(order(1, limit(key, BUY, 52, 3)));
    }
    wakes(&mut simulation, &mut trader, &mut views);
    let replies = text(&trader.inbox);
    assert_eq!(
        replies,
        format!("1 rejected {} · 2 accepted · 2 taker 3@52", RejectCode::VenueUnavailable.as_str())
    );
    assert_eq!(simulation.exchange_at(1).ledger().position(), Lots(3));
}

#[test]
fn no_fill_is_lost_when_a_recording_ends_before_the_others() {
    let latency = Latency {
        feed_ns: 0,
        entry_ns: 5,
        response_ns: 1_000,
    };
    let short = Script::new([(10, book(99)), (60, Said::Trade(SELL, 99, 40))]);
    let long = Script::new((1..400).map(|n| (n * 10, book(50))));
    let mut simulation = Simulation::join([part(0, short, latency), part(1, long, NONE)]);
    let (mut trader, mut views) = (Trader::default(), books(2));
    let mut at = |simulation: &mut Simulation<Script>, trader: &mut Trader, at_ns, command| {
        let id = simulation.set_timer(at_ns, 0);
        while simulation.advance(trader, &mut views[..], u64::MAX) != Wake::Timer(id) {}
        trader.outbox.push(command);
    };
    at(&mut simulation, &mut trader, 20, order(0, limit(1, BUY, 99, 4)));
    at(&mut simulation, &mut trader, 21, order(0, limit(2, BUY, 98, 4)));
    // Sent when nothing more is known of the first market: refused, and a cancel is still taken.
    at(&mut simulation, &mut trader, 500, order(0, limit(3, BUY, 101, 1)));
    at(&mut simulation, &mut trader, 501, cancel(2));
    wakes(&mut simulation, &mut trader, &mut views);
    let expected = format!(
        "1 accepted · 2 accepted · 1 maker 4@99 · 3 rejected {} · 2 canceled",
        RejectCode::VenueUnavailable.as_str()
    );
    assert_eq!(text(&trader.inbox), expected);
    assert!(views[0].is_stale() && !views[1].is_stale());
    assert!(simulation.is_idle());
    let profit = simulation.close_at(0, &trader).unwrap();
    let last = *simulation.records_at(0).equity.last().unwrap();
    assert_eq!((last.position, last.mid), (Lots(4), Mid(200)), "marked at the last known middle");
    assert_eq!(profit.total, profit.spread + profit.inventory - profit.fees);
}

#[test]
fn a_recording_beside_others_gives_what_it_gives_alone() {
    let script = |shift: i64| {
        let say = move |n: i64| match n % 4 {
            0 => book(90 + (n * shift) % 7),
            1 => Said::Trade(SELL, 90 + n % 5, 30),
            2 => Said::Levels(vec![(BUY, 89, 5 + n % 3)]),
            _ => Said::Trade(BUY, 95 + n % 4, 30),
        };
        Script::new((0..200).map(move |n| (1_000 * n + shift, say(n))))
    };
    let latency = Latency {
        feed_ns: 150,
        entry_ns: 70,
        response_ns: 330,
    };
    let sends = |symbol: u32, trader: &mut Trader, n: u64| {
        let price = 88 + i64::try_from(n % 9).unwrap();
        let key = 2 * n + u64::from(symbol) + 1;
        trader.outbox.push(order(symbol, limit(key, [BUY, SELL][(n % 2) as usize], price, 2)));
    };
    let run = |mut simulation: Simulation<Script>, symbols: &[u32]| {
        let (mut trader, mut views) = (Trader::default(), books(symbols.len()));
        simulation.set_timer(500, 3_000);
        let mut n = 0;
        loop {
            match simulation.advance(&mut trader, &mut views[..], u64::MAX) {
                Wake::End => break,
                Wake::Timer(_) => {
                    n += 1;
                    for symbol in symbols {
                        sends(*symbol, &mut trader, n);
                    }
                }
                _ => {}
            }
        }
        (simulation, trader)
    };
    let (mut both, trader) = run(
        Simulation::join([part(0, script(1), latency), part(1, script(5), latency)]),
        &[0, 1],
    );
    for (place, shift) in [(0, 1), (1, 5)] {
        let symbol = u32::try_from(place).unwrap();
        let (mut alone, heard) = run(part(symbol, script(shift), latency), &[symbol]);
        let told = |simulation: &Simulation<Script>, place| {
            let records = simulation.records_at(place);
            let fills = simulation.exchange_at(place).journal().fills().to_vec();
            (fills, records.orders.clone())
        };
        assert!(told(&alone, 0).0.len() > 5);
        assert_eq!(told(&alone, 0), told(&both, place));
        assert_eq!(alone.close(&heard), both.close_at(place, &trader));
    }
}

#[test]
#[should_panic(expected = "Invariant: each recording is of another symbol")]
fn two_recordings_of_one_symbol_are_refused() {
    Simulation::join([0, 0].map(|n| part(n, Script::new([]), NONE)));
}

#[test]
fn an_equity_curve_is_thinned_and_its_last_point_kept() {
    let seconds = i64::try_from(EQUITY_POINTS_MAX).unwrap() * 5 / 4;
    let second = 1_000_000_000;
    let script = Script::new((0..seconds).map(|n| (n * second, book(99 + n % 2))));
    let mut simulation = part(0, script, NONE);
    let (mut trader, mut view) = (Trader::default(), Book::new());
    while simulation.advance(&mut trader, &mut view, u64::MAX) != Wake::End {}
    simulation.close(&trader).unwrap();
    let curve = &simulation.records().equity;
    assert!((EQUITY_POINTS_MAX / 2..EQUITY_POINTS_MAX).contains(&curve.len()));
    assert_eq!(curve.last().unwrap().ts_ns, (seconds - 1) * second);
    let steps = curve.windows(2).map(|pair| (pair[1].ts_ns - pair[0].ts_ns) / second);
    assert_eq!(steps.rev().skip(1).max(), Some(2));
}
