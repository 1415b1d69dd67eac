//! The rules in their order, each by the smallest case that shows it.

use tradecore_core::money::{Money, Rate, UNIT};
use tradecore_core::reject::RejectCode;
use tradecore_core::risk::{
    Ask, Holding, Limits, OrderRate, Refusal, Risk, Scope, Touch, TradingState, Working,
};
use tradecore_core::units::Side;

use crate::world::{BTC, FINE, LINEAR, SPOT, USD, instruments, venue};

fn buy(symbol: u32, qty: i64, price: i64) -> Ask {
    Ask {
        account: 1,
        symbol,
        qty,
        price: Some(price),
        ..Ask::default()
    }
}

fn sell(symbol: u32, qty: i64, price: i64) -> Ask {
    Ask {
        side: Side::Sell,
        ..buy(symbol, qty, price)
    }
}

fn funded() -> Risk {
    let mut risk = venue();
    for asset in [USD, BTC] {
        risk.deposit(1, asset, Money(10_000 * UNIT)).unwrap();
    }
    risk
}

/// Places and fills at once.
fn trade(risk: &mut Risk, ask: &Ask) {
    let holding = risk.admit(ask, 0).unwrap();
    let price = ask.price.unwrap();
    risk.fill(holding, ask.side, price, price, ask.qty, true);
    risk.order_closed(holding);
}

fn refused(code: RejectCode, scope: u16) -> Result<Holding, Refusal> {
    Err(Refusal { code, scope })
}

/// Everything at once speaks against the order; each rule lifted shows the next one.
#[test]
fn the_first_rule_in_order_is_named() {
    let mut risk = funded();
    trade(&mut risk, &buy(LINEAR, 1, 100));
    risk.set_mark(LINEAR, 50).unwrap();
    let seconds = |period_ns| OrderRate {
        period_ns,
        burst: 1,
    };
    let mut limits = Limits {
        max_order_qty: Some(1),
        max_order_value: Some(Money(0)),
        collar: Some(Rate(0)),
        duplicate_window_ns: Some(100),
        max_open_orders: Some(0),
        max_position_qty: Some(1),
        max_position_value: Some(Money(0)),
        max_leverage: Some(Rate(0)),
        max_daily_loss: Some(Money(50 * UNIT)),
        order_rate: Some(seconds(1_000)),
    };
    let free = Limits::default();
    let ask = buy(LINEAR, 2_000, 60);
    let only_rate = Limits {
        duplicate_window_ns: Some(100),
        order_rate: Some(seconds(1_000)),
        ..free
    };
    risk.set_limits(Scope::Global, only_rate).unwrap();
    risk.deposit(1, USD, Money(1_000_000 * UNIT)).unwrap();
    let first = risk.admit(&ask, 0).unwrap();
    risk.release(first, Side::Buy, 60, 2_000);
    risk.order_closed(first);
    let surplus = Money(1_009_000 * UNIT);
    risk.withdraw(1, USD, surplus).unwrap();
    risk.set_limits(Scope::Global, limits).unwrap();

    risk.set_state(Scope::Symbol(LINEAR), TradingState::Halted)
        .unwrap();
    assert_eq!(risk.admit(&ask, 1), refused(RejectCode::TradingHalted, 5));
    risk.set_state(Scope::Symbol(LINEAR), TradingState::Reducing)
        .unwrap();
    assert_eq!(risk.admit(&ask, 1), refused(RejectCode::ReduceOnlyState, 5));
    risk.set_state(Scope::Symbol(LINEAR), TradingState::Active)
        .unwrap();
    let only_reduce = Ask {
        reduce_only: true,
        ..ask
    };
    assert_eq!(
        risk.admit(&only_reduce, 1),
        refused(RejectCode::ReduceOnly, 0)
    );

    let mut expect = |limits: Limits, code, scope| {
        risk.set_limits(Scope::Global, limits).unwrap();
        assert_eq!(risk.admit(&ask, 1), refused(code, scope));
    };
    expect(limits, RejectCode::MaxOrderQty, 1);
    limits.max_order_qty = None;
    expect(limits, RejectCode::MaxOrderValue, 1);
    limits.max_order_value = None;
    expect(limits, RejectCode::PriceCollar, 1);
    limits.collar = Some(Rate(200_000_000));
    expect(limits, RejectCode::DuplicateOrder, 1);
    limits.duplicate_window_ns = None;
    expect(limits, RejectCode::MaxOpenOrders, 1);
    limits.max_open_orders = None;
    expect(limits, RejectCode::MaxPositionQty, 1);
    limits.max_position_qty = None;
    expect(limits, RejectCode::MaxPositionValue, 1);
    limits.max_position_value = None;
    expect(limits, RejectCode::MaxLeverage, 1);
    limits.max_leverage = None;
    expect(limits, RejectCode::InsufficientMargin, 0);
    risk.deposit(1, USD, Money(1_000_000 * UNIT)).unwrap();
    let mut expect = |limits: Limits, code, scope| {
        risk.set_limits(Scope::Global, limits).unwrap();
        assert_eq!(risk.admit(&ask, 1), refused(code, scope));
    };
    limits.max_daily_loss = Some(Money(499 * UNIT / 10));
    expect(limits, RejectCode::MaxDailyLoss, 1);
    limits.max_daily_loss = Some(Money(51 * UNIT));
    expect(limits, RejectCode::RateLimit, 1);
    limits.order_rate = None;
    risk.set_limits(Scope::Global, limits).unwrap();
    assert!(risk.admit(&ask, 1).is_ok());
}

