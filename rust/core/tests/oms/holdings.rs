//! Positions: average cost to the last digit, against a slow twin and worked examples.

use proptest::prelude::*;
use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument};
use tradecore_core::money::{Money, Rate, UNIT};
use tradecore_core::oms::Position;
use tradecore_core::units::{Lots, Side, Ticks};

use crate::world::{decimal, instrument};

fn traded(position: &Position, on: &Instrument, side: Side, price: i64, qty: i64) -> Position {
    position
        .traded(on, side, Ticks(price), Lots(qty), Money(5))
        .unwrap()
}

#[test]
fn a_trade_through_zero_is_split_there() {
    let one = instrument(ContractKind::Linear, "1", "1", "0");
    let mut held = Position::default();
    let mut seen = Vec::new();
    for (side, qty, price) in [
        (Side::Buy, 10, 100),
        (Side::Buy, 5, 110),
        (Side::Sell, 8, 120),
        (Side::Sell, 10, 115),
        (Side::Buy, 3, 105),
    ] {
        held = traded(&held, &one, side, price, qty);
        let average = held.average_price(&one).map(|price| price.to_string());
        seen.push((held.realized().to_string(), held.qty().0, average));
    }
    let third = "103.333333333333333333";
    let row = |realized: &str, qty, average: Option<&str>| {
        (realized.to_owned(), qty, average.map(str::to_owned))
    };
    assert_eq!(
        seen,
        [
            row("0", 10, Some("100")),
            row("0", 15, Some(third)),
            row("133.333333333333333334", 7, Some(third)),
            row("215", -3, Some("115")),
            row("245", 0, None),
        ]
    );
}

#[test]
fn equity_is_cash_flow_and_value_at_the_mark() {
    let one = instrument(ContractKind::Linear, "1", "1", "0");
    let trade = |held: Position, side, price, qty, fee: &str| {
        let fee = Money(decimal(fee).to_atto().unwrap());
        held.traded(&one, side, Ticks(price), Lots(qty), fee)
            .unwrap()
    };
    let held = trade(Position::default(), Side::Buy, 30_000, 2, "30");
    let held = trade(held, Side::Sell, 31_000, 1, "15.5");
    let held = held
        .funded(Money(decimal("-4.2").to_atto().unwrap()))
        .unwrap();
    let mark = decimal("30500");
    assert_eq!(held.realized().to_string(), "1000");
    assert_eq!(held.unrealized(&one, mark).unwrap().to_string(), "500");
    let equity = held.cash_flow() + held.value(&one, mark).unwrap();
    assert_eq!(equity.to_string(), "1450.3");
}

#[test]
fn an_inverse_entry_is_harmonic_and_its_profit_is_in_coins() {
    let inverse = instrument(ContractKind::Inverse, "1", "1", "0");
    let held = traded(&Position::default(), &inverse, Side::Buy, 50_000, 10_000);
    let held = traded(&held, &inverse, Side::Buy, 40_000, 10_000);
    let average = held.average_price(&inverse).unwrap().to_string();
    assert!(average.starts_with("44444.44444444444444"), "{average}");
    let closed = traded(&held, &inverse, Side::Sell, 60_000, 20_000);
    let coins = closed.realized().to_string();
    assert!(coins.starts_with("0.11666666666666666"), "{coins}");
    assert_eq!(closed.qty(), Lots(0));
    let long = traded(&Position::default(), &inverse, Side::Buy, 50_000, 100_000);
    let profit = |mark: &str| long.unrealized(&inverse, decimal(mark)).unwrap();
    assert_eq!(
        (profit("100000"), profit("25000")),
        (Money(UNIT), Money(-2 * UNIT))
    );
}

#[test]
fn funding_is_paid_by_longs_when_the_rate_is_above_zero() {
    let linear = instrument(ContractKind::Linear, "1", "1", "0");
    let held = traded(&Position::default(), &linear, Side::Buy, 50_000, 2);
    let paid = held
        .funding_payment(&linear, Ticks(50_000), Rate(100_000), 1, 1)
        .unwrap();
    assert_eq!(paid.to_string(), "-10");
    let inverse = instrument(ContractKind::Inverse, "1", "1", "0");
    let held = traded(&Position::default(), &inverse, Side::Buy, 10_000, 10_000);
    let paid = held
        .funding_payment(&inverse, Ticks(10_000), Rate(750_000), 60, 28_800)
        .unwrap();
    assert_eq!(paid.to_string(), "-0.0000015625");
}

