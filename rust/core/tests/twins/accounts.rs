//! The accounts of both engines, number by number, and the law that no money is made or lost.

use tradecore_core::matching::Engine;
use tradecore_core::money::Rate;
use tradecore_core::risk::SymbolTerms;
use tradecore_core::units::Side;

use crate::controls::{ACCOUNTS, COIN, USD};
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
            let free = fast.free(account, asset).0;
            same(
                format_args!("total, held, free of {account} in {asset}"),
                &(balance.total.0, balance.held.0, free),
                &(
                    slow.total(account, asset),
                    slow.held(account, asset),
                    slow.free(account, asset),
                ),
            )?;
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
