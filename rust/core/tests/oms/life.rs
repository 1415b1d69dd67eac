//! The life of an order, message by message.

use tradecore_core::instrument::ContractKind;
use tradecore_core::oms::message::{Command, OrderKey, OrderType, Terms, TimeInForce, VenueReply};
use tradecore_core::oms::{Detail, EventName, OrderRequest, OrderState, Outcome, RunId, Trader};
use tradecore_core::reject::RejectCode;
use tradecore_core::units::{Lots, Side, SymbolId, Ticks};

use crate::world::{at, buy, events, filled, instrument, limit, names, replaced, trader};

fn state(trader: &Trader, key: OrderKey) -> OrderState {
    trader.order(key).unwrap().state()
}

#[test]
fn a_fill_before_its_acceptance_brings_the_acceptance_along() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 10);
    trader.apply(&at(key, 1, filled(1, 100, 4)));
    let told = events(&mut trader);
    let words: Vec<_> = told
        .iter()
        .map(|e| (e.name, e.state, e.synthesized))
        .collect();
    assert_eq!(
        words,
        [
            (EventName::Submitted, OrderState::PendingNew, false),
            (EventName::Accepted, OrderState::Accepted, true),
            (EventName::Filled, OrderState::PartiallyFilled, false),
        ]
    );
    assert_eq!(
        trader.apply(&at(key, 2, VenueReply::Accepted)),
        Outcome::Stale
    );
    assert_eq!(names(&mut trader), []);
}

#[test]
fn the_same_execution_twice_is_one_fill() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 10);
    assert_eq!(
        trader.apply(&at(key, 1, filled(1, 100, 4))),
        Outcome::Applied
    );
    assert_eq!(trader.apply(&at(key, 1, filled(1, 100, 4))), Outcome::Stale);
    assert_eq!(trader.order(key).unwrap().filled(), Lots(4));
    assert_eq!(trader.counters().stale, 1);
}

#[test]
fn a_fill_after_a_cancel_is_booked_and_the_order_stays_canceled_unless_complete() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 10);
    trader.apply(&at(key, 1, VenueReply::Canceled));
    assert_eq!(
        trader.apply(&at(key, 2, filled(1, 100, 4))),
        Outcome::Applied
    );
    assert_eq!(state(&trader, key), OrderState::Canceled);
    assert!(events(&mut trader).last().unwrap().unexpected);
    trader.apply(&at(key, 3, filled(2, 100, 6)));
    assert_eq!(state(&trader, key), OrderState::Filled);
    assert_eq!(trader.position(SymbolId(0)).unwrap().qty(), Lots(10));
    assert_eq!(trader.counters().late_fills, 2);
}

#[test]
fn an_overfill_is_booked_and_flagged() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 10);
    trader.apply(&at(key, 1, filled(1, 100, 12)));
    assert_eq!(state(&trader, key), OrderState::Filled);
    assert_eq!(trader.order(key).unwrap().filled(), Lots(12));
    assert_eq!(trader.counters().overfills, 1);
    assert!(events(&mut trader).last().unwrap().unexpected);
}

#[test]
fn a_contradiction_is_counted_and_reported_and_changes_nothing() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 10);
    trader.apply(&at(key, 1, filled(1, 100, 4)));
    events(&mut trader);
    let before = trader.order(key).unwrap().clone();
    let rejected = VenueReply::Rejected(RejectCode::VenueRejected);
    assert_eq!(trader.apply(&at(key, 2, rejected)), Outcome::Illegal);
    assert_eq!(
        trader.apply(&at(key, 3, filled(2, 100, 0))),
        Outcome::Illegal
    );
    assert_eq!(
        trader.apply(&at(key, 4, filled(3, -1, 1))),
        Outcome::Illegal
    );
    assert_eq!(
        trader.apply(&at(key, 5, filled(4, i64::MAX, i64::MAX))),
        Outcome::Illegal
    );
    assert_eq!(trader.order(key), Some(&before));
    assert_eq!(trader.counters().illegal, 4);
    assert_eq!(names(&mut trader), [EventName::Illegal; 4]);
}

