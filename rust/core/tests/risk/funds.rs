//! What an order holds, pays and needs.

use tradecore_core::money::{Money, UNIT};
use tradecore_core::reject::RejectCode;
use tradecore_core::risk::{Ask, Ordinary, Refusal, Risk, Scope, Touch, TradingState, Working};
use tradecore_core::units::Side;

use crate::world::{
    BTC, FINE, LINEAR, SPOT, USD, buy, funded, instruments, refused, sell, terms, trade, venue,
};

#[test]
fn a_spot_buy_holds_price_and_fee_and_not_a_unit_more() {
    let mut risk = venue();
    // 2.00 at 1.00 is 2.00, and 5 basis points of it 0.001.
    let exact = Money(2_001 * UNIT / 1_000);
    risk.deposit(1, USD, exact - Money(1)).unwrap();
    let ask = buy(SPOT, 200, 100);
    assert_eq!(
        risk.admit(&ask, 0),
        refused(RejectCode::InsufficientFunds, 0)
    );
    risk.deposit(1, USD, Money(1)).unwrap();
    let holding = risk.admit(&ask, 0).unwrap();
    assert_eq!(risk.balance(1, USD).held, exact);
    assert_eq!(
        risk.withdraw(1, USD, Money(1)),
        Err(RejectCode::InsufficientFunds)
    );

    // Half as a maker at a better price: fee 2 basis points of 0.9.
    risk.fill(holding, Side::Buy, 100, 90, 100, true);
    let paid = Money(9 * UNIT / 10 + 18 * UNIT / 100_000);
    assert_eq!(risk.balance(1, USD).total, exact - paid);
    assert_eq!(risk.balance(1, USD).held, Money(10_005 * UNIT / 10_000));
    assert_eq!(risk.balance(1, BTC).total, Money(UNIT));
    assert_eq!(risk.fees(USD), Money(18 * UNIT / 100_000));
    risk.release(holding, Side::Buy, 100, 100);
    risk.order_closed(holding);
    assert_eq!(risk.balance(1, USD).held, Money::ZERO);
    assert_eq!(risk.open_orders(1), 0);
}

#[test]
fn a_market_order_pays_its_walk_with_what_is_there_and_holds_no_money() {
    // Alone: the short way is not for assets that derivatives settle in.
    let mut risk = Risk::new(&instruments()[..1]);
    risk.keep_accounts(&terms()[..1]).unwrap();
    // 2.00 at 1.00 is 2.00, and 5 basis points of it 0.001.
    let exact = Money(2_001 * UNIT / 1_000);
    risk.deposit(1, USD, exact - Money(1)).unwrap();
    let known = risk.admit(&buy(SPOT, 1, 1), 0).unwrap();
    risk.release(known, Side::Buy, 1, 1);
    risk.order_closed(known);
    let touch = Touch {
        ask: Some(100),
        ..Touch::default()
    };
    let ask = Ask {
        price: None,
        touch,
        walk_cost: Some(20_000),
        ..buy(SPOT, 200, 0)
    };
    let order = Ordinary {
        account: 1,
        symbol: SPOT,
        side: Side::Buy,
        price: 0,
        qty: 200,
    };
    assert_eq!(risk.admit_ordinary(&order, || 20_000, || touch), None);
    assert_eq!(
        risk.admit(&ask, 0),
        refused(RejectCode::InsufficientFunds, 0)
    );
    risk.deposit(1, USD, Money(1)).unwrap();
    let short = risk
        .clone()
        .admit_ordinary(&order, || 20_000, || touch)
        .unwrap();
    assert_eq!(risk.admit(&ask, 0), Ok(short));
    assert_eq!(risk.balance(1, USD).held, Money::ZERO);
}

#[test]
fn a_spot_sell_needs_the_asset_even_when_it_reduces() {
    let mut risk = funded();
    trade(&mut risk, &buy(SPOT, 100, 100));
    risk.withdraw(1, BTC, Money(10_001 * UNIT)).unwrap();
    let answer = risk.admit(&sell(SPOT, 50, 100), 0);
    assert_eq!(answer, refused(RejectCode::InsufficientFunds, 0));
}