#[test]
fn the_smallest_value_decides_and_names_its_scope() {
    let mut risk = funded();
    risk.seat(1, 7, 70).unwrap();
    let most = |qty| Limits {
        max_order_qty: Some(qty),
        ..Limits::default()
    };
    let scopes = [
        Scope::Symbol(SPOT),
        Scope::Strategy(4),
        Scope::Account(1),
        Scope::User(7),
        Scope::Global,
    ];
    let ask = Ask {
        strategy: 4,
        ..buy(SPOT, 101, 100)
    };
    for (scope, qty) in scopes.into_iter().zip([100, 90, 80, 70, 60]) {
        risk.set_limits(scope, most(qty)).unwrap();
        let answer = risk.admit(&ask, 0);
        assert_eq!(answer, refused(RejectCode::MaxOrderQty, scope.number()));
    }
    // Of equal values the widest scope is named; other strategies are not concerned.
    risk.set_limits(Scope::Symbol(SPOT), most(60)).unwrap();
    assert_eq!(risk.admit(&ask, 0), refused(RejectCode::MaxOrderQty, 1));
    for scope in [
        Scope::Global,
        Scope::User(7),
        Scope::Account(1),
        Scope::Symbol(SPOT),
    ] {
        risk.set_limits(scope, Limits::default()).unwrap();
    }
    assert_eq!(risk.admit(&ask, 0), refused(RejectCode::MaxOrderQty, 4));
    assert!(risk.admit(&Ask { strategy: 5, ..ask }, 0).is_ok());
}

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
fn a_reference_is_asked_for_only_where_a_rule_needs_it() {
    let mut risk = funded();
    assert!(risk.admit(&buy(LINEAR, 1, 100), 0).is_ok());
    let collar = Limits {
        collar: Some(Rate(50_000_000)),
        ..Limits::default()
    };
    risk.set_limits(Scope::Global, collar).unwrap();
    let missing = refused(RejectCode::NoReferencePrice, 0);
    assert_eq!(risk.admit(&buy(LINEAR, 1, 100), 0), missing);
    let at = |bid, ask, last, price| Ask {
        touch: Touch { bid, ask, last },
        ..buy(LINEAR, 1, price)
    };
    // The middle of a spread of four ticks serves, of five does not.
    assert!(risk.admit(&at(Some(98), Some(102), None, 105), 0).is_ok());
    let outside = refused(RejectCode::PriceCollar, 1);
    assert_eq!(risk.admit(&at(Some(98), Some(102), None, 106), 0), outside);
    assert_eq!(risk.admit(&at(Some(98), Some(103), None, 105), 0), missing);
    assert_eq!(
        risk.admit(&at(Some(98), Some(103), Some(90), 105), 0),
        outside
    );
    // Only the direction that trades: a far bid is legal, and a parked stop has its own rules.
    assert!(risk.admit(&at(None, None, Some(90), 1), 0).is_ok());
    let parked = Ask {
        is_conditional: true,
        ..at(None, None, Some(90), 200)
    };
    assert!(risk.admit(&parked, 0).is_ok());
}

#[test]
fn without_accounts_only_states_speak_and_nothing_reduces() {
    let mut risk = Risk::new(&instruments());
    assert!(!risk.is_guarding());
    risk.seat(1, 9, 90).unwrap();
    assert_eq!((risk.group(1), risk.group(2)), (90, 2));
    risk.set_state(Scope::User(9), TradingState::Reducing)
        .unwrap();
    assert!(risk.is_guarding());
    let ask = buy(SPOT, 1, 1);
    assert_eq!(risk.admit(&ask, 0), refused(RejectCode::ReduceOnlyState, 2));
    assert_eq!(risk.admit(&Ask { account: 2, ..ask }, 0), Ok(Holding::NONE));
    risk.set_state(Scope::Global, TradingState::Halted).unwrap();
    assert_eq!(risk.admit(&ask, 0), refused(RejectCode::TradingHalted, 1));
    risk.set_state(Scope::Global, TradingState::Active).unwrap();
    risk.set_state(Scope::User(9), TradingState::Active)
        .unwrap();
    assert!(!risk.is_guarding());
    assert_eq!(risk.deposit(1, USD, Money(1)), Err(RejectCode::BadSetting));
    assert_eq!(risk.set_mark(SPOT, 1), Err(RejectCode::UnknownSymbol));
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
fn numbers_beyond_counting_are_refused() {
    let mut risk = funded();
    let most = (1 << 62) - 1;
    let too_large = refused(RejectCode::QtyTooLarge, 0);
    assert_eq!(risk.admit(&buy(LINEAR, i64::MAX, 1), 0), too_large);
    assert_eq!(risk.admit(&buy(LINEAR, most, most), 0), too_large);
    assert_eq!(risk.admit(&buy(SPOT, most, 1), 0), too_large);
    assert_eq!(
        risk.admit(&buy(SPOT, 1, most + 1), 0),
        refused(RejectCode::BadPrice, 0)
    );
    assert_eq!(
        risk.admit(&buy(SPOT, 0, 1), 0),
        refused(RejectCode::QtyNotPositive, 0)
    );
    assert_eq!(
        risk.admit(&buy(9, 1, 1), 0),
        refused(RejectCode::UnknownSymbol, 0)
    );
    assert_eq!(
        risk.deposit(1, USD, Money(i128::MAX)),
        Err(RejectCode::BadSetting)
    );
    assert_eq!(risk.set_mark(SPOT, most + 1), Err(RejectCode::BadPrice));
    let negative = Limits {
        max_order_qty: Some(-1),
        ..Limits::default()
    };
    let answer = risk.set_limits(Scope::Global, negative);
    assert_eq!(answer, Err(RejectCode::BadSetting));
    let answer = risk.set_limits(Scope::Symbol(9), Limits::default());
    assert_eq!(answer, Err(RejectCode::UnknownSymbol));
}
