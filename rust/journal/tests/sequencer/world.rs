//! Instruments, sessions of commands, and a log that becomes durable when it is told to.

use std::convert::Infallible;
use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::matching::{Report, Sink};
use tradecore_core::money::Rate;
use tradecore_core::risk::SymbolTerms;
use tradecore_journal::{Base, Block, CommandLog, MemoryLog, Name, Piece, Sequencer};

use crate::controls::{COIN, USD, funding};
use crate::dice::Dice;
use crate::generator::{Generator, Mood, Told};

/// Two contracts, one with a smallest order value.
pub(crate) fn instruments() -> Vec<Arc<Instrument>> {
    [("FREE", "0"), ("LARGE", "150")]
        .into_iter()
        .map(|(symbol, min_notional)| {
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
        })
        .collect()
}

pub(crate) fn terms() -> Vec<SymbolTerms> {
    let terms = SymbolTerms {
        base: COIN,
        quote: USD,
        initial_margin: Rate(100_000_000),
        max_spread_ticks: 4,
    };
    vec![terms; 2]
}

/// A session of everything, with money where accounts are kept.
pub(crate) fn session(seed: u64, commands: usize, accounts: bool) -> Vec<Told> {
    let mut dice = Dice::new(seed);
    let (mut told, mood) = if accounts {
        (funding(&mut dice), Mood::MIXED.with_accounts())
    } else {
        (Vec::new(), Mood::MIXED)
    };
    let mut generator = Generator::new(mood);
    told.extend((0..commands).map(|_| generator.next(&mut dice)));
    told
}

/// Tells a sequencer one thing.
pub(crate) fn tell<L: CommandLog, S: Sink>(sequencer: &mut Sequencer<L>, told: &Told, out: &mut S) {
    match told {
        Told::Plain(command) => sequencer.apply(command, out),
        Told::Named(order, terms, name) => sequencer
            .place(order, terms, Name::new(name).unwrap(), out)
            .map(|placed| placed.order_id),
    }
    .unwrap();
}

/// A sequencer over an empty log that has heard a session, and the reports it gave.
pub(crate) fn heard<L: CommandLog>(
    log: L,
    told: &[Told],
    accounts: bool,
) -> (Sequencer<L>, Vec<Report>) {
    let mut reports = Vec::new();
    let mut sequencer = Sequencer::open(instruments(), log, &mut reports).unwrap();
    if accounts {
        sequencer.keep_accounts(&terms()).unwrap();
    }
    for told in told {
        tell(&mut sequencer, told, &mut reports);
    }
    (sequencer, reports)
}

/// A log in memory of which nothing is durable until somebody says so, and that may be damaged.
#[derive(Clone, Debug, Default)]
pub(crate) struct LateLog {
    pub(crate) inner: MemoryLog,
    pub(crate) durable: u64,
    /// What became of its bytes.
    pub(crate) damage: Option<fn(&mut Vec<u8>)>,
}

impl CommandLog for LateLog {
    type Error = Infallible;

    fn append(&mut self, block: Block<'_>) -> Result<u64, Infallible> {
        self.inner.append(block)
    }

    fn position(&self) -> u64 {
        self.inner.position()
    }

    fn durable(&self) -> u64 {
        self.durable
    }

    fn is_long(&self) -> bool {
        false
    }

    fn rebase(&mut self, base: Base<'_>) -> Result<(), Infallible> {
        self.inner.rebase(base)
    }

    fn base(&self) -> Result<Option<Base<'_>>, Infallible> {
        self.inner.base()
    }

    fn tail(&self, after: u64) -> impl Iterator<Item = Result<Piece<'_>, Infallible>> {
        let damage = self.damage.unwrap_or(|_| ());
        self.inner.tail(after).map(move |piece| {
            let mut piece = piece?;
            damage(piece.bytes.to_mut());
            Ok(piece)
        })
    }
}

/// Does something with each of many, on two processors.
pub(crate) fn beside<T: Sync>(many: &[T], act: impl Fn(&T) + Sync) {
    let (one, two) = many.split_at(many.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| two.iter().for_each(&act));
        one.iter().for_each(&act);
        other.join().unwrap();
    });
}