#[test]
fn evidence_for_an_unknown_order_is_told_in_full() {
    let mut trader = trader();
    assert_eq!(
        trader.apply(&at(OrderKey(9), 1, filled(1, 100, 4))),
        Outcome::UnknownOrder
    );
    let told = events(&mut trader);
    assert!(matches!(told[0].detail, Detail::Fill(fill) if fill.qty == Lots(4)));
    assert_eq!(told[0].symbol, None);
}

#[test]
fn a_lost_answer_is_ended_by_evidence_only() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 10);
    trader.apply(&at(key, 1, VenueReply::Unknown));
    assert_eq!(state(&trader, key), OrderState::Unknown);
    assert_eq!(trader.cancel(key, 2), Ok(true));
    assert_eq!(state(&trader, key), OrderState::Unknown);
    let refused = trader.modify(key, Ticks(101), Lots(10), 3).unwrap_err();
    assert_eq!(refused.code, RejectCode::RequestInFlight);
    trader.apply(&at(key, 4, VenueReply::Accepted));
    assert_eq!(state(&trader, key), OrderState::PendingCancel);
    trader.apply(&at(key, 5, VenueReply::Canceled));
    assert_eq!(state(&trader, key), OrderState::Canceled);
}

#[test]
fn a_fill_that_may_be_of_new_terms_waits_for_the_answer() {
    for (answer, ends) in [
        (replaced(100, 10), OrderState::PartiallyFilled),
        (
            VenueReply::ModifyRejected(RejectCode::UnknownOrder),
            OrderState::Filled,
        ),
    ] {
        let mut trader = trader();
        let key = buy(&mut trader, 100, 5);
        trader.apply(&at(key, 1, VenueReply::Accepted));
        trader.modify(key, Ticks(100), Lots(10), 2).unwrap();
        trader.apply(&at(key, 3, filled(1, 100, 5)));
        assert_eq!(state(&trader, key), OrderState::PendingReplace);
        trader.apply(&at(key, 4, answer));
        assert_eq!(state(&trader, key), ends);
    }
}

#[test]
fn an_older_replacement_does_not_undo_a_newer_one() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 5);
    trader.apply(&at(key, 9, replaced(103, 6)));
    assert_eq!(trader.apply(&at(key, 8, replaced(102, 7))), Outcome::Stale);
    assert_eq!(trader.apply(&at(key, 9, replaced(103, 6))), Outcome::Stale);
    assert_eq!(trader.order(key).unwrap().terms(), (Ticks(103), Lots(6)));
}

#[test]
fn a_cancel_of_a_finished_order_is_refused_and_told() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 5);
    trader.apply(&at(key, 1, filled(1, 100, 5)));
    events(&mut trader);
    let refused = trader.cancel(key, 2).unwrap_err();
    assert_eq!(refused.code, RejectCode::OrderNotLive);
    assert_eq!(
        refused.to_string(),
        "an order must be live: client_order_id=tc-a1-1, state=FILLED"
    );
    assert_eq!(names(&mut trader), [EventName::CancelRejected]);
    let unknown = trader.cancel(OrderKey(7), 2).unwrap_err();
    assert_eq!(unknown.code, RejectCode::UnknownOrder);
}

#[test]
fn a_second_cancel_is_not_sent_while_one_is_under_way() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 5);
    assert_eq!(trader.cancel(key, 1), Ok(true));
    assert_eq!(trader.cancel(key, 2), Ok(false));
    let mut commands = Vec::new();
    trader.take_commands(&mut commands);
    assert_eq!(commands.len(), 2);
    assert!(matches!(commands[1], Command::Cancel { .. }));
}