#[test]
fn rounded_fees_never_take_more_than_was_held() {
    let mut risk = venue();
    // 90, a fee of 1, and two roundings a lot.
    risk.deposit(1, BTC, Money(150)).unwrap();
    let ask = buy(FINE, 30, 3);
    assert_eq!(
        risk.admit(&ask, 0),
        refused(RejectCode::InsufficientFunds, 0)
    );
    risk.deposit(1, BTC, Money(1)).unwrap();
    let holding = risk.admit(&ask, 0).unwrap();
    for left in (0..30).rev() {
        risk.fill(holding, Side::Buy, 3, 3, 1, false);
        let balance = risk.balance(1, BTC);
        assert!(balance.total >= balance.held, "{left} {balance:?}");
    }
    assert_eq!(risk.balance(1, BTC).held, Money::ZERO);
}

#[test]
fn a_market_order_pays_its_walk_and_is_valued_at_the_touch() {
    let mut risk = venue();
    risk.deposit(1, USD, Money(UNIT)).unwrap();
    let touch = Touch {
        ask: Some(100),
        ..Touch::default()
    };
    let market = |walk_cost| Ask {
        price: None,
        touch,
        walk_cost,
        ..buy(SPOT, 100, 0)
    };
    let short = refused(RejectCode::InsufficientFunds, 0);
    assert_eq!(risk.admit(&market(Some(10_000)), 0), short);
    let holding = risk.admit(&market(Some(9_990)), 0).unwrap();
    assert_eq!(risk.balance(1, USD).held, Money::ZERO);
    risk.fill(holding, Side::Buy, 0, 100, 99, false);
    risk.release(holding, Side::Buy, 0, 1);
    assert_eq!(risk.position(1, SPOT).working_buy, 0);
    let blind = Ask {
        touch: Touch::default(),
        ..market(None)
    };
    assert_eq!(
        risk.admit(&blind, 0),
        refused(RejectCode::NoReferencePrice, 0)
    );
}

#[test]
fn an_amendment_is_checked_for_what_it_adds() {
    let mut risk = venue();
    risk.deposit(1, USD, Money(UNIT)).unwrap();
    let holding = risk.admit(&buy(SPOT, 50, 100), 0).unwrap();
    let old = Working {
        price: 100,
        qty: 50,
    };
    let short = Err(Refusal {
        code: RejectCode::InsufficientFunds,
        scope: 0,
    });
    let before = risk.hash();
    assert_eq!(risk.amend(holding, old, &buy(SPOT, 100, 100), 0), short);
    assert_eq!(risk.hash(), before);
    risk.amend(holding, old, &buy(SPOT, 99, 100), 0).unwrap();
    let old = Working {
        price: 100,
        qty: 99,
    };
    // Less is always allowed, more is not while trading is halted.
    risk.set_state(Scope::Global, TradingState::Halted).unwrap();
    assert!(risk.amend(holding, old, &buy(SPOT, 98, 101), 0).is_err());
    risk.amend(holding, old, &buy(SPOT, 98, 99), 0).unwrap();
    assert_eq!(risk.position(1, SPOT).working_buy, 98);
}

#[test]
fn margin_is_asked_only_where_the_worse_side_grows() {
    let mut risk = venue();
    risk.deposit(1, USD, Money(50 * UNIT)).unwrap();
    let offer = risk.admit(&sell(LINEAR, 5, 100), 0).unwrap();
    assert_eq!(risk.free(1, USD), Money::ZERO);
    // At twice the price the account could not place it again.
    risk.set_mark(LINEAR, 200).unwrap();
    assert!(risk.admit(&buy(LINEAR, 5, 100), 0).is_ok());
    let short = refused(RejectCode::InsufficientMargin, 0);
    assert_eq!(risk.admit(&buy(LINEAR, 1, 100), 0), short);
    risk.release(offer, Side::Sell, 100, 5);
    assert_eq!(risk.balance(1, USD).margin, Money(100 * UNIT));
}
