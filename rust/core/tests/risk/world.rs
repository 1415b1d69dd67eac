//! A small venue of four symbols over three assets, and a way to trade on it without a book.

use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::money::{Money, Rate, UNIT};
use tradecore_core::reject::RejectCode;
use tradecore_core::risk::{Ask, Holding, Refusal, Risk, SymbolTerms};
use tradecore_core::units::Side;

pub(crate) const USD: u32 = 1;
pub(crate) const BTC: u32 = 2;
pub(crate) const ETH: u32 = 3;
pub(crate) const ASSETS: [u32; 3] = [USD, BTC, ETH];

/// BTC for USD.
pub(crate) const SPOT: u32 = 0;
/// Settles in USD.
pub(crate) const LINEAR: u32 = 1;
/// Settles in BTC.
pub(crate) const INVERSE: u32 = 2;
/// ETH for BTC, in steps so fine that fees are rounded.
pub(crate) const FINE: u32 = 3;
pub(crate) const SYMBOLS: [u32; 4] = [SPOT, LINEAR, INVERSE, FINE];

fn instrument(symbol: &str, kind: ContractKind, step: &str, fees: (i64, i64)) -> Arc<Instrument> {
    let step = Decimal::parse(step.as_bytes()).unwrap();
    let spec = InstrumentSpec {
        symbol: symbol.into(),
        kind,
        tick_size: step,
        lot_size: step,
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Rate(fees.0),
        taker_fee: Rate(fees.1),
    };
    Arc::new(Instrument::new(spec).unwrap())
}

pub(crate) fn instruments() -> Vec<Arc<Instrument>> {
    vec![
        instrument("SPOT", ContractKind::Spot, "0.01", (200_000, 500_000)),
        instrument("LINEAR", ContractKind::Linear, "1", (-100_000, 400_000)),
        instrument("INVERSE", ContractKind::Inverse, "1", (0, 333_333)),
        instrument("FINE", ContractKind::Spot, "1e-9", (1_000_000, 1_234_567)),
    ]
}

pub(crate) fn terms() -> Vec<SymbolTerms> {
    let terms = |base, quote, initial_margin| SymbolTerms {
        base,
        quote,
        initial_margin: Rate(initial_margin),
        max_spread_ticks: 4,
    };
    vec![
        terms(BTC, USD, 0),
        terms(BTC, USD, 100_000_000),
        terms(BTC, USD, 50_000_000),
        terms(ETH, BTC, 0),
    ]
}

pub(crate) fn venue() -> Risk {
    let mut risk = Risk::new(&instruments());
    risk.keep_accounts(&terms()).unwrap();
    risk
}

pub(crate) fn buy(symbol: u32, qty: i64, price: i64) -> Ask {
    Ask {
        account: 1,
        symbol,
        qty,
        price: Some(price),
        ..Ask::default()
    }
}

pub(crate) fn sell(symbol: u32, qty: i64, price: i64) -> Ask {
    Ask {
        side: Side::Sell,
        ..buy(symbol, qty, price)
    }
}

pub(crate) fn funded() -> Risk {
    let mut risk = venue();
    for asset in [USD, BTC] {
        risk.deposit(1, asset, Money(10_000 * UNIT)).unwrap();
    }
    risk
}

/// Places and fills at once.
pub(crate) fn trade(risk: &mut Risk, ask: &Ask) {
    let holding = risk.admit(ask, 0).unwrap();
    let price = ask.price.unwrap();
    risk.fill(holding, ask.side, price, price, ask.qty, true);
    risk.order_closed(holding);
}

pub(crate) fn refused(code: RejectCode, scope: u16) -> Result<Holding, Refusal> {
    Err(Refusal { code, scope })
}