#[test]
fn a_change_is_checked_before_it_is_sent() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 5);
    trader.apply(&at(key, 1, filled(1, 100, 3)));
    let mut refused = |price, qty| {
        trader
            .modify(key, Ticks(price), Lots(qty), 2)
            .unwrap_err()
            .code
    };
    assert_eq!(refused(100, 3), RejectCode::TotalBelowFilled);
    assert_eq!(refused(0, 5), RejectCode::BadPrice);
    assert_eq!(refused(100, 0), RejectCode::QtyNotPositive);
    assert_eq!(trader.modify(key, Ticks(100), Lots(5), 2), Ok(false));
    assert_eq!(trader.modify(key, Ticks(101), Lots(5), 2), Ok(true));
    let waits = trader.modify(key, Ticks(102), Lots(5), 2).unwrap_err();
    assert_eq!(waits.code, RejectCode::RequestInFlight);
}

/// The engine knows more kinds of orders than the venues here: none may pass as another.
#[test]
fn kinds_of_orders_no_venue_here_takes_are_denied() {
    let mut trader = trader();
    let order = limit(Side::Buy, 100, 10);
    for order_type in &OrderType::ALL[2..] {
        let order_type = *order_type;
        let denied = trader.submit(
            &OrderRequest {
                order_type,
                ..order
            },
            0,
        );
        assert_eq!(denied.unwrap_err().refusal.code, RejectCode::Unsupported);
    }
    for time_in_force in [TimeInForce::Gtd, TimeInForce::Day] {
        let request = OrderRequest {
            time_in_force,
            ..order
        };
        let denied = trader.submit(&request, 0).unwrap_err();
        assert_eq!(denied.refusal.code, RejectCode::Unsupported);
    }
}

#[test]
fn what_is_denied_names_rule_and_nearest_value_and_is_not_sent() {
    let btc = instrument(ContractKind::Linear, "0.1", "0.001", "5");
    let mut trader = Trader::new(vec![btc], RunId::new("a1").unwrap());
    let denied = |trader: &mut Trader, request: OrderRequest| {
        let denied = trader.submit(&request, 0).unwrap_err();
        assert_eq!(
            trader.order(denied.key).unwrap().state(),
            OrderState::Denied
        );
        (denied.refusal.code, denied.to_string())
    };
    let small = denied(&mut trader, limit(Side::Buy, 500_000, 0));
    assert_eq!(small.0, RejectCode::QtyNotPositive);
    let (code, text) = denied(&mut trader, limit(Side::Buy, 10_000, 4));
    assert_eq!(code, RejectCode::MinNotional);
    assert_eq!(
        text,
        "order value must be at least 5: value=4, price=1000, quantity=0.004, \
         nearest valid quantity 0.005, symbol=BTCUSDT"
    );
    let post_only = OrderRequest {
        post_only: true,
        time_in_force: TimeInForce::Ioc,
        ..limit(Side::Buy, 500_000, 10)
    };
    assert_eq!(denied(&mut trader, post_only).0, RejectCode::BadCombination);
    let elsewhere = OrderRequest {
        symbol: SymbolId(4),
        ..limit(Side::Buy, 1, 1)
    };
    assert_eq!(denied(&mut trader, elsewhere).0, RejectCode::UnknownSymbol);
    let huge = denied(&mut trader, limit(Side::Buy, (1 << 62) - 1, (1 << 62) - 1));
    assert_eq!(huge.0, RejectCode::QtyTooLarge);
    assert!(!trader.has_commands());
    assert_eq!(trader.denials()[&RejectCode::MinNotional], 1);
}

