//! The quote reconciler: fewest actions, never double, never across oneself.

use proptest::prelude::*;
use tradecore_core::oms::message::{Command, OrderKey, VenueReply};
use tradecore_core::oms::{EventName, OrderState, Trader};
use tradecore_core::reject::RejectCode;
use tradecore_core::units::{Lots, Side, Ticks};

use crate::venue::Venue;
use crate::world::{BTC, at, events, filled, names, trader};

type Levels = Vec<(i64, i64)>;

fn levels(levels: &[(i64, i64)]) -> Vec<(Ticks, Lots)> {
    levels
        .iter()
        .map(|(price, qty)| (Ticks(*price), Lots(*qty)))
        .collect()
}

fn quote(trader: &mut Trader, bids: &[(i64, i64)], asks: &[(i64, i64)], now_ns: i64) -> usize {
    trader
        .quote(BTC, &levels(bids), &levels(asks), 0, now_ns)
        .unwrap()
}

fn commands(trader: &mut Trader) -> Vec<Command> {
    let mut commands = Vec::new();
    trader.take_commands(&mut commands);
    commands
}

/// Delivers everything under way until nothing is.
fn settle(trader: &mut Trader, venue: &mut Venue) {
    for _ in 0..50 {
        for command in commands(trader) {
            venue.receive(&command);
        }
        for event in std::mem::take(&mut venue.said) {
            trader.apply(&event);
        }
    }
    assert!(!trader.has_commands(), "the reconciler never ends");
}

#[test]
fn an_unchanged_quote_is_left_alone() {
    let (mut trader, mut venue) = (trader(), Venue::default());
    assert_eq!(quote(&mut trader, &[(99, 5)], &[(101, 5)], 0), 2);
    assert_eq!(quote(&mut trader, &[(99, 5)], &[(101, 5)], 1), 0);
    settle(&mut trader, &mut venue);
    assert_eq!(quote(&mut trader, &[(99, 5)], &[(101, 5)], 2), 0);
}

#[test]
fn a_move_or_another_size_is_one_amend() {
    let (mut trader, mut venue) = (trader(), Venue::default());
    quote(&mut trader, &[(99, 5)], &[], 0);
    settle(&mut trader, &mut venue);
    for (price, qty) in [(99, 3), (98, 3), (98, 7)] {
        assert_eq!(quote(&mut trader, &[(price, qty)], &[], 1), 1);
        let sent = commands(&mut trader);
        assert!(matches!(sent[0], Command::Modify { .. }), "{sent:?}");
        venue.receive(&sent[0]);
        settle(&mut trader, &mut venue);
        assert_eq!(venue.shown(Side::Buy), levels(&[(price, qty)]));
    }
    assert_eq!(venue.orders.len(), 1);
}

#[test]
fn a_partly_filled_quote_is_amended_by_its_total() {
    let (mut trader, mut venue) = (trader(), Venue::default());
    quote(&mut trader, &[(99, 5)], &[], 0);
    settle(&mut trader, &mut venue);
    venue.trade(0, 2);
    settle(&mut trader, &mut venue);
    assert_eq!(quote(&mut trader, &[(99, 3)], &[], 1), 0);
    assert_eq!(quote(&mut trader, &[(99, 5)], &[], 1), 1);
    let sent = commands(&mut trader);
    assert!(
        matches!(sent[0], Command::Modify { qty: Lots(7), .. }),
        "{sent:?}"
    );
}

#[test]
fn without_an_amend_the_new_quote_waits_for_the_cancel() {
    let (mut trader, mut venue) = (trader().with_amend(false), Venue::default());
    quote(&mut trader, &[(99, 5)], &[], 0);
    settle(&mut trader, &mut venue);
    assert_eq!(quote(&mut trader, &[(98, 5)], &[], 1), 1);
    let sent = commands(&mut trader);
    assert!(matches!(sent[..], [Command::Cancel { .. }]), "{sent:?}");
    assert_eq!(quote(&mut trader, &[(98, 5)], &[], 2), 0);
    venue.receive(&sent[0]);
    settle(&mut trader, &mut venue);
    assert_eq!(venue.shown(Side::Buy), levels(&[(98, 5)]));
}

#[test]
fn a_quote_on_its_way_in_is_not_doubled_and_moves_when_it_arrived() {
    let (mut trader, mut venue) = (trader(), Venue::default());
    quote(&mut trader, &[(99, 5)], &[], 0);
    for price in [98, 97, 96] {
        assert_eq!(quote(&mut trader, &[(price, 5)], &[], 1), 0);
    }
    settle(&mut trader, &mut venue);
    assert_eq!(venue.shown(Side::Buy), levels(&[(96, 5)]));
    assert_eq!(venue.orders.len(), 1);
}

