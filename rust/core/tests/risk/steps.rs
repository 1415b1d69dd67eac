//! What may happen to a venue, drawn at random.

use proptest::prelude::*;
use tradecore_core::money::{Money, Rate, UNIT};
use tradecore_core::risk::{Ask, Limits, OrderRate, Scope, TradingState};
use tradecore_core::units::Side;

use crate::world::{ASSETS, SYMBOLS};

pub(crate) const ACCOUNTS: [u32; 3] = [1, 2, 3_000_000_000];

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Admit(Ask),
    Again,
    Trade { pick: usize, qty: i64 },
    Cancel { pick: usize },
    Amend { pick: usize, price: i64, qty: i64 },
    CallUp { pick: usize },
    Mark(u32, i64),
    Seat(u32, u32, u32),
    Limits(Scope, Limits),
    State(Scope, TradingState),
    Deposit(u32, u32, i128),
    Withdraw(u32, u32, i128),
    StartDay,
    Restore,
}

fn account() -> impl Strategy<Value = u32> {
    prop::sample::select(ACCOUNTS.to_vec())
}

fn asset() -> impl Strategy<Value = u32> {
    prop::sample::select(ASSETS.to_vec())
}

fn symbol() -> impl Strategy<Value = u32> {
    prop::sample::select(SYMBOLS.to_vec())
}

fn ask() -> impl Strategy<Value = Ask> {
    let price = prop_oneof![8 => (96_i64..105).prop_map(Some), 1 => Just(None)];
    let flags = (prop::bool::weighted(0.1), prop::bool::weighted(0.15));
    let side = prop::sample::select(vec![Side::Buy, Side::Sell]);
    (
        account(),
        0_u32..3,
        symbol(),
        side,
        prop::sample::select(vec![1_i64, 2, 7, 29]),
        price,
        flags,
    )
        .prop_map(
            |(account, strategy, symbol, side, qty, price, (reduce_only, parked))| Ask {
                account,
                strategy,
                symbol,
                side,
                qty,
                price,
                reduce_only,
                is_conditional: parked && price.is_some(),
                ..Ask::default()
            },
        )
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        Just(Scope::Global),
        (1_u32..3).prop_map(Scope::User),
        account().prop_map(Scope::Account),
        (0_u32..3).prop_map(Scope::Strategy),
        symbol().prop_map(Scope::Symbol),
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    let maybe = |range: std::ops::Range<i64>| prop::option::weighted(0.25, range);
    let money = || prop::option::weighted(0.2, 0_i128..40_000);
    let worth = |amount: Option<i128>| amount.map(|amount| Money(amount * UNIT / 10));
    let rate = (1_i64..30, 1_u32..4);
    let counts = (maybe(5..30), maybe(0..20), maybe(5..100), maybe(0..8));
    let more = (maybe(5..60), prop::option::weighted(0.2, 1_u32..8));
    let pace = prop::option::weighted(0.2, rate);
    (counts, more, money(), money(), money(), pace).prop_map(
        move |((order, window, position, collar), (leverage, open), value, held, loss, pace)| {
            Limits {
                max_order_qty: order,
                max_order_value: worth(value),
                collar: collar.map(|percent| Rate(percent * 10_000_000)),
                duplicate_window_ns: window,
                max_open_orders: open,
                max_position_qty: position,
                max_position_value: worth(held),
                max_leverage: leverage.map(|tenths| Rate(tenths * 100_000_000)),
                max_daily_loss: worth(loss.map(|loss| loss / 100)),
                order_rate: pace.map(|(period_ns, burst)| OrderRate { period_ns, burst }),
            }
        },
    )
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let pick = any::<u16>().prop_map(usize::from);
    let amount = prop_oneof![1_i128..50, (1_i128..20_000).prop_map(|whole| whole * UNIT)];
    let state = prop::sample::select(TradingState::ALL.to_vec());
    let state = prop_oneof![4 => Just(TradingState::Active), 1 => state];
    let limits = prop_oneof![2 => Just(Limits::default()), 3 => limits()];
    prop_oneof![
        30 => ask().prop_map(Step::Admit),
        3 => Just(Step::Again),
        15 => (pick.clone(), 1_i64..30).prop_map(|(pick, qty)| Step::Trade { pick, qty }),
        5 => pick.clone().prop_map(|pick| Step::Cancel { pick }),
        5 => pick.clone().prop_map(|pick| Step::CallUp { pick }),
        8 => (pick, 96_i64..105, 1_i64..30)
            .prop_map(|(pick, price, qty)| Step::Amend { pick, price, qty }),
        2 => (symbol(), 90_i64..110).prop_map(|(symbol, ticks)| Step::Mark(symbol, ticks)),
        1 => (account(), 1_u32..3, 1_u32..3).prop_map(|(a, u, g)| Step::Seat(a, u, g)),
        3 => (scope(), limits).prop_map(|(scope, limits)| Step::Limits(scope, limits)),
        2 => (scope(), state).prop_map(|(scope, state)| Step::State(scope, state)),
        5 => (account(), asset(), amount.clone()).prop_map(|(a, s, m)| Step::Deposit(a, s, m)),
        2 => (account(), asset(), amount).prop_map(|(a, s, m)| Step::Withdraw(a, s, m)),
        1 => Just(Step::StartDay),
        1 => Just(Step::Restore),
    ]
}
