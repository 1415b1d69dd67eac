//! What keeping accounts adds to an order, on the mixed flow of many accounts in random order.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::flow::Rng;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::matching::{Command, CommandRecord, Control, Engine};
use tradecore_core::money::{Money, Rate};
use tradecore_core::risk::{Limits, Scope, SymbolTerms};

use crate::clock;
use crate::figure::{Figures, Row};
use crate::records::{BUY, cancel, limit};
use crate::runner::{self, ROUNDS as RATE_ROUNDS};
use crate::scenarios::{self, SCENARIOS};
use crate::stream;

const LENGTH: usize = 400_000;
const SEED: u64 = 7;
const ROUNDS: usize = 15;
const ASKED: &str = "<= 25 ns";
/// Of the flows whose rates are measured with accounts.
const RATE_LENGTH: usize = 1_000_000;
const RATE_ACCOUNTS: u32 = 100_000;
/// The coin and the money of the one symbol.
const ASSETS: [u32; 2] = [1, 2];

/// Which rules an order meets.
#[derive(Clone, Copy)]
enum Rules {
    /// None: positions alone are kept.
    Positions,
    /// Size, value, collar, open orders and position.
    Limits,
    /// Initial margin.
    Margin,
    /// The cost of a spot order.
    Funds,
}

/// Measures each set of rules, the smallest one among few accounts, and whole flows with accounts
/// kept and limits set.
///
/// # Errors
///
/// None with these instruments; the type says what their parts say.
pub(crate) fn measure(
    figures: &mut Figures,
    recorded: Option<&Path>,
) -> Result<(), Box<dyn Error>> {
    let flow = stream::mixed(LENGTH, SEED)?;
    let cases = [
        ("positions, 100 accounts", Rules::Positions, 100),
        ("positions, 100 k accounts", Rules::Positions, 100_000),
        ("limits, 100 k accounts", Rules::Limits, 100_000),
        ("margin, 100 k accounts", Rules::Margin, 100_000),
        ("spot funds, 100 k accounts", Rules::Funds, 100_000),
    ];
    for (name, rules, accounts) in cases {
        figures.rows.push(Row {
            name: format!("account risk: {name}, added an order"),
            value: added_ns(&flow, rules, accounts)?,
            unit: "ns",
            baseline: None,
            asked: Some(ASKED),
        });
    }
    figures
        .rows
        .push(kept("mixed flow", &stream::mixed(RATE_LENGTH, SEED)?)?);
    if let Some(path) = recorded {
        let records = stream::recorded(path)?;
        figures.rows.push(kept("the shared stream", &records)?);
    }
    for (name, swing, seed) in SCENARIOS {
        let records = scenarios::flow(swing, RATE_LENGTH / 2, seed)?;
        figures
            .rows
            .push(kept(&format!("scenario {name}"), &records)?);
    }
    Ok(())
}

/// Messages a second with accounts kept and limits checked, the median over runs.
fn kept(name: &str, flow: &[CommandRecord]) -> Result<Row, Box<dyn Error>> {
    let records = owned(flow, RATE_ACCOUNTS);
    let priced = flow.iter().find(|record| record.price > 0);
    let mark = priced.map_or(1, |record| record.price);
    let engine = funded(Rules::Limits, RATE_ACCOUNTS, mark)?;
    let with = runner::trade_hash(&mut engine.clone(), &records);
    if with != runner::trade_hash(&mut runner::engine()?, flow) {
        return Err(format!("limits so wide must refuse nothing: {name}").into());
    }
    let mut out = runner::buffer();
    let spans = (0..RATE_ROUNDS).map(|_| {
        let mut engine = engine.clone();
        clock::time_ns(|| runner::feed(&mut engine, &records, &mut out))
    });
    Ok(Row {
        name: format!("{name}, 100 k accounts kept, limits set"),
        value: records.len() as f64 / (clock::median(spans.collect()) / 1e9),
        unit: "msg/s",
        baseline: None,
        asked: None,
    })
}

