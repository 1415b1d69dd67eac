use proptest::prelude::*;

use super::*;
use crate::decimal::Decimal;
use crate::instrument::COUNT_MAX;
use crate::instrument::{ContractKind, Instrument, InstrumentSpec};
use crate::market::{EventSource, Level, MarketEvent, SourceError, Stamped};
use crate::money::Rate;
use crate::units::{Lots, Side, Ticks};

#[path = "hostile_tests.rs"]
mod hostile;

/// An event that owns its levels.
#[derive(Clone, Debug, PartialEq)]
struct Owned {
    ts_event_ns: i64,
    ts_recv_ns: i64,
    event: Event,
}

#[derive(Clone, Debug, PartialEq)]
enum Event {
    Snapshot(u64, Vec<Level>),
    Depth(u64, u64, Option<u64>, Vec<Level>),
    Other(MarketEvent<'static>),
}

impl Owned {
    fn stamped(&self) -> Stamped<'_> {
        Stamped {
            ts_event_ns: self.ts_event_ns,
            ts_recv_ns: self.ts_recv_ns,
            event: match &self.event {
                Event::Snapshot(last_id, levels) => MarketEvent::Snapshot {
                    last_id: *last_id,
                    levels,
                },
                Event::Depth(first_id, last_id, prev_id, levels) => MarketEvent::Depth {
                    first_id: *first_id,
                    last_id: *last_id,
                    prev_id: *prev_id,
                    levels,
                },
                Event::Other(event) => *event,
            },
        }
    }

    fn of(stamped: Stamped<'_>) -> Self {
        Self {
            ts_event_ns: stamped.ts_event_ns,
            ts_recv_ns: stamped.ts_recv_ns,
            event: match stamped.event {
                MarketEvent::Snapshot { last_id, levels } => {
                    Event::Snapshot(last_id, levels.to_vec())
                }
                MarketEvent::Depth {
                    first_id,
                    last_id,
                    prev_id,
                    levels,
                } => Event::Depth(first_id, last_id, prev_id, levels.to_vec()),
                MarketEvent::Trade {
                    id,
                    price,
                    qty,
                    aggressor,
                } => Event::Other(MarketEvent::Trade {
                    id,
                    price,
                    qty,
                    aggressor,
                }),
                MarketEvent::Quote {
                    id,
                    bid,
                    bid_qty,
                    ask,
                    ask_qty,
                } => Event::Other(MarketEvent::Quote {
                    id,
                    bid,
                    bid_qty,
                    ask,
                    ask_qty,
                }),
            },
        }
    }
}

fn instrument() -> Instrument {
    let parse = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
    Instrument::new(InstrumentSpec {
        symbol: "BINANCE:BTCUSDT".into(),
        kind: ContractKind::Linear,
        tick_size: parse("0.1"),
        lot_size: parse("0.001"),
        multiplier: parse("1"),
        min_notional: parse("5"),
        maker_fee: Rate(-10_000),
        taker_fee: Rate(500_000),
    })
    .unwrap()
}

fn written(events: &[Owned]) -> Vec<u8> {
    let mut writer = TapeWriter::new(&instrument());
    for event in events {
        writer.push(&event.stamped());
    }
    writer.finish()
}

/// Everything a tape gives, errors among it.
fn read(bytes: &[u8]) -> Result<(Vec<Owned>, Vec<SourceError>), TapeError> {
    let mut reader = TapeReader::new(bytes)?;
    let (mut events, mut errors) = (Vec::new(), Vec::new());
    loop {
        match reader.next_event() {
            Ok(Some(stamped)) => events.push(Owned::of(stamped)),
            Ok(None) => return Ok((events, errors)),
            Err(error) => errors.push(error),
        }
        assert!(errors.len() < 1000, "a reader must come to an end");
    }
}

