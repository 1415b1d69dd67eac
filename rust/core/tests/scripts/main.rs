//! Scripts a trader can read, run by the fast engine and by its twin (`tests/golden/matching`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop where it stands"
)]

mod words;

use std::path::Path;
use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::matching::Engine;
use tradecore_core::matching::naive::NaiveEngine;
use tradecore_core::money::Rate;
use tradecore_core::units::Side;

use crate::words::Names;

fn instrument() -> Arc<Instrument> {
    let spec = InstrumentSpec {
        symbol: "X".into(),
        kind: ContractKind::Spot,
        tick_size: Decimal::ONE,
        lot_size: Decimal::ONE,
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Rate(0),
        taker_fee: Rate(0),
    };
    Arc::new(Instrument::new(spec).unwrap())
}

/// The two engines that run a script.
struct Desk {
    fast: Engine,
    slow: NaiveEngine,
    names: Names,
}

impl Desk {
    /// What both engines answer to a line.
    fn answers(&mut self, words: &[&str]) -> [String; 2] {
        match words {
            ["book"] => {
                let [bids, asks] = [("bid", Side::Buy), ("ask", Side::Sell)]
                    .map(|(word, side)| self.sides(word, side));
                [0, 1].map(|engine| format!("{} | {}", bids[engine], asks[engine]))
            }
            ["waiting"] => {
                let fast: Vec<u64> = self.fast.waiting(0).iter().map(|o| o.id).collect();
                let slow: Vec<u64> = self.slow.waiting().iter().map(|o| o.id).collect();
                [fast, slow].map(|ids| self.names.waiting(&ids))
            }
            _ => {
                let command = self.names.command(words);
                let mut reports = Vec::new();
                self.fast.apply(&command, &mut reports);
                [reports, self.slow.apply(&command)].map(|reports| self.names.told(&reports))
            }
        }
    }

    fn sides(&self, word: &str, side: Side) -> [String; 2] {
        let fast = self.fast.orders(0, side).map(|o| (o.price, o.qty, o.id));
        let slow = self.slow.book(0, side).into_iter();
        let slow = slow.map(|o| (o.price, o.shown, o.id));
        [fast.collect::<Vec<_>>(), slow.collect()].map(|orders| self.names.side(word, &orders))
    }
}

#[test]
fn every_script_is_answered_as_written_by_both_engines() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/matching");
    let mut scripts = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            wrong.extend(run(&path));
            scripts += 1;
        }
    }
    assert!(scripts >= 15, "the scripts are in tests/golden/matching");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Runs a script; answers the lines that were answered otherwise.
fn run(path: &Path) -> Vec<String> {
    let mut desk = Desk {
        fast: Engine::new(vec![instrument()]),
        slow: NaiveEngine::new(vec![instrument()]),
        names: Names::default(),
    };
    let mut wrong = Vec::new();
    for (number, line) in std::fs::read_to_string(path).unwrap().lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (command, expected) = line.split_once('|').expect("command | answer");
        let words: Vec<&str> = command.split_whitespace().collect();
        for (engine, answer) in ["engine", "twin"].into_iter().zip(desk.answers(&words)) {
            if answer != expected.trim() {
                let place = format!("{}:{}", path.display(), number + 1);
                wrong.push(format!("{place}: the {engine} answered: {answer}"));
            }
        }
    }
    wrong
}
