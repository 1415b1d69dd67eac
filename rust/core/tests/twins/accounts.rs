//! The accounts of both engines, number by number, and the law that no money is made or lost.

use tradecore_core::matching::command::{Command, Control, NewOrder};
use tradecore_core::matching::{Engine, Report};
use tradecore_core::money::{Money, Rate, UNIT};
use tradecore_core::order::{OrderType, SelfTradePrevention};
use tradecore_core::reject::RejectCode;
use tradecore_core::risk::SymbolTerms;
use tradecore_core::units::Side;

use crate::controls::{ACCOUNTS, COIN, USD};
use crate::generator::Told;
use crate::pair::{Pair, SYMBOLS, same};

/// A contract with a margin of a tenth.
const CONTRACT: u32 = 0;

/// The terms of the instruments.
pub(crate) fn terms() -> Vec<SymbolTerms> {
    let margins = SYMBOLS.map(|symbol| if symbol == CONTRACT { 100_000_000 } else { 0 });
    let terms = margins.map(|initial_margin| SymbolTerms {
        base: COIN,
        quote: USD,
        initial_margin: Rate(initial_margin),
        max_spread_ticks: 4,
    });
    terms.into()
}

/// Compares positions, holds and balances of those a command was about, now and then of everybody.
///
/// # Errors
///
/// What differs.
pub(crate) fn compare(pair: &Pair) -> Result<(), String> {
    let (fast, Some(slow)) = (pair.fast.risk(), pair.slow.risk()) else {
        return Ok(());
    };
    let everybody = pair.fast.sequence().is_multiple_of(64);
    let concerns = |account: &u32| {
        let mut reports = pair.reports.iter();
        everybody || reports.any(|report| report.account == *account)
    };
    for account in ACCOUNTS.filter(concerns) {
        for symbol in SYMBOLS {
            let one = fast.position(account, symbol);
            let two = slow.position(account, symbol);
            let works = |side| slow.working_lots(account, symbol, side);
            same(
                format_args!("position, cost, buys, sells of {account} in {symbol}"),
                &(one.qty, one.cost.0, one.working_buy, one.working_sell),
                &(two.qty, two.cost, works(Side::Buy), works(Side::Sell)),
            )?;
        }
        for asset in [COIN, USD] {
            let balance = fast.balance(account, asset);
            same(
                format_args!("total, held of {account} in {asset}"),
                &(balance.total.0, balance.held.0),
                &(slow.total(account, asset), slow.held(account, asset)),
            )?;
            if everybody {
                // The slow one takes its time for this.
                let free = slow.free(account, asset);
                let what = format_args!("free of {account} in {asset}");
                same(what, &fast.free(account, asset).0, &free)?;
            }
        }
        same(
            format_args!("open orders of {account}"),
            &(fast.open_orders(account) as usize),
            &slow.open_orders(account),
        )?;
    }
    is_conserved(&pair.fast)
}

/// Σ balances + fees − Σ cost of contracts = Σ deposits − withdrawals.
fn is_conserved(engine: &Engine) -> Result<(), String> {
    let risk = engine.risk();
    for asset in [COIN, USD] {
        let totals = ACCOUNTS.map(|account| risk.balance(account, asset).total.0);
        let costs = ACCOUNTS.map(|account| risk.position(account, CONTRACT).cost.0);
        let costs: i128 = costs.filter(|_| asset == USD).sum();
        let there = totals.sum::<i128>() + risk.fees(asset).0 - costs;
        if there != risk.deposits(asset).0 {
            return Err(format!(
                "asset {asset}: {there} is there of {:?}",
                risk.deposits(asset)
            ));
        }
    }
    let lots: i64 = ACCOUNTS
        .map(|account| risk.position(account, CONTRACT).qty)
        .sum();
    same("lots bought less lots sold", &lots, &0)
}

/// A market order that loses to its own orders may still trade all it has behind them.
#[test]
fn a_market_order_must_afford_what_lies_behind_its_own_orders() {
    let spot = |account, side, qty, price| NewOrder {
        symbol: 1,
        account,
        side,
        qty,
        price,
        ..NewOrder::default()
    };
    let deposit = |account, asset, whole| {
        let amount = Money(UNIT * whole);
        Command::Control(Control::Deposit {
            account,
            asset,
            amount,
        })
    };
    let taker = NewOrder {
        order_type: OrderType::Market,
        self_trade_prevention: SelfTradePrevention::Decrement,
        ..spot(1, Side::Buy, 5, 0)
    };
    let mut pair = Pair::new(true);
    let mut answer = |command| {
        pair.tell(&Told::Plain(command)).unwrap();
        pair.reports.first().and_then(Report::reject_code)
    };
    for account in [1, 2] {
        assert_eq!(answer(deposit(account, COIN, 5)), None);
        let price = 90 + 10 * i64::from(account);
        let sell = spot(account, Side::Sell, 5, price);
        assert_eq!(answer(Command::New(sell)), None);
    }
    // Five at 110, and a fee.
    assert_eq!(answer(deposit(1, USD, 550)), None);
    let poor = Some(RejectCode::InsufficientFunds);
    assert_eq!(answer(Command::New(taker)), poor);
    assert_eq!(answer(deposit(1, USD, 1)), None);
    assert_eq!(answer(Command::New(taker)), None);
}
