//! A tape as a market that somebody follows.

use std::sync::Arc;

use super::*;
use crate::flow::{Flow, FlowSpec, OrderFlow, OrderSource};
use crate::market::EventSource;

fn spec() -> FlowSpec {
    FlowSpec {
        seed: 3,
        start_ns: 1_000_000_000,
        duration_ns: 3_000_000_000,
        price: Ticks(1000),
        volatility_milliticks: 3000,
    }
}

/// Orders alone give the public messages that the venue of these orders published.
#[test]
fn a_tape_of_orders_is_played_as_its_venue_published() {
    let one = Arc::new(instrument("AB", "0.1"));
    let mut orders = OrderFlow::new(Arc::clone(&one), spec());
    let mut writer = TapeWriter::of(&one);
    let mut facts = Vec::new();
    while let Some((ts_event_ns, event)) = orders.next_order().unwrap() {
        facts.push((ts_event_ns, event));
        writer
            .push(&Taped {
                instrument: 0,
                ts_event_ns,
                ts_recv_ns: ts_event_ns + crate::flow::FEED_DELAY_NS,
                event: TapeEvent::Order(event),
            })
            .unwrap();
    }
    let tape = writer.finish();
    let player = || TapePlayer::new(TapeReader::new(tape.as_slice()).unwrap(), 0).unwrap();
    let (mut first, mut flow) = (player(), Flow::new(one, spec()));
    let mut messages = 0;
    while let Some(stamped) = first.next_event().unwrap() {
        assert_eq!(Some(stamped), flow.next_event().unwrap());
        messages += 1;
    }
    assert!(messages > 100, "{messages}");
    let mut again = player();
    for fact in facts {
        assert_eq!(again.next_order().unwrap(), Some(fact));
    }
    assert_eq!(again.next_order().unwrap(), None);
    assert!(TapePlayer::new(TapeReader::new(tape.as_slice()).unwrap(), 1).is_none());
}

#[test]
fn a_player_hears_its_own_instrument_alone() {
    let tape = plain(100, 30).finish();
    let reader = TapeReader::new(tape.as_slice()).unwrap();
    let mut player = TapePlayer::new(reader, 1).unwrap();
    let mut ids = Vec::new();
    while let Some(stamped) = player.next_event().unwrap() {
        if let MarketEvent::Trade { id, .. } = stamped.event {
            ids.push(id);
        }
    }
    assert_eq!(ids, (1..=50).map(|at| at * 2).collect::<Vec<u64>>());
}

#[test]
fn tapes_become_one_in_order_of_receipt() {
    let (one, other) = (plain(50, 7).finish(), plain(80, 9).finish());
    let mut writer = TapeWriter::new(table()).unwrap();
    let readers = [&one, &other].map(|tape| TapeReader::new(tape.as_slice()).unwrap());
    let mut merge = Merge::new(readers.into(), &writer).unwrap();
    while merge.step(&mut writer).unwrap() {}
    let mut reader = TapeReader::new(writer.finish()).unwrap();
    let mut last = 0;
    let mut count = 0;
    while reader.advance().unwrap() {
        assert!(reader.current().ts_recv_ns >= last);
        last = reader.current().ts_recv_ns;
        count += 1;
    }
    assert_eq!(count, 130);
    let other = TapeWriter::of(&instrument("CD", "0.5"));
    let error = Merge::new(vec![TapeReader::new(one).unwrap()], &other)
        .err()
        .unwrap();
    assert_eq!(
        error,
        "tapes that become one count alike: 0.1 × 0.001 of AB is not in the table"
    );
}