#[test]
fn an_empty_side_is_withdrawn_at_once_even_when_young_or_on_its_way() {
    let mut trader = trader();
    trader
        .quote(BTC, &levels(&[(99, 5)]), &[], 1_000, 0)
        .unwrap();
    assert_eq!(trader.quote(BTC, &[], &[], 1_000, 1), Ok(1));
    assert!(matches!(commands(&mut trader)[1], Command::Cancel { .. }));
}

#[test]
fn min_life_holds_a_move_back_until_the_quote_is_old_enough() {
    let (mut trader, mut venue) = (trader(), Venue::default());
    trader.quote(BTC, &levels(&[(99, 5)]), &[], 100, 0).unwrap();
    settle(&mut trader, &mut venue);
    assert_eq!(trader.quote(BTC, &levels(&[(98, 5)]), &[], 100, 99), Ok(0));
    assert_eq!(trader.quote(BTC, &levels(&[(98, 5)]), &[], 100, 100), Ok(1));
}

#[test]
fn a_bid_waits_until_the_own_ask_above_it_is_away() {
    let (mut trader, mut venue) = (trader(), Venue::default());
    quote(&mut trader, &[(99, 5)], &[(101, 5)], 0);
    settle(&mut trader, &mut venue);
    assert_eq!(quote(&mut trader, &[(102, 5)], &[(104, 5)], 1), 1);
    let sent = commands(&mut trader);
    assert!(
        matches!(
            sent[..],
            [Command::Modify {
                price: Ticks(104),
                ..
            }]
        ),
        "{sent:?}"
    );
    venue.receive(&sent[0]);
    settle(&mut trader, &mut venue);
    assert_eq!(venue.shown(Side::Buy), levels(&[(102, 5)]));
}

#[test]
fn a_filled_or_refused_quote_is_not_placed_again_before_the_next_call() {
    let mut trader = trader();
    quote(&mut trader, &[(99, 5)], &[(101, 5)], 0);
    commands(&mut trader);
    trader.apply(&at(OrderKey(1), 1, filled(1, 99, 5)));
    let rejected = VenueReply::Rejected(RejectCode::PostOnlyWouldCross);
    trader.apply(&at(OrderKey(2), 1, rejected));
    assert!(!trader.has_commands());
    assert_eq!(quote(&mut trader, &[(99, 5)], &[(101, 5)], 2), 2);
}

#[test]
fn orders_of_the_strategy_itself_are_not_moved_and_not_crossed() {
    let mut trader = trader();
    let own = crate::world::limit(Side::Sell, 100, 1);
    let own = trader.submit(&own, 0).unwrap();
    trader.apply(&at(own, 1, VenueReply::Accepted));
    assert_eq!(quote(&mut trader, &[(100, 5)], &[(103, 5)], 2), 1);
    assert_eq!(trader.order(own).unwrap().state(), OrderState::Accepted);
    trader.cancel(own, 3).unwrap();
    trader.apply(&at(own, 4, VenueReply::Canceled));
    let sent = commands(&mut trader);
    assert!(
        matches!(sent.last(), Some(Command::New(new)) if new.side == Side::Buy),
        "{sent:?}"
    );
}

#[test]
fn targets_that_cross_or_are_too_many_are_refused_whole() {
    let mut trader = trader();
    quote(&mut trader, &[(99, 5)], &[(101, 5)], 0);
    commands(&mut trader);
    events(&mut trader);
    let crossed = trader.quote(BTC, &levels(&[(101, 5)]), &levels(&[(101, 5)]), 0, 1);
    assert_eq!(crossed.unwrap_err().code, RejectCode::SelfCross);
    let many = vec![(Ticks(9), Lots(1)); 65];
    let refused = trader.quote(BTC, &[], &many, 0, 1).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "a quote has at most 64 levels a side: levels=65, symbol=BTCUSDT"
    );
    assert!(!trader.has_commands());
    assert_eq!(names(&mut trader), [EventName::Denied; 2]);
    assert_eq!(trader.live_orders(BTC).len(), 2);
}

#[test]
fn a_bad_level_is_denied_and_the_others_are_served() {
    let mut trader = trader();
    assert_eq!(
        quote(&mut trader, &[(0, 5), (99, 5), (98, -1), (97, 0)], &[], 0),
        1
    );
    assert_eq!(trader.denials().values().sum::<u64>(), 2);
}

#[test]
fn a_halted_trader_takes_its_quote_back_however_often_it_is_asked_for() {
    let (mut trader, mut venue) = (trader(), Venue::default());
    quote(&mut trader, &[(99, 5)], &[], 0);
    settle(&mut trader, &mut venue);
    trader.halt(1);
    let [Command::Cancel { key, .. }] = commands(&mut trader)[..] else {
        panic!("a halt cancels");
    };
    let code = RejectCode::Unsupported;
    trader.apply(&at(key, 2, VenueReply::CancelRejected(code)));
    assert_eq!(quote(&mut trader, &[(99, 5)], &[], 3), 1);
    assert!(matches!(
        commands(&mut trader)[..],
        [Command::Cancel { .. }]
    ));
    assert_eq!(trader.denials()[&RejectCode::StrategyHalted], 1);
}

