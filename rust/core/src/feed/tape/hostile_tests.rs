//! Tapes whose sums fit and whose numbers do not: what no writer of ours makes, and anybody can.

use super::*;
use crate::feed::tape::header::{self, BlockHeader};
use crate::feed::tape::record::Before;

/// A tape whose only block claims `first` as its first record, with sums that fit.
fn forged(payload: &[u8], records: u32, first: u64) -> Vec<u8> {
    let mut tape = header::write(&instrument(), &Contents::default());
    tape.extend(BlockHeader::write(payload, records, first));
    tape.extend_from_slice(payload);
    tape
}

/// Whoever can write a checksum can number records as they like.
#[test]
fn records_beyond_counting_are_refused() {
    let payload = {
        let mut payload = Vec::new();
        Before::default().encode(&market(1)[0].stamped(), &mut payload);
        payload
    };
    for (records, first) in [(0, 0), (1, 0), (1, u64::MAX), (u32::MAX, u64::MAX - 7)] {
        let (events, errors) = read(&forged(&payload, records, first)).unwrap();
        assert_eq!(events, vec![], "{records} {first}");
        assert!(errors[0].reason.contains("a sound header"), "{errors:?}");
    }
    let mut damaged = forged(&payload, 9, u64::MAX - 9);
    *damaged.last_mut().unwrap() ^= 1;
    assert!(read(&damaged).unwrap().0.is_empty());
}

/// Books and accounts add prices and quantities up: no reader hands out what they cannot add.
#[test]
fn numbers_beyond_counting_are_refused() {
    let trade = |ts_recv_ns, price, qty| Owned {
        ts_event_ns: 5,
        ts_recv_ns,
        event: Event::Other(MarketEvent::Trade {
            id: 1,
            price: Ticks(price),
            qty: Lots(qty),
            aggressor: Side::Buy,
        }),
    };
    assert_eq!(read(&written(&[trade(5, 1, 1)])).unwrap().0.len(), 1);
    for (ts_recv_ns, price, qty) in [
        (-1, 1, 1),
        (i64::MIN, 1, 1),
        (5, -1, 1),
        (5, i64::MIN, 1),
        (5, COUNT_MAX, 1),
        (5, i64::MAX, 1),
        (5, 1, COUNT_MAX),
        (5, 1, i64::MAX),
    ] {
        let (events, errors) = read(&written(&[trade(ts_recv_ns, price, qty)])).unwrap();
        assert_eq!((events.len(), errors.len()), (0, 1), "{price} {qty}");
    }
}