#[test]
fn what_no_fill_explains_is_adopted_at_a_price_between_the_ticks() {
    for kind in [ContractKind::Linear, ContractKind::Inverse] {
        let one = instrument(kind, "0.5", "1", "0");
        let held = traded(&Position::default(), &one, Side::Buy, 200, 4);
        for qty in [3, -3, -9, 0] {
            let next = held
                .adopted(&one, Lots(qty), decimal("101.237"), 7)
                .unwrap();
            assert_eq!((next.qty().0, next.fees()), (4 + qty, held.fees()));
            assert_eq!(next.adopted_at_ns(), Some(7));
            let mark = decimal("99.1");
            let equity = next.realized() + next.unrealized(&one, mark).unwrap() - next.fees();
            assert_eq!(equity, next.cash_flow() + next.value(&one, mark).unwrap());
            let on_tick = held.adopted(&one, Lots(qty), decimal("101.5"), 7).unwrap();
            let side = if qty < 0 { Side::Sell } else { Side::Buy };
            let bought = held.traded(&one, side, Ticks(203), Lots(qty.abs()), Money::ZERO);
            let bought = bought.unwrap();
            assert_eq!(on_tick.cash_flow(), bought.cash_flow());
            assert_eq!(on_tick.realized(), bought.realized());
            assert_eq!(on_tick.bought(), bought.bought());
        }
        let short = Position::default().adopted(&one, Lots(-2), decimal("101.237"), 7);
        let average = short.unwrap().average_price(&one).unwrap().to_string();
        assert!(average.starts_with("101.23"), "{average}");
        for price in ["0", "-1"] {
            assert_eq!(held.adopted(&one, Lots(1), decimal(price), 7), None);
        }
        assert_eq!(held.adopted(&one, Lots(i64::MIN), decimal("1"), 7), None);
        assert_eq!(held.adopted(&one, Lots(i64::MAX), decimal("1"), 7), None);
    }
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let one = instrument(ContractKind::Linear, "1", "1", "0");
    let held = traded(&Position::default(), &one, Side::Buy, 10, 5);
    let huge = held.traded(&one, Side::Buy, Ticks(i64::MAX), Lots(i64::MAX), Money(0));
    assert_eq!(huge, None);
    assert_eq!(held.value(&one, Decimal::ZERO), None);
    assert_eq!(held.value(&one, decimal("-3")), None);
    assert_eq!(held.funding_payment(&one, Ticks(10), Rate(1), 1, 0), None);
    assert_eq!(Position::default().average_price(&one), None);
}

/// Average cost with fractions: quantity, cost and profit of a linear instrument, never rounded.
#[derive(Default)]
struct Twin {
    qty: i128,
    cost: (i128, i128),
    realized: (i128, i128),
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

fn plus(a: (i128, i128), b: (i128, i128)) -> (i128, i128) {
    let sum = (a.0 * b.1 + b.0 * a.1, a.1 * b.1);
    let common = gcd(sum.0, sum.1).max(1);
    (sum.0 / common, sum.1 / common)
}

impl Twin {
    fn new() -> Self {
        Self {
            qty: 0,
            cost: (0, 1),
            realized: (0, 1),
        }
    }

    /// One lot at a time, so that a flip needs no thought.
    fn trade(&mut self, sign: i128, price: i128, qty: i128) {
        for _ in 0..qty {
            if self.qty * sign < 0 {
                let average = (self.cost.0, self.cost.1 * self.qty.abs());
                self.cost = plus(self.cost, (-average.0, average.1));
                self.realized = plus(
                    self.realized,
                    (-average.0 - sign * price * average.1, average.1),
                );
            } else {
                self.cost = plus(self.cost, (sign * price, 1));
            }
            self.qty += sign;
        }
    }
}

fn trades() -> impl Strategy<Value = Vec<(Side, i64, i64)>> {
    let side = prop::sample::select(vec![Side::Buy, Side::Sell]);
    prop::collection::vec((side, 1_i64..60, 1_i64..7), 1..10)
}

proptest! {
    #[test]
    fn average_cost_agrees_with_its_twin(trades in trades()) {
        let one = instrument(ContractKind::Linear, "1", "1", "0");
        let (mut held, mut twin) = (Position::default(), Twin::new());
        for (side, price, qty) in trades {
            held = traded(&held, &one, side, price, qty);
            twin.trade(side.sign().into(), price.into(), qty.into());
            prop_assert_eq!(i128::from(held.qty().0), twin.qty);
            // Each close rounds once, by less than one unit of 10⁻¹⁸.
            let exact = twin.realized.0 * UNIT / twin.realized.1;
            prop_assert!((held.realized().0 - exact).abs() <= 10);
            if held.qty() == Lots(0) {
                prop_assert_eq!(held.realized().0, twin.realized.0 * UNIT);
            }
        }
    }

    #[test]
    fn value_is_conserved_to_the_last_digit(
        trades in trades(),
        mark in 1_i64..80,
        half in any::<bool>(),
        kind in prop::sample::select(vec![ContractKind::Linear, ContractKind::Inverse]),
    ) {
        let one = instrument(kind, "0.5", "1", "0");
        let mark = decimal(&format!("{mark}{}", if half { ".25" } else { "" }));
        let (mut held, mut cash) = (Position::default(), 0);
        let count = i128::try_from(trades.len()).unwrap();
        for (side, price, qty) in trades {
            held = traded(&held, &one, side, price, qty);
            let value = one.notional(Ticks(price), Lots(qty)).unwrap().0;
            let paid = if kind == ContractKind::Inverse { -value } else { value };
            cash -= i128::from(side.sign()) * paid + 5;
            let profit = held.realized() + held.unrealized(&one, mark).unwrap();
            let equity = profit - held.fees() + held.funding();
            prop_assert_eq!(equity, held.cash_flow() + held.value(&one, mark).unwrap());
        }
        // Only an inverse trade through zero is two roundings where the trade itself was one.
        let slack = if kind == ContractKind::Inverse { count } else { 0 };
        prop_assert!((held.cash_flow().0 - cash).abs() <= slack);
    }
}
