//! Engines in the middle of a session of everything.

use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::matching::command::Control;
use tradecore_core::matching::{Command, Engine, Report, Sink};
use tradecore_core::money::{Money, Rate};
use tradecore_core::risk::SymbolTerms;

use crate::dice::Dice;
use crate::generator::{Generator, Mood, Told};

const USD: u32 = 1;
const COIN: u32 = 2;

pub(crate) fn instrument(symbol: &str, min_notional: &str) -> Arc<Instrument> {
    let spec = InstrumentSpec {
        symbol: symbol.into(),
        kind: ContractKind::Linear,
        tick_size: Decimal::ONE,
        lot_size: Decimal::ONE,
        multiplier: Decimal::ONE,
        min_notional: Decimal::parse(min_notional.as_bytes()).unwrap(),
        maker_fee: Rate(0),
        taker_fee: Rate(100_000),
    };
    Arc::new(Instrument::new(spec).unwrap())
}

pub(crate) fn instruments() -> Vec<Arc<Instrument>> {
    vec![instrument("FREE", "0"), instrument("LARGE", "150")]
}

/// An engine and what it will be told.
pub(crate) struct Session {
    pub(crate) engine: Engine,
    generator: Generator,
    dice: Dice,
}

impl Session {
    /// At its beginning; every other one keeps accounts.
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut engine = Engine::new(instruments());
        if dice.sometimes(50) {
            keep_accounts(&mut engine);
        }
        let generator = Generator::new(Mood::new(&mut dice));
        Self {
            engine,
            generator,
            dice,
        }
    }

    /// What comes next.
    pub(crate) fn next(&mut self) -> Told {
        self.generator.next(&mut self.dice)
    }

    /// Lets so many commands happen.
    pub(crate) fn play(&mut self, commands: usize) {
        let mut reports: Vec<Report> = Vec::new();
        for _ in 0..commands {
            let told = self.next();
            tell(&mut self.engine, &told, &mut reports);
        }
    }
}

/// Poor accounts and rich ones, so that some orders are refused.
fn keep_accounts(engine: &mut Engine) {
    let terms = SymbolTerms {
        base: COIN,
        quote: USD,
        initial_margin: Rate(100_000_000),
        max_spread_ticks: 50,
    };
    engine.keep_accounts(&[terms, terms]).unwrap();
    for account in 0..8 {
        let deposit = Control::Deposit {
            account,
            asset: USD,
            amount: Money(10_i128.pow(18) * i128::from(1000 * account * account + 500)),
        };
        engine.apply(&Command::Control(deposit), &mut Vec::<Report>::new());
    }
}

pub(crate) fn tell<S: Sink>(engine: &mut Engine, told: &Told, out: &mut S) {
    match told {
        Told::Plain(command) => engine.apply(command, out),
        Told::Named(order, terms, name) => engine.apply_named(order, terms, name, out),
    };
}
