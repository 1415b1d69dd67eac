//! What an operator tells of accounts: money, limits that bite now and then, states, marks.

use tradecore_core::matching::command::{Command, Control};
use tradecore_core::money::{Money, Rate, UNIT};
use tradecore_core::risk::{Limits, OrderRate, Scope, TradingState};

use crate::dice::Dice;
use crate::generator::Told;

/// What is bought.
pub(crate) const COIN: u32 = 3;
/// What is paid with.
pub(crate) const USD: u32 = 7;
/// Accounts that may have something.
pub(crate) const ACCOUNTS: std::ops::Range<u32> = 0..8;

/// Money for everybody, to begin with.
pub(crate) fn funding(dice: &mut Dice) -> Vec<Told> {
    let pairs = ACCOUNTS.flat_map(|account| [(account, USD), (account, COIN)]);
    let deposit = |(account, asset)| Control::Deposit {
        account,
        asset,
        amount: some_money(asset, dice),
    };
    let deposits = pairs.map(deposit);
    deposits
        .map(|it| Told::Plain(Command::Control(it)))
        .collect()
}

fn some_money(asset: u32, dice: &mut Dice) -> Money {
    let whole = if asset == USD {
        *dice.pick(&[500, 3_000, 20_000, 100_000])
    } else {
        *dice.pick(&[5, 50, 1_000])
    };
    Money(UNIT * whole + i128::from(dice.below(3)))
}

/// Something an operator may say.
pub(crate) fn control(dice: &mut Dice) -> Control {
    // The ninth account and the third asset are nobody's.
    let account = u32::try_from(dice.below(9)).unwrap();
    let asset = *dice.pick(&[USD, USD, USD, COIN, COIN, 9]);
    match dice.below(100) {
        0..=7 => Control::Seat {
            account,
            user: account / 2,
            group: account / 3,
        },
        8..=17 if account < ACCOUNTS.end => Control::Deposit {
            account,
            asset,
            amount: Money(some_money(asset, dice).0 * i128::from(dice.sometimes(90))),
        },
        18..=32 => Control::Withdraw {
            account,
            asset,
            amount: Money(some_money(asset, dice).0 / 3 - i128::from(dice.below(2))),
        },
        33..=67 => Control::SetLimits {
            scope: scope(account, dice),
            limits: limits(dice),
        },
        68..=82 => Control::SetState {
            scope: scope(account, dice),
            state: if dice.sometimes(70) {
                TradingState::Active
            } else {
                *dice.pick(&TradingState::ALL)
            },
        },
        83..=91 => Control::SetMark {
            symbol: u32::try_from(dice.below(3)).unwrap(),
            price: 85 + dice.below(31).cast_signed(),
        },
        _ => Control::StartDay,
    }
}

fn scope(account: u32, dice: &mut Dice) -> Scope {
    match dice.below(12) {
        0..=3 => Scope::Global,
        4 => Scope::User(account / 2),
        5..=7 => Scope::Account(account),
        8 => Scope::Strategy(account % 2),
        _ => Scope::Symbol(account % 3),
    }
}

/// One limit or two, and often none.
fn limits(dice: &mut Dice) -> Limits {
    let mut limits = Limits::default();
    if dice.sometimes(35) {
        return limits;
    }
    for _ in 0..=dice.below(2) {
        let some = 1 + dice.below(30).cast_signed();
        let money = Some(Money(UNIT * i128::from(some) * 120));
        match dice.below(10) {
            0 => limits.max_order_qty = Some(some - 2),
            1 => limits.max_order_value = money,
            2 => limits.collar = Some(Rate(some * 2_000_000)),
            3 => limits.duplicate_window_ns = Some(some * 10),
            4 => limits.max_open_orders = Some(u32::try_from(some / 3).unwrap()),
            5 => limits.max_position_qty = Some(some * 2),
            6 => limits.max_position_value = money.map(|money| Money(money.0 * 2)),
            7 => limits.max_leverage = Some(Rate(some * 100_000_000)),
            8 => limits.max_daily_loss = money.map(|money| Money(money.0 / 200)),
            _ => {
                limits.order_rate = Some(OrderRate {
                    period_ns: some,
                    burst: 1 + u32::try_from(dice.below(3)).unwrap(),
                });
            }
        }
    }
    limits
}