fn side_levels(below: bool) -> impl Strategy<Value = Levels> {
    let price = if below { 80_i64..100 } else { 101_i64..121 };
    prop::collection::vec((price, 0_i64..4), 0..4)
}

/// Targets around a middle that itself moves, so that bids land where asks were.
fn targets() -> impl Strategy<Value = (Levels, Levels)> {
    (-15_i64..15, side_levels(true), side_levels(false)).prop_map(|(shift, bids, asks)| {
        let moved = |levels: Levels| levels.into_iter().map(|(p, q)| (p + shift, q)).collect();
        (moved(bids), moved(asks))
    })
}

/// What the targets come to: one level a price.
fn wanted(levels: &[(i64, i64)]) -> Vec<(Ticks, Lots)> {
    let mut sums = std::collections::BTreeMap::new();
    for (price, qty) in levels.iter().filter(|(_, qty)| *qty > 0) {
        *sums.entry(Ticks(*price)).or_insert(Lots(0)) =
            Lots(qty + sums.get(&Ticks(*price)).map_or(0, |q: &Lots| q.0));
    }
    sums.into_iter().collect()
}

proptest! {
    #[test]
    fn quotes_reach_their_targets_without_doubling_or_crossing(
        amend in any::<bool>(),
        rounds in prop::collection::vec(
            (targets(), 0_usize..4, 0_usize..4, prop::option::of((0_usize..4, 1_i64..3))), 1..25),
    ) {
        let (mut trader, mut venue) = (trader().with_amend(amend), Venue::default());
        let (mut to_venue, mut to_trader) = (Vec::new(), Vec::new());
        let mut most = [0, 0];
        let mut last = (Vec::new(), Vec::new());
        for (now_ns, ((bids, asks), arrive, answer, trade)) in (0_i64..).zip(rounds) {
            quote(&mut trader, &bids, &asks, now_ns);
            most = [most[0].max(wanted(&bids).len()), most[1].max(wanted(&asks).len())];
            last = (bids, asks);
            trader.take_commands(&mut to_venue);
            for command in to_venue.drain(..arrive.min(to_venue.len())) {
                venue.receive(&command);
                let bid = venue.shown(Side::Buy).last().map(|(price, _)| *price);
                let ask = venue.shown(Side::Sell).first().map(|(price, _)| *price);
                prop_assert!(bid.is_none() || ask.is_none() || bid < ask, "{bid:?} {ask:?}");
                prop_assert!(venue.shown(Side::Buy).len() <= most[0]);
                prop_assert!(venue.shown(Side::Sell).len() <= most[1]);
            }
            if let Some((n, qty)) = trade {
                venue.trade(n, qty);
            }
            to_trader.append(&mut venue.said);
            for event in to_trader.drain(..answer.min(to_trader.len())) {
                trader.apply(&event);
            }
        }
        venue.said = to_trader;
        for command in to_venue {
            venue.receive(&command);
        }
        settle(&mut trader, &mut venue);
        // What a fill took is asked for again once; then everything is as wanted, and stays.
        quote(&mut trader, &last.0, &last.1, 1_000);
        settle(&mut trader, &mut venue);
        prop_assert_eq!(venue.shown(Side::Buy), wanted(&last.0));
        prop_assert_eq!(venue.shown(Side::Sell), wanted(&last.1));
        prop_assert_eq!(quote(&mut trader, &last.0, &last.1, 1_001), 0);
    }

    /// A level of no quantity is no target, but keeps the trader from seeing at a glance that all
    /// stands as it is wanted: with and without the look it sends the same.
    #[test]
    fn a_look_at_what_stands_changes_nothing_that_is_sent(
        amend in any::<bool>(),
        rounds in prop::collection::vec(
            (prop::option::of(targets()), 0_usize..6, prop::option::of((0_usize..4, 1_i64..3))),
            1..25),
    ) {
        let [mut looks, mut plans] = [true, false].map(|looks| {
            (looks, trader().with_amend(amend), Venue::default(), Vec::new())
        });
        let (mut bids, mut asks) = (Vec::new(), Vec::new());
        for (now_ns, (wanted, answer, trade)) in (0_i64..).zip(rounds) {
            (bids, asks) = wanted.unwrap_or((bids, asks));
            let sent = [&mut looks, &mut plans].map(|(looks, trader, venue, to_trader)| {
                let none: &[(i64, i64)] = if *looks { &[] } else { &[(50, 0)] };
                quote(trader, &[&bids, none].concat(), &[&asks, none].concat(), now_ns);
                let sent = commands(trader);
                for command in &sent {
                    venue.receive(command);
                }
                if let Some((n, qty)) = trade {
                    venue.trade(n, qty);
                }
                to_trader.append(&mut venue.said);
                for event in to_trader.drain(..answer.min(to_trader.len())) {
                    trader.apply(&event);
                }
                sent
            });
            prop_assert_eq!(&sent[0], &sent[1]);
        }
    }
}