/// A walk like a market's: times and ids go on, prices stay near, long enough for several blocks.
fn market(count: u64) -> Vec<Owned> {
    let mut seed = 7_u64;
    let mut dice = move |sides: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % sides
    };
    let mut id = 1_000;
    (0..count)
        .map(|at| {
            let mut level = |side| Level {
                side,
                price: Ticks(618_000 + dice(200).cast_signed()),
                qty: Lots(dice(3000).cast_signed()),
            };
            let levels = vec![level(Side::Buy), level(Side::Buy), level(Side::Sell)];
            let before = id;
            id += 1 + at % 3;
            let event = match at % 4 {
                _ if at == 0 => Event::Snapshot(id, levels),
                0 => Event::Depth(before + 1, id, None, levels),
                1 => Event::Depth(before + 2, id + 2, Some(before), levels),
                2 => Event::Other(MarketEvent::Trade {
                    id: at,
                    price: levels[0].price,
                    qty: Lots(1),
                    aggressor: Side::Sell,
                }),
                _ => Event::Other(MarketEvent::Quote {
                    id,
                    bid: Ticks(618_000),
                    bid_qty: levels[0].qty,
                    ask: Ticks(618_001),
                    ask_qty: Lots(4),
                }),
            };
            Owned {
                ts_event_ns: 1_723_161_256_299_000_000 + (at / 5).cast_signed() * 1_000_000,
                ts_recv_ns: 1_723_161_255_030_314_667 + at.cast_signed() * 137_100,
                event,
            }
        })
        .collect()
}

/// Prices and quantities that every reader takes.
const COUNTS: std::ops::Range<i64> = 0..COUNT_MAX;

fn any_levels() -> impl Strategy<Value = Vec<Level>> {
    let level = (any::<bool>(), COUNTS, COUNTS).prop_map(|(buy, price, qty)| Level {
        side: if buy { Side::Buy } else { Side::Sell },
        price: Ticks(price),
        qty: Lots(qty),
    });
    prop::collection::vec(level, 0..6)
}

