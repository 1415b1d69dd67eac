//! Bytes lead back to the state they were written from, or to an error, never to a panic.

use proptest::prelude::*;
use tradecore_core::money::{Money, Rate, UNIT};
use tradecore_core::risk::{Ask, Limits, OrderRate, Risk, Scope, SnapshotError, TradingState};
use tradecore_core::units::Side;

use crate::world::{BTC, FINE, INVERSE, LINEAR, SPOT, USD, instruments, venue};

/// One of everything a snapshot holds.
fn busy() -> Risk {
    let mut risk = venue();
    risk.seat(5, 50, 500).unwrap();
    for account in [4_000_000_000, 5] {
        for asset in [USD, BTC] {
            risk.deposit(account, asset, Money(1_000_000 * UNIT))
                .unwrap();
        }
    }
    let limits = Limits {
        duplicate_window_ns: Some(1),
        order_rate: Some(OrderRate {
            period_ns: 10,
            burst: 100,
        }),
        max_leverage: Some(Rate(20_000_000_000)),
        ..Limits::default()
    };
    risk.set_limits(Scope::User(50), limits).unwrap();
    risk.set_state(Scope::Strategy(3), TradingState::Halted)
        .unwrap();
    for symbol in [SPOT, LINEAR, INVERSE, FINE] {
        risk.set_mark(symbol, 100).unwrap();
        let ask = |account, side| Ask {
            account,
            symbol,
            side,
            qty: 10,
            price: Some(100),
            ..Ask::default()
        };
        let bid = risk.admit(&ask(5, Side::Buy), 7).unwrap();
        risk.fill(bid, Side::Buy, 100, 99, 4, false);
        if symbol != FINE {
            let offer = risk.admit(&ask(4_000_000_000, Side::Sell), 8).unwrap();
            risk.fill(offer, Side::Sell, 100, 99, 4, true);
        }
    }
    risk.start_day();
    risk
}

fn written(risk: &Risk) -> Vec<u8> {
    let mut bytes = Vec::new();
    risk.write(&mut bytes);
    bytes
}

#[test]
fn a_snapshot_leads_back_to_its_state() {
    let risk = busy();
    let bytes = written(&risk);
    let read = Risk::read(&bytes, &instruments()).unwrap();
    assert_eq!(read.hash(), risk.hash());
    assert_eq!(written(&read), bytes);
    assert_eq!(read.balance(5, USD), risk.balance(5, USD));
    assert_eq!(read.positions(5), risk.positions(5));
    assert_eq!((read.user(5), read.group(5)), (50, 500));
    assert!(read.is_guarding() && read.keeps_accounts());
}

#[test]
fn a_snapshot_without_accounts_keeps_seats_and_states() {
    let mut risk = Risk::new(&instruments());
    risk.seat(1, 2, 3).unwrap();
    risk.set_state(Scope::Global, TradingState::Reducing)
        .unwrap();
    let read = Risk::read(&written(&risk), &instruments()).unwrap();
    assert_eq!((read.hash(), read.group(1)), (risk.hash(), 3));
    assert!(read.is_guarding() && !read.keeps_accounts());
}

#[test]
fn every_cut_and_every_tail_is_refused() {
    let bytes = written(&busy());
    for end in 0..bytes.len() {
        let answer = Risk::read(&bytes[..end], &instruments());
        assert!(matches!(answer, Err(SnapshotError::Short { .. })), "{end}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    let answer = Risk::read(&longer, &instruments()).unwrap_err();
    assert_eq!(
        answer.to_string(),
        "a risk snapshot ends where its last part does: 1 bytes more"
    );
    let mut other = bytes;
    other[0] = 9;
    let answer = Risk::read(&other, &instruments()).unwrap_err();
    assert_eq!(
        answer.to_string(),
        "a risk snapshot must be of version 1: version=9"
    );
}

proptest! {
    #[test]
    fn changed_bytes_lead_to_an_error_or_to_another_state_that_works(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let original = busy();
        let mut bytes = written(&original);
        for (at, byte) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        if let Ok(mut read) = Risk::read(&bytes, &instruments()) {
            prop_assert_eq!(written(&read), bytes);
            for symbol in [SPOT, LINEAR, INVERSE, FINE] {
                let ask = Ask { account: 5, symbol, qty: 1, price: Some(100), ..Ask::default() };
                if let Ok(holding) = read.admit(&ask, 9) {
                    read.fill(holding, Side::Buy, 100, 99, 1, true);
                    read.order_closed(holding);
                }
            }
            read.start_day();
        }
    }
}
