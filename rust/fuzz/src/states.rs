//! Snapshots of engines, damaged.

use tradecore_core::matching::{
    Command, Engine, Filter, Link, NewOrder, Phase, Report, SnapshotError, Terms,
};
use tradecore_core::order::OrderType;
use tradecore_core::units::Side;

use crate::instrument;

/// Where the length of all stands, and then the hash of the state.
const LENGTH_AT: usize = 12;
const HASH_AT: usize = 20;

/// Bytes give an error, or an engine that is sound and gives the same bytes again.
///
/// Length and hash are put right first: behind a wrong one nothing else would be seen.
pub fn snapshot(data: &[u8]) {
    let mut bytes = data.to_vec();
    let length = bytes.len() as u64;
    if let Some(place) = bytes.get_mut(LENGTH_AT..HASH_AT) {
        place.copy_from_slice(&length.to_le_bytes());
    }
    let mut restored = Engine::restore(vec![instrument()], &bytes);
    if let Err(SnapshotError::Hash { built, .. }) = restored {
        bytes[HASH_AT..HASH_AT + 16].copy_from_slice(&built.to_le_bytes());
        restored = Engine::restore(vec![instrument()], &bytes);
    }
    let Ok(mut engine) = restored else {
        return;
    };
    assert_eq!(engine.audit(), Ok(()));
    let mut again = Vec::new();
    engine.snapshot(&mut again);
    assert_eq!(again, bytes);
    let mut reports: Vec<Report> = Vec::new();
    for command in closing() {
        engine.apply(&command, &mut reports);
        assert_eq!(engine.audit(), Ok(()));
    }
    assert_eq!(engine.live_orders(), 0);
}

/// Lets everything that rests meet, and takes out what is left.
fn closing() -> [Command; 3] {
    let (symbol, phase) = (0, Phase::Open);
    [
        Command::SetPhase { symbol, phase },
        Command::AdvanceTime { now_ns: 1 << 40 },
        Command::CancelAll(Filter::default()),
    ]
}

/// An engine with something of everything.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut engine = Engine::new(vec![instrument()]);
    let mut reports: Vec<Report> = Vec::new();
    let order = |side, price, qty| NewOrder {
        side,
        price,
        qty,
        ..NewOrder::default()
    };
    let stop = NewOrder {
        order_type: OrderType::StopLimit,
        ..order(Side::Sell, 480, 2)
    };
    let (stops, hides) = (
        Terms {
            stop_price: 490,
            ..Terms::default()
        },
        Terms {
            display_qty: 3,
            ..Terms::default()
        },
    );
    let linked = |link, linked_id| Terms {
        link,
        linked_id,
        ..Terms::default()
    };
    for (order, terms) in [
        (order(Side::Buy, 500, 5), Terms::default()),
        (order(Side::Sell, 500, 2), Terms::default()),
        (order(Side::Buy, 499, 9), hides),
        (order(Side::Sell, 510, 4), Terms::default()),
        (stop, stops),
        (order(Side::Sell, 520, 1), linked(Link::Oco, 4)),
        (order(Side::Sell, 530, 1), linked(Link::Held, 0)),
        (order(Side::Buy, 498, 1), linked(Link::Releases, 7)),
    ] {
        engine.apply_named(&order, &terms, &format!("n{}", order.price), &mut reports);
    }
    let (mut full, mut empty) = (Vec::new(), Vec::new());
    engine.snapshot(&mut full);
    Engine::new(vec![instrument()]).snapshot(&mut empty);
    vec![empty, full]
}