fn any_event() -> impl Strategy<Value = Owned> {
    let event = prop_oneof![
        (any::<u64>(), any_levels()).prop_map(|(id, levels)| Event::Snapshot(id, levels)),
        (
            any::<u64>(),
            any::<u64>(),
            any::<Option<u64>>(),
            any_levels()
        )
            .prop_map(|(first, last, prev, levels)| Event::Depth(first, last, prev, levels)),
        (any::<u64>(), COUNTS, COUNTS, any::<bool>()).prop_map(|(id, price, qty, buy)| {
            Event::Other(MarketEvent::Trade {
                id,
                price: Ticks(price),
                qty: Lots(qty),
                aggressor: if buy { Side::Buy } else { Side::Sell },
            })
        }),
        (any::<u64>(), [COUNTS, COUNTS], [COUNTS, COUNTS],).prop_map(
            |(id, [bid, ask], [bid_qty, ask_qty])| Event::Other(MarketEvent::Quote {
                id,
                bid: Ticks(bid),
                bid_qty: Lots(bid_qty),
                ask: Ticks(ask),
                ask_qty: Lots(ask_qty),
            })
        ),
    ];
    (0..=i64::MAX, 0..=i64::MAX, event).prop_map(|(ts_event_ns, ts_recv_ns, event)| Owned {
        ts_event_ns,
        ts_recv_ns,
        event,
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(events in prop::collection::vec(any_event(), 0..40)) {
        let (back, errors) = read(&written(&events)).unwrap();
        prop_assert_eq!(back, events);
        prop_assert_eq!(errors, vec![]);
    }

    #[test]
    fn every_changed_bit_is_noticed(at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let mut tape = written(&market(40));
        let at = at.index(tape.len());
        tape[at] ^= 1 << bit;
        if let Ok((_, errors)) = read(&tape) {
            prop_assert!(!errors.is_empty(), "byte {} bit {}", at, bit);
        }
    }

    #[test]
    fn any_bytes_come_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut tape = written(&market(3));
        tape.extend_from_slice(&bytes);
        let (events, errors) = read(&tape).unwrap();
        prop_assert_eq!(events.len(), 3);
        prop_assert_eq!(errors.is_empty(), bytes.is_empty());
    }
}

#[test]
fn every_truncation_is_noticed() {
    let events = market(20_000);
    let tape = written(&events);
    let header_ends = written(&[]).len();
    for length in (0..header_ends + 200).chain((header_ends..tape.len()).step_by(3971)) {
        match read(&tape[..length]) {
            Err(_) => assert!(length < header_ends, "{length}"),
            Ok((back, errors)) => {
                assert_eq!(back, events[..back.len()], "{length}");
                assert_eq!(errors.len(), 1, "{length}: {errors:?}");
            }
        }
    }
}

#[test]
fn a_damaged_block_costs_itself_only_and_is_named() {
    let events = market(20_000);
    let tape = written(&events);
    let blocks: Vec<usize> = (0..tape.len() - 4)
        .filter(|at| tape[*at..*at + 4] == header::BLOCK_MARK)
        .collect();
    assert!(blocks.len() >= 3, "{blocks:?}");
    // In the records, then in the header, of the second block.
    for (at, rule) in [
        (blocks[1] + 100, "a block matches its checksum: stored="),
        (
            blocks[1] + 9,
            "a block starts with a sound header: passed over",
        ),
    ] {
        let mut damaged = tape.clone();
        damaged[at] ^= 0x10;
        let (back, errors) = read(&damaged).unwrap();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].reason.starts_with(rule), "{}", errors[0]);
        assert!(errors[0].reason.ends_with("block=2"), "{}", errors[0]);
        assert_eq!(errors[0].offset, blocks[1] as u64);
        let before = usize::try_from(errors[0].record).unwrap() - 1;
        assert_eq!(back[..before], events[..before]);
        assert_eq!(
            back[before..],
            events[events.len() - (back.len() - before)..]
        );
        assert!(back.len() > before && back.len() < events.len());
    }
}

#[test]
fn a_missing_block_is_noticed() {
    let events = market(20_000);
    let tape = written(&events);
    let blocks: Vec<usize> = (0..tape.len() - 4)
        .filter(|at| tape[*at..*at + 4] == header::BLOCK_MARK)
        .collect();
    let cut = [&tape[..blocks[1]], &tape[blocks[2]..]].concat();
    let (_, errors) = read(&cut).unwrap();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(
        errors[0]
            .reason
            .starts_with("records follow each other: expected="),
        "{}",
        errors[0]
    );
}

#[test]
fn what_is_no_tape_of_ours_is_refused() {
    let text = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert!(text(b"").starts_with("a tape starts with its eight magic bytes"));
    assert!(text(b"1723161255 {\"a\":1}").starts_with("a tape starts with its eight magic bytes"));
    let mut newer = written(&[]);
    newer[8] = 2;
    assert_eq!(
        text(&newer),
        "a tape of version 2 cannot be read: this reader knows version 1"
    );
    let mut damaged = written(&[]);
    damaged[20] ^= 1;
    assert!(text(&damaged).starts_with("a tape's header matches its checksum"));
}

#[test]
fn the_header_says_whose_and_how_much() {
    let events = market(100);
    let tape = written(&events);
    let reader = TapeReader::new(&tape).unwrap();
    assert_eq!(reader.instrument(), &instrument());
    let contents = *reader.contents();
    assert_eq!((contents.snapshots, contents.depths), (1, 49));
    assert_eq!(
        (contents.trades, contents.quotes, contents.levels),
        (25, 25, 150)
    );
    assert_eq!(contents.first_ts_recv_ns, events[0].ts_recv_ns);
    assert_eq!(contents.last_ts_recv_ns, events[99].ts_recv_ns);
}
