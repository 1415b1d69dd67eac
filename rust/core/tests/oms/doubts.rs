//! A change whose answer was lost may have been done: the order is kept as large as that makes it.

use tradecore_core::oms::message::{OrderKey, VenueReply};
use tradecore_core::oms::{OrderRequest, OrderState, Outcome, Trader};
use tradecore_core::reject::RejectCode;
use tradecore_core::units::{Lots, Side, SymbolId, Ticks};

use crate::world::{at, buy, events, filled, limit, replaced, trader};

const REFUSED: VenueReply = VenueReply::ModifyRejected(RejectCode::VenueUnavailable);

fn state(trader: &Trader, key: OrderKey) -> OrderState {
    trader.order(key).unwrap().state()
}

/// An order of 5 at 100, of which a change to 10 at 101 got no answer.
fn doubted() -> (Trader, OrderKey) {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 5);
    trader.apply(&at(key, 1, VenueReply::Accepted));
    trader.modify(key, Ticks(101), Lots(10), 2).unwrap();
    trader.apply(&at(key, 3, VenueReply::Unknown));
    assert_eq!(state(&trader, key), OrderState::Unknown);
    (trader, key)
}

#[test]
fn as_much_as_an_order_was_is_not_all_while_a_larger_change_may_be_done() {
    let (mut trader, key) = doubted();
    trader.apply(&at(key, 4, filled(1, 100, 5)));
    assert_eq!(state(&trader, key), OrderState::PendingReplace);
    trader.apply(&at(key, 5, filled(2, 101, 2)));
    assert!(events(&mut trader).iter().all(|told| !told.unexpected));
    trader.apply(&at(key, 6, replaced(101, 10)));
    assert_eq!(state(&trader, key), OrderState::PartiallyFilled);
    trader.apply(&at(key, 7, filled(3, 101, 3)));
    assert_eq!(state(&trader, key), OrderState::Filled);
    assert_eq!(trader.position(SymbolId(0)).unwrap().qty(), Lots(10));
    assert_eq!(trader.counters().late_fills, 0);
}

#[test]
fn a_smaller_change_in_doubt_leaves_an_order_as_large_as_it_was() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 5);
    trader.modify(key, Ticks(100), Lots(3), 1).unwrap();
    trader.apply(&at(key, 2, VenueReply::Unknown));
    trader.apply(&at(key, 3, filled(1, 100, 3)));
    assert_eq!(state(&trader, key), OrderState::PendingReplace);
    trader.apply(&at(key, 4, replaced(100, 3)));
    assert_eq!(state(&trader, key), OrderState::Filled);
}

#[test]
fn an_order_that_traded_whole_ends_when_its_doubted_change_is_refused() {
    let (mut trader, key) = doubted();
    trader.apply(&at(key, 4, filled(1, 100, 5)));
    assert_eq!(trader.apply(&at(key, 5, REFUSED)), Outcome::Applied);
    assert_eq!(state(&trader, key), OrderState::Filled);
    assert!(trader.live_orders(SymbolId(0)).is_empty());
}

#[test]
fn an_order_that_traded_whole_before_the_doubt_ends_by_the_refusal_too() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 5);
    trader.modify(key, Ticks(100), Lots(10), 1).unwrap();
    trader.apply(&at(key, 2, filled(1, 100, 5)));
    trader.apply(&at(key, 3, VenueReply::Unknown));
    assert_eq!(state(&trader, key), OrderState::Unknown);
    trader.apply(&at(key, 4, REFUSED));
    assert_eq!(state(&trader, key), OrderState::Filled);
    assert!(trader.live_orders(SymbolId(0)).is_empty());
}

#[test]
fn a_refused_change_does_not_end_the_doubt_about_the_order() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 5);
    trader.modify(key, Ticks(100), Lots(10), 1).unwrap();
    trader.apply(&at(key, 2, VenueReply::Unknown));
    assert_eq!(trader.apply(&at(key, 3, REFUSED)), Outcome::Applied);
    assert_eq!(state(&trader, key), OrderState::Unknown);
    trader.apply(&at(key, 4, VenueReply::Accepted));
    assert_eq!(state(&trader, key), OrderState::Accepted);
}

