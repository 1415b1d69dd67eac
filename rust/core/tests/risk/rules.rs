//! The rules in their order, each by the smallest case that shows it.

use tradecore_core::money::{Money, Rate, UNIT};
use tradecore_core::reject::RejectCode;
use tradecore_core::risk::{
    Ask, Holding, Limits, OrderRate, Position, Risk, Scope, Touch, TradingState, Working,
};
use tradecore_core::units::Side;

use crate::world::{LINEAR, SPOT, USD, buy, funded, instruments, refused, trade, venue};

const PACE: OrderRate = OrderRate {
    period_ns: 1_000,
    burst: 1,
};

/// An account that lost 50, just placed 2,000 at 60, and has little left.
fn under_pressure() -> Risk {
    let mut risk = funded();
    trade(&mut risk, &buy(LINEAR, 1, 100));
    risk.set_mark(LINEAR, 50).unwrap();
    let only_rate = Limits {
        duplicate_window_ns: Some(100),
        order_rate: Some(PACE),
        ..Limits::default()
    };
    risk.set_limits(Scope::Global, only_rate).unwrap();
    risk.deposit(1, USD, Money(1_000_000 * UNIT)).unwrap();
    let first = risk.admit(&buy(LINEAR, 2_000, 60), 0).unwrap();
    risk.release(first, Side::Buy, 60, 2_000);
    risk.order_closed(first);
    let surplus = Money(1_009_000 * UNIT);
    risk.withdraw(1, USD, surplus).unwrap();
    risk
}

/// Everything at once speaks against the order; each rule lifted shows the next one.
#[test]
fn the_first_rule_in_order_is_named() {
    let mut risk = under_pressure();
    let ask = buy(LINEAR, 2_000, 60);
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
        order_rate: Some(PACE),
    };
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

#[test]
fn an_order_rate_earns_an_order_back_each_period() {
    let mut risk = funded();
    let pace = Limits {
        order_rate: Some(OrderRate {
            period_ns: 10,
            burst: 3,
        }),
        ..Limits::default()
    };
    risk.set_limits(Scope::Account(1), pace).unwrap();
    let times = [0, 1, 2, 3, 9, 10, 11, 20, 5, 50, 50, 50, 50];
    let answers = times.map(|now_ns| risk.admit(&buy(SPOT, 1, 1), now_ns).is_ok());
    let allowed = [
        true, true, true, false, false, true, false, true, false, true, true, true, false,
    ];
    assert_eq!(answers, allowed);
}

#[test]
fn refused_strangers_leave_no_trace() {
    let mut risk = venue();
    risk.deposit(1, USD, Money(UNIT)).unwrap();
    let (hash, accounts) = (risk.hash(), risk.accounts().count());
    for account in (2..40).chain(3_000_000_000..3_000_000_040) {
        for symbol in [SPOT, LINEAR] {
            let ask = Ask {
                account,
                ..buy(symbol, 1, 100)
            };
            assert!(risk.admit(&ask, 0).is_err());
        }
    }
    // Nor do the refused orders of one who is known.
    assert!(risk.admit(&buy(LINEAR, 1, 100), 0).is_err());
    assert_eq!((risk.hash(), risk.accounts().count()), (hash, accounts));
    let stranger = 3_000_000_001;
    risk.deposit(stranger, USD, Money(100 * UNIT)).unwrap();
    let ask = Ask {
        account: stranger,
        ..buy(LINEAR, 1, 100)
    };
    assert!(risk.admit(&ask, 0).is_ok());
    assert_eq!(risk.position(stranger, LINEAR).working_buy, 1);
    assert_eq!(risk.position(1, LINEAR).working_buy, 0);
}

#[test]
fn an_order_that_waits_is_asked_for_money_when_its_turn_comes() {
    let mut risk = venue();
    let pace = Limits {
        max_open_orders: Some(1),
        order_rate: Some(PACE),
        ..Limits::default()
    };
    risk.set_limits(Scope::Account(1), pace).unwrap();
    let parked = Ask {
        is_conditional: true,
        ..buy(LINEAR, 1, 100)
    };
    let holding = risk.admit(&parked, 0).unwrap();
    assert_eq!(risk.position(1, LINEAR), Position::default());
    assert_eq!(
        risk.admit(&parked, 1),
        refused(RejectCode::MaxOpenOrders, 3)
    );
    let nothing = Working { price: 0, qty: 0 };
    let turn = buy(LINEAR, 1, 100);
    let short = refused(RejectCode::InsufficientMargin, 0).map(|_| ());
    assert_eq!(risk.amend(holding, nothing, &turn, 1), short);
    risk.deposit(1, USD, Money(10 * UNIT)).unwrap();
    // It was counted when it was placed: the turn itself is no order.
    assert_eq!(risk.amend(holding, nothing, &turn, 1), Ok(()));
    assert_eq!(risk.position(1, LINEAR).working_buy, 1);
}
