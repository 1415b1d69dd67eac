//! Both engines side by side: told the same, compared after every command.

use std::fmt::{Debug, Display};
use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::matching::naive::NaiveEngine;
use tradecore_core::matching::{Engine, Report};
use tradecore_core::money::Rate;
use tradecore_core::units::Side;

use crate::accounts;
use crate::generator::Told;

/// A contract, and a spot instrument that has a smallest order value; makers are paid.
pub(crate) fn instruments() -> Vec<Arc<Instrument>> {
    [(ContractKind::Linear, "0"), (ContractKind::Spot, "150")]
        .into_iter()
        .map(|(kind, min_notional)| {
            let spec = InstrumentSpec {
                symbol: format!("MIN{min_notional}"),
                kind,
                tick_size: Decimal::ONE,
                lot_size: Decimal::ONE,
                multiplier: Decimal::ONE,
                min_notional: Decimal::parse(min_notional.as_bytes()).unwrap(),
                maker_fee: Rate(-100_000),
                taker_fee: Rate(500_000),
            };
            Arc::new(Instrument::new(spec).unwrap())
        })
        .collect()
}

/// The numbers of the instruments.
pub(crate) const SYMBOLS: [u32; 2] = [0, 1];

/// The fast engine alone, told anything.
pub(crate) fn tell(engine: &mut Engine, told: &Told, reports: &mut Vec<Report>) {
    match told {
        Told::Plain(command) => engine.apply(command, reports),
        Told::Named(order, terms, name) => engine.apply_named(order, terms, name, reports),
    };
}

/// The fast engine and its twin.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// The engine.
    pub(crate) fast: Engine,
    /// Its twin.
    pub(crate) slow: NaiveEngine,
    /// What the engine answered last.
    pub(crate) reports: Vec<Report>,
}

impl Pair {
    /// Two engines with empty books, that keep accounts or do not.
    pub(crate) fn new(keeps_accounts: bool) -> Self {
        let mut fast = Engine::new(instruments());
        let mut slow = NaiveEngine::new(instruments());
        if keeps_accounts {
            fast.keep_accounts(&accounts::terms()).unwrap();
            slow.keep_accounts(&accounts::terms());
        }
        Self {
            fast,
            slow,
            reports: Vec::new(),
        }
    }

    /// Tells both the same and compares what they answer and where they stand.
    ///
    /// # Errors
    ///
    /// What differs.
    pub(crate) fn tell(&mut self, told: &Told) -> Result<(), String> {
        self.reports.clear();
        tell(&mut self.fast, told, &mut self.reports);
        let slow = match told {
            Told::Plain(command) => self.slow.apply(command),
            Told::Named(order, terms, name) => self.slow.apply_named(order, terms, name),
        };
        let equal = self.reports.iter().zip(&slow).take_while(|(a, b)| a == b);
        let equal = equal.count();
        same("reports", &&self.reports[equal..], &&slow[equal..])?;
        for symbol in SYMBOLS {
            for side in [Side::Buy, Side::Sell] {
                self.compare_queues(symbol, side)?;
            }
            let fast = self.fast.symbol_state(symbol).map(|state| state.phase);
            same("phase", &fast, &self.slow.phase(symbol))?;
        }
        self.compare_waiting()?;
        // The twin sums up no accounts: their numbers are compared one by one.
        let accounts = self.fast.risk().hash();
        let fast = self.fast.state_hash().wrapping_sub(accounts);
        same("hash", &fast, &self.slow.state_hash())?;
        accounts::compare(self)
    }

    fn compare_queues(&self, symbol: u32, side: Side) -> Result<(), String> {
        let fast = self.fast.orders(symbol, side);
        let fast = fast.map(|o| (o.id, o.price, o.qty, self.fast.open(o), o.filled));
        let slow = self.slow.book(symbol, side);
        let slow = slow
            .iter()
            .map(|o| (o.id, o.price, o.shown, o.open, o.filled));
        let [fast, slow]: [Vec<_>; 2] = [fast.collect(), slow.collect()];
        same("queue (id, price, shown, open, filled)", &fast, &slow)
    }

    fn compare_waiting(&self) -> Result<(), String> {
        let fast = SYMBOLS.into_iter().flat_map(|at| self.fast.waiting(at));
        let mut fast: Vec<_> = fast
            .map(|o| {
                let trigger = self.fast.stop_price(o).unwrap_or(0);
                let place = o.tags.place() as u8;
                (o.id, place, o.price, self.fast.open(o), trigger)
            })
            .collect();
        fast.sort_unstable();
        let slow = self.slow.waiting().into_iter();
        let slow: Vec<_> = slow
            .map(|o| (o.id, o.place as u8, o.price, o.open, o.trigger))
            .collect();
        same("waiting (id, place, price, open, trigger)", &fast, &slow)
    }
}

/// Demands that two things are equal.
///
/// # Errors
///
/// What differs.
pub(crate) fn same<T: PartialEq + Debug>(
    what: impl Display,
    fast: &T,
    slow: &T,
) -> Result<(), String> {
    if fast == slow {
        return Ok(());
    }
    Err(format!("{what} differ:\n fast {fast:?}\n slow {slow:?}"))
}