#[test]
fn a_reduce_only_or_market_order_may_be_small() {
    let btc = instrument(ContractKind::Linear, "0.1", "0.001", "5");
    let mut trader = Trader::new(vec![btc], RunId::new("a1").unwrap());
    let reduce = OrderRequest {
        reduce_only: true,
        ..limit(Side::Sell, 10_000, 1)
    };
    let market = OrderRequest {
        order_type: OrderType::Market,
        price: Ticks(0),
        ..limit(Side::Sell, 0, 1)
    };
    assert!(trader.submit(&reduce, 0).is_ok());
    assert!(trader.submit(&market, 0).is_ok());
}

#[test]
fn a_client_order_id_is_used_once() {
    let mut trader = trader();
    let request = limit(Side::Buy, 100, 1);
    assert_eq!(
        trader.submit_as(OrderKey(5), &request, Terms::default(), 0),
        Ok(OrderKey(5))
    );
    let again = trader
        .submit_as(OrderKey(5), &request, Terms::default(), 0)
        .unwrap_err();
    assert_eq!(again.refusal.code, RejectCode::DuplicateClientOrderId);
    assert_eq!(again.key, OrderKey(6));
    assert_eq!(
        again.to_string(),
        "a client order id is used once: client_order_id=tc-a1-5"
    );
    let ahead = trader
        .submit_as(OrderKey(u64::MAX), &request, Terms::default(), 0)
        .unwrap_err();
    assert_eq!(ahead.refusal.code, RejectCode::BadCombination);
    assert_eq!(trader.submit(&request, 0), Ok(OrderKey(8)));
}

#[test]
fn a_halted_trader_cancels_all_and_denies_the_rest() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 5);
    trader.halt(1);
    assert_eq!(state(&trader, key), OrderState::PendingCancel);
    let denied = trader.submit(&limit(Side::Buy, 100, 1), 2).unwrap_err();
    assert_eq!(denied.refusal.code, RejectCode::StrategyHalted);
    trader
        .quote(SymbolId(0), &[(Ticks(9), Lots(1))], &[], 0, 3)
        .unwrap();
    assert_eq!(trader.live_orders(SymbolId(0)).len(), 1);
}

#[test]
fn a_symbol_is_found_with_and_without_its_venue() {
    let one = instrument(ContractKind::Linear, "1", "1", "0");
    let trader = Trader::new(vec![one], RunId::new("a1").unwrap()).with_venue("binance-usdm");
    for (name, found) in [
        ("BTCUSDT", true),
        ("BINANCE:BTCUSDT", true),
        ("binance-usdm:BTCUSDT", true),
        ("DERIBIT:BTCUSDT", false),
        ("BIN:BTCUSDT", false),
        ("BINANCE:ETHUSDT", false),
        ("btcusdt", false),
        ("", false),
    ] {
        assert_eq!(trader.symbol_id(name).is_some(), found, "{name}");
    }
}

#[test]
fn a_report_reads_what_a_strategy_did_not_want() {
    let mut trader = trader();
    trader.want_events(1 << EventName::Filled as u16);
    trader.keep_journal();
    let key = buy(&mut trader, 100, 5);
    trader.apply(&at(key, 1, filled(1, 100, 5)));
    assert_eq!(names(&mut trader), [EventName::Filled]);
    let mut journal = Vec::new();
    trader.take_journal(&mut journal);
    assert_eq!(journal.len(), 3);
}

#[test]
fn a_report_reads_every_command_and_when_it_was_asked_for() {
    let mut trader = trader();
    trader.keep_journal();
    let key = buy(&mut trader, 100, 5);
    assert_eq!(trader.cancel(key, 7), Ok(true));
    let mut sent = Vec::new();
    trader.take_sent(&mut sent);
    let times: Vec<_> = sent.iter().map(|(at, _)| *at).collect();
    assert_eq!(times.last(), Some(&7));
    let mut taken = Vec::new();
    trader.take_commands(&mut taken);
    let commands: Vec<_> = sent.iter().map(|(_, command)| *command).collect();
    assert_eq!(commands, taken);
    trader.take_sent(&mut sent);
    assert_eq!(sent.len(), 2, "each is told once");
}
