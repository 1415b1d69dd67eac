//! Any records come back as they were.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::flow::OrderEvent;
use crate::market::Level;
use crate::matching::command::Phase;
use crate::matching::{BookEvent, Shown};

/// An owned record.
#[derive(Clone, Debug, PartialEq)]
struct Owned {
    instrument: u32,
    times: (i64, i64),
    event: OwnedEvent,
}

#[derive(Clone, Debug, PartialEq)]
enum OwnedEvent {
    Snapshot(u64, Vec<Level>),
    Depth(u64, u64, Option<u64>, Vec<Level>),
    Terms(Box<Instrument>),
    Whole(TapeEvent<'static>),
}

impl Owned {
    fn taped(&self) -> Taped<'_> {
        Taped {
            instrument: self.instrument,
            ts_event_ns: self.times.0,
            ts_recv_ns: self.times.1,
            event: match &self.event {
                OwnedEvent::Snapshot(last_id, levels) => TapeEvent::Market(MarketEvent::Snapshot {
                    last_id: *last_id,
                    levels,
                }),
                OwnedEvent::Depth(first_id, last_id, prev_id, levels) => {
                    TapeEvent::Market(MarketEvent::Depth {
                        first_id: *first_id,
                        last_id: *last_id,
                        prev_id: *prev_id,
                        levels,
                    })
                }
                OwnedEvent::Terms(one) => TapeEvent::Terms(one),
                OwnedEvent::Whole(event) => *event,
            },
        }
    }
}

fn count() -> impl Strategy<Value = i64> {
    prop_oneof![0..1000_i64, 0..crate::instrument::COUNT_MAX]
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

fn levels() -> impl Strategy<Value = Vec<Level>> {
    let level = (side(), count(), count()).prop_map(|(side, price, qty)| Level {
        side,
        price: Ticks(price),
        qty: Lots(qty),
    });
    vec(level, 0..20)
}

fn order() -> impl Strategy<Value = OrderEvent> {
    (0..8_u8, any::<u64>(), side(), count(), count(), 0..4_usize).prop_map(
        |(kind, order_id, side, price, qty, phase)| {
            let order = Shown {
                order_id,
                price,
                qty,
                symbol: 0,
                side,
            };
            let (price, lots, aggressor) = (Ticks(price), Lots(qty), side);
            match kind {
                0 => OrderEvent::Book(BookEvent::Added(order)),
                1 => OrderEvent::Book(BookEvent::Changed {
                    order,
                    before: qty / 2,
                }),
                2 => OrderEvent::Book(BookEvent::Removed(order)),
                3 => OrderEvent::Book(BookEvent::Filled(order)),
                4 => OrderEvent::Book(BookEvent::Phase {
                    symbol: 0,
                    phase: Phase::ALL[phase],
                }),
                5 => OrderEvent::Trade {
                    price,
                    qty: lots,
                    aggressor,
                },
                6 => OrderEvent::Hidden {
                    price,
                    qty: lots,
                    aggressor,
                },
                _ => [OrderEvent::Done, OrderEvent::Open][phase % 2],
            }
        },
    )
}

fn event() -> impl Strategy<Value = OwnedEvent> {
    let market = |event| OwnedEvent::Whole(TapeEvent::Market(event));
    let ids = (any::<u64>(), any::<u64>(), any::<Option<u64>>());
    prop_oneof![
        (any::<u64>(), levels()).prop_map(|(id, levels)| OwnedEvent::Snapshot(id, levels)),
        (ids, levels())
            .prop_map(|((first, last, prev), levels)| OwnedEvent::Depth(first, last, prev, levels)),
        (any::<u64>(), count(), count(), side()).prop_map(move |(id, price, qty, aggressor)| {
            market(MarketEvent::Trade {
                id,
                price: Ticks(price),
                qty: Lots(qty),
                aggressor,
            })
        }),
        (any::<u64>(), [count(), count(), count(), count()]).prop_map(move |(id, [a, b, c, d])| {
            market(MarketEvent::Quote {
                id,
                bid: Ticks(a),
                bid_qty: Lots(b),
                ask: Ticks(c),
                ask_qty: Lots(d),
            })
        }),
        order().prop_map(|event| OwnedEvent::Whole(TapeEvent::Order(event))),
        (any::<i64>(), count(), count()).prop_map(|(rate, mark_nano, next_ns)| {
            OwnedEvent::Whole(TapeEvent::Funding(Funding {
                rate: Rate(rate),
                mark_nano,
                next_ns,
            }))
        }),
        Just(OwnedEvent::Terms(Box::new(instrument("AB", "0.5")))),
        (0..4_u64).prop_map(|why| OwnedEvent::Whole(TapeEvent::Break(Break::of(why).unwrap()))),
    ]
}

fn records() -> impl Strategy<Value = Vec<Owned>> {
    let one = (0..2_u32, (0..i64::MAX, 0..i64::MAX), event());
    vec(
        one.prop_map(|(instrument, times, event)| Owned {
            instrument,
            times,
            event,
        }),
        0..60,
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read(all in records(), every in 1..20_usize) {
        let mut writer = TapeWriter::new(table()).unwrap();
        let mut bytes = Vec::new();
        let mut changed = false;
        for (at, one) in all.iter().enumerate() {
            writer.push(&one.taped()).unwrap();
            changed |= matches!(one.event, OwnedEvent::Terms(_));
            if at % every == 0 {
                writer.flush();
                bytes.extend(writer.take());
            }
        }
        bytes.extend(writer.finish());
        let mut reader = TapeReader::new(bytes.as_slice()).unwrap();
        prop_assert_eq!(reader.table(), &table());
        prop_assert!(reader.contents().is_finished);
        prop_assert_eq!(reader.contents().records, all.len() as u64);
        for one in &all {
            prop_assert!(reader.advance().unwrap());
            prop_assert_eq!(reader.current(), one.taped());
        }
        prop_assert!(!reader.advance().unwrap());
        if changed {
            let now = reader.terms_at(0, i64::MAX).unwrap();
            let seen = all.iter().any(|one| {
                one.instrument == 0 && matches!(one.event, OwnedEvent::Terms(_))
            });
            prop_assert_eq!(now, instrument("AB", if seen { "0.5" } else { "0.1" }));
        }
    }
}
