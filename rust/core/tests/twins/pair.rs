//! Both engines side by side: told the same, compared after every command.

use std::fmt::Debug;
use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::matching::naive::NaiveEngine;
use tradecore_core::matching::{Engine, Report};
use tradecore_core::money::Rate;
use tradecore_core::units::Side;

use crate::generator::Told;

/// Two instruments; the second has a smallest order value.
pub(crate) fn instruments() -> Vec<Arc<Instrument>> {
    ["0", "150"]
        .into_iter()
        .map(|min_notional| {
            let spec = InstrumentSpec {
                symbol: format!("MIN{min_notional}"),
                kind: ContractKind::Linear,
                tick_size: Decimal::ONE,
                lot_size: Decimal::ONE,
                multiplier: Decimal::ONE,
                min_notional: Decimal::parse(min_notional.as_bytes()).unwrap(),
                maker_fee: Rate(0),
                taker_fee: Rate(0),
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
    /// Two engines with empty books.
    pub(crate) fn new() -> Self {
        Self {
            fast: Engine::new(instruments()),
            slow: NaiveEngine::new(instruments()),
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
        same("hash", &self.fast.state_hash(), &self.slow.state_hash())
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

fn same<T: PartialEq + Debug>(what: &str, fast: &T, slow: &T) -> Result<(), String> {
    if fast == slow {
        return Ok(());
    }
    Err(format!("{what} differ:\n fast {fast:?}\n slow {slow:?}"))
}