/// The flow with an account for each new order, in random order; a cancel is named by its order.
fn owned(flow: &[CommandRecord], accounts: u32) -> Vec<CommandRecord> {
    let mut rng = Rng::new(SEED);
    let own = |record: &CommandRecord| CommandRecord {
        account: if record.op == 1 {
            0
        } else {
            rng.below(accounts)
        },
        ..*record
    };
    flow.iter().map(own).collect()
}

/// Nanoseconds an order more than without accounts: the median over runs in turns.
fn added_ns(flow: &[CommandRecord], rules: Rules, accounts: u32) -> Result<f64, Box<dyn Error>> {
    let records = owned(flow, accounts);
    let orders = records.iter().filter(|record| record.op == 0).count();
    let (without, with) = (engine(rules)?, funded(rules, accounts, 100_000)?);
    let mut out = runner::buffer();
    let mut spans = Vec::new();
    for _ in 0..ROUNDS {
        let [off, on] = [&without, &with].map(|engine| {
            let mut engine = engine.clone();
            clock::time_ns(|| runner::feed(&mut engine, &records, &mut out))
        });
        spans.push((on - off) / orders as f64);
    }
    Ok(clock::median(spans))
}

fn engine(rules: Rules) -> Result<Engine, Box<dyn Error>> {
    let instrument = Instrument::new(InstrumentSpec {
        symbol: "X".to_owned(),
        kind: match rules {
            Rules::Funds => ContractKind::Spot,
            Rules::Positions | Rules::Limits | Rules::Margin => ContractKind::Linear,
        },
        tick_size: Decimal::parse(b"0.01")?,
        lot_size: Decimal::parse(b"0.001")?,
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Rate(200_000),
        taker_fee: Rate(500_000),
    })?;
    Ok(Engine::new(vec![Arc::new(instrument)]))
}

/// An engine whose accounts have money, and traded before; `mark` is for limits, in ticks.
fn funded(rules: Rules, accounts: u32, mark: i64) -> Result<Engine, Box<dyn Error>> {
    let mut engine = engine(rules)?;
    let [base, quote] = ASSETS;
    let margin = match rules {
        Rules::Margin => 100_000_000,
        Rules::Positions | Rules::Limits | Rules::Funds => 0,
    };
    let terms = SymbolTerms {
        base,
        quote,
        initial_margin: Rate(margin),
        max_spread_ticks: 1_000,
    };
    let kept = engine.keep_accounts(&[terms]);
    kept.map_err(|code| format!("accounts are not kept: {code:?}"))?;
    let mut out = runner::buffer();
    if let Rules::Limits = rules {
        let limits = Limits {
            max_order_qty: Some(1_000_000),
            max_order_value: Some(Money(1_000_000_000_000_000_000_000_000_000)),
            // So wide that no flow falls out of it.
            collar: Some(Rate(5_000_000_000)),
            max_open_orders: Some(1_000_000),
            max_position_qty: Some(1_000_000_000),
            ..Limits::default()
        };
        let scope = Scope::Global;
        let set = Control::SetLimits { scope, limits };
        engine.apply(&Command::Control(set), &mut out);
        let (symbol, price) = (0, mark);
        let mark = Control::SetMark { symbol, price };
        engine.apply(&Command::Control(mark), &mut out);
    }
    for account in 0..accounts {
        for asset in ASSETS {
            let amount = Money(1_000_000_000_000_000_000_000_000_000);
            let deposit = Control::Deposit {
                account,
                asset,
                amount,
            };
            engine.apply(&Command::Control(deposit), &mut out);
        }
        let order = CommandRecord {
            account,
            ..limit(u64::MAX, BUY, 1, 1)
        };
        engine.process(&[order, cancel(u64::MAX)], &mut out);
        out.clear();
    }
    Ok(engine)
}