#[test]
fn an_order_is_not_changed_again_before_the_doubt_about_its_change_ends() {
    let (mut trader, key) = doubted();
    trader.apply(&at(key, 4, VenueReply::Accepted));
    assert_eq!(state(&trader, key), OrderState::PendingReplace);
    let refused = trader.modify(key, Ticks(99), Lots(5), 5).unwrap_err();
    assert_eq!(refused.code, RejectCode::RequestInFlight);
    assert_eq!(trader.cancel(key, 6), Ok(true));
    trader.apply(&at(key, 7, VenueReply::Canceled));
    assert_eq!(state(&trader, key), OrderState::Canceled);
}

#[test]
fn a_quote_keeps_clear_of_both_prices_of_an_order_in_doubt() {
    let (mut trader, key) = doubted();
    assert_eq!(trader.order(key).unwrap().boldest_price(), Ticks(101));
    let asks = [(Ticks(101), Lots(1))];
    assert_eq!(trader.quote(SymbolId(0), &[], &asks, 0, 4), Ok(0));
    trader.apply(&at(key, 5, REFUSED));
    assert_eq!(trader.order(key).unwrap().boldest_price(), Ticks(100));
    assert_eq!(trader.live_orders(SymbolId(0)).len(), 2);
}

#[test]
fn terms_an_order_has_already_do_not_answer_its_next_change() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 5);
    trader.apply(&at(key, 1, VenueReply::Accepted));
    trader.modify(key, Ticks(101), Lots(5), 2).unwrap();
    trader.apply(&at(key, 3, replaced(101, 5)));
    trader.modify(key, Ticks(102), Lots(5), 4).unwrap();
    // Answer and stream both tell of a change, the second of them late.
    trader.apply(&at(key, 5, replaced(101, 5)));
    assert_eq!(state(&trader, key), OrderState::PendingReplace);
    trader.apply(&at(key, 6, replaced(102, 5)));
    assert_eq!(state(&trader, key), OrderState::Accepted);
}

#[test]
fn an_older_message_with_the_same_terms_does_not_answer_a_change() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 5);
    trader.apply(&at(key, 1, VenueReply::Accepted));
    for (price, ts_ns) in [(101, 3), (100, 5)] {
        trader.modify(key, Ticks(price), Lots(5), ts_ns).unwrap();
        trader.apply(&at(key, ts_ns + 1, replaced(price, 5)));
    }
    trader.modify(key, Ticks(101), Lots(5), 7).unwrap();
    assert_eq!(trader.apply(&at(key, 4, replaced(101, 5))), Outcome::Stale);
    assert_eq!(state(&trader, key), OrderState::PendingReplace);
}

#[test]
fn an_answer_that_comes_after_later_terms_ends_its_change() {
    let mut trader = trader();
    let key = buy(&mut trader, 100, 5);
    trader.apply(&at(key, 1, VenueReply::Accepted));
    trader.modify(key, Ticks(101), Lots(5), 2).unwrap();
    // The venue cut it afterwards, and says so first.
    trader.apply(&at(key, 4, replaced(101, 3)));
    assert_eq!(state(&trader, key), OrderState::PendingReplace);
    trader.apply(&at(key, 3, replaced(101, 5)));
    assert_eq!(state(&trader, key), OrderState::Accepted);
    assert_eq!(trader.order(key).unwrap().qty(), Lots(3));
}

#[test]
fn a_post_only_order_may_be_moved_away_from_the_price_asked_for() {
    for (told, answered) in [((101, 5), true), ((103, 5), false), ((101, 4), false)] {
        let mut trader = trader();
        let request = OrderRequest {
            post_only: true,
            ..limit(Side::Buy, 100, 5)
        };
        let key = trader.submit(&request, 0).unwrap();
        trader.apply(&at(key, 1, VenueReply::Accepted));
        trader.modify(key, Ticks(102), Lots(5), 2).unwrap();
        trader.apply(&at(key, 3, replaced(told.0, told.1)));
        let pending = trader.order(key).unwrap().is_replace_pending();
        assert_eq!(!pending, answered, "{told:?}");
    }
}
