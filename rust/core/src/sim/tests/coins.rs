//! A contract that settles in the coin.

use super::world::*;
use crate::instrument::ContractKind;
use crate::money::{Money, Rate};
use crate::order::Liquidity;
use crate::sim::*;
use crate::units::{Lots, Ticks};

/// A coin-settled account: bought 100 contracts at 50, sold at 100, so 100/50 − 100/100 = 1 coin a
/// lot unit is earned.
#[test]
fn an_inverse_contract_is_counted_in_coins() {
    let instrument = instrument(ContractKind::Inverse);
    let mut ledger = Ledger::new(instrument, FEES.into(), Rate(0));
    let lots = Lots(10_000);
    let (cheap, dear) = (Ticks(100), Ticks(200));
    let role = Role::Trader;
    ledger.fill(0, BUY, (cheap, lots), role(Liquidity::Maker), Mid(200));
    assert_eq!(ledger.cash().to_string(), "2");
    ledger.fill(0, SELL, (dear, lots), role(Liquidity::Taker), Mid(400));
    let profit = ledger.profit(Mid(400));
    assert_eq!(ledger.cash().to_string(), "1");
    assert_eq!(profit.spread, Money::ZERO);
    assert_eq!(profit.fees.to_string(), "0.0007");
    assert_eq!(profit.total.to_string(), "0.9993");
}
