//! Scripts a trader can read, run by the fast engine and by its twin (`tests/golden/matching`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop where it stands"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::matching::naive::NaiveEngine;
use tradecore_core::matching::{
    Change, Command, Engine, ExecType, NewOrder, PostOnly, Report, Revision,
};
use tradecore_core::money::Rate;
use tradecore_core::order::{OrderType, TimeInForce};
use tradecore_core::units::Side;

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

/// The names of a script and the ids they stand for, in order of appearance from 1.
#[derive(Default)]
struct Names(BTreeMap<String, u64>);

impl Names {
    fn id(&mut self, name: &str) -> u64 {
        let next = self.0.len() as u64 + 1;
        *self.0.entry(name.to_owned()).or_insert(next)
    }

    fn name(&self, id: u64) -> &str {
        self.0
            .iter()
            .find(|(_, known)| **known == id)
            .map_or("?", |(name, _)| name)
    }

    fn command(&mut self, words: &[&str]) -> Command {
        let order_id = self.id(words[1]);
        let at = words.iter().position(|word| *word == "@");
        let price = at.map(|at| words[at + 1].parse().unwrap());
        let symbol = 0;
        match words[0] {
            "new" => Command::New(NewOrder {
                order_id,
                side: if words[2] == "buy" {
                    Side::Buy
                } else {
                    Side::Sell
                },
                qty: words[3].parse().unwrap(),
                price: price.unwrap_or(0),
                order_type: if at.is_some() {
                    OrderType::Limit
                } else {
                    OrderType::Market
                },
                time_in_force: match words {
                    _ if words.contains(&"ioc") => TimeInForce::Ioc,
                    _ if words.contains(&"fok") => TimeInForce::Fok,
                    _ => TimeInForce::Gtc,
                },
                post_only: if words.contains(&"post") {
                    PostOnly::Reject
                } else {
                    PostOnly::No
                },
                ..NewOrder::default()
            }),
            "cancel" => Command::Cancel { symbol, order_id },
            "modify" | "reinsert" => {
                let qty = (words[2] != "@").then(|| words[2].parse().unwrap());
                let again = words[0] == "reinsert";
                let revision = if again {
                    Revision::Reinsert
                } else {
                    Revision::Total
                };
                Command::Modify {
                    symbol,
                    order_id,
                    change: Change {
                        price,
                        qty,
                        stop_price: None,
                        revision,
                    },
                }
            }
            word => panic!("no such command: {word}"),
        }
    }

    fn told(&self, reports: &[Report]) -> String {
        let told = reports.iter().filter_map(|report| {
            let (name, code) = (self.name(report.order_id), report.reject_code());
            let code = code.map_or(String::new(), |code| format!(" {}", code.as_str()));
            Some(match report.exec_type() {
                ExecType::New => format!("accepted {name}"),
                ExecType::Trade if report.liquidity == 1 => return None,
                ExecType::Trade => {
                    let maker = self.name(report.counter_order_id);
                    format!("trade {name} {maker} {} @ {}", report.qty, report.price)
                }
                ExecType::Canceled => format!("canceled {name} {}{code}", report.qty),
                ExecType::Replaced => format!("replaced {name} {} @ {}", report.qty, report.price),
                ExecType::Rejected => format!("rejected {name}{code}"),
                ExecType::Expired | ExecType::Triggered => panic!("nothing here does that"),
            })
        });
        told.collect::<Vec<_>>().join(" · ")
    }

    /// `(price, open, id)` in the order they would trade, as a line.
    fn side(&self, word: &str, orders: &[(i64, i64, u64)]) -> String {
        let mut text = word.to_owned();
        for level in orders.chunk_by(|a, b| a.0 == b.0) {
            let total: i64 = level.iter().map(|order| order.1).sum();
            let queue: Vec<String> = level
                .iter()
                .map(|order| format!("{}:{}", self.name(order.2), order.1))
                .collect();
            write!(text, " {}:{total}({})", level[0].0, queue.join(" ")).unwrap();
        }
        if orders.is_empty() { text + " -" } else { text }
    }
}

#[test]
fn every_script_is_answered_as_written_by_both_engines() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/matching");
    let mut scripts = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            run(&path);
            scripts += 1;
        }
    }
    assert!(scripts >= 4, "the scripts are in tests/golden/matching");
}

fn run(path: &Path) {
    let mut fast = Engine::new(vec![instrument()]);
    let mut slow = NaiveEngine::new(vec![instrument()]);
    let mut names = Names::default();
    for (number, line) in std::fs::read_to_string(path).unwrap().lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let place = format!("{}:{}", path.display(), number + 1);
        let (command, expected) = line.split_once('|').expect("command | answer");
        let words: Vec<&str> = command.split_whitespace().collect();
        let answers = if words == ["book"] {
            [Side::Buy, Side::Sell].map(|side| {
                let word = if side == Side::Buy { "bid" } else { "ask" };
                let fast: Vec<_> = fast
                    .orders(0, side)
                    .map(|o| (o.price, o.qty, o.id))
                    .collect();
                let slow: Vec<_> = slow
                    .book(0, side)
                    .iter()
                    .map(|o| (o.price.unwrap(), o.open, o.id))
                    .collect();
                (names.side(word, &fast), names.side(word, &slow))
            })
        } else {
            let command = names.command(&words);
            let mut reports: Vec<Report> = Vec::new();
            fast.apply(&command, &mut reports);
            let told = (names.told(&reports), names.told(&slow.apply(&command)));
            [told, (String::new(), String::new())]
        };
        let [(fast, slow), (more_fast, more_slow)] = answers;
        let joined = |one: String, two: String| {
            if two.is_empty() {
                one
            } else {
                one + " | " + &two
            }
        };
        assert_eq!(joined(fast, more_fast), expected.trim(), "{place}");
        assert_eq!(
            joined(slow, more_slow),
            expected.trim(),
            "{place}, the twin"
        );
    }
}
