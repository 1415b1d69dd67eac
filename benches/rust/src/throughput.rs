//! Messages a second on whole flows, every report written.

use std::error::Error;
use std::path::Path;

use tradecore_core::matching::CommandRecord;

use crate::figure::{Figures, Row};
use crate::rival::Rival;
use crate::runner;
use crate::scenarios::{self, SCENARIOS};
use crate::stream;

const LENGTH: usize = 1_000_000;
const ORDERS: usize = 500_000;
const SEED: u64 = 7;

/// Measures the mixed flow, the same under random ids, the five scenarios, and `recorded` if given.
pub(crate) fn measure(
    figures: &mut Figures,
    recorded: Option<&Path>,
) -> Result<(), Box<dyn Error>> {
    let mixed = stream::mixed(LENGTH, SEED)?;
    figures
        .rows
        .push(row("mixed flow", &mixed, Some(">= 30 M"))?);
    let scattered = stream::scattered(&mixed);
    figures.rows.push(row(
        "mixed flow, random 64-bit ids",
        &scattered,
        Some(">= 20 M"),
    )?);
    if let Some(path) = recorded {
        let records = stream::recorded(path)?;
        figures
            .rows
            .push(row("the shared stream", &records, Some(">= 30 M"))?);
    }
    for (name, swing, seed) in SCENARIOS {
        let records = scenarios::flow(swing, ORDERS, seed)?;
        figures
            .rows
            .push(row(&format!("scenario {name}"), &records, None)?);
    }
    Ok(())
}

fn row(
    name: &str,
    records: &[CommandRecord],
    asked: Option<&'static str>,
) -> Result<Row, Box<dyn Error>> {
    let ours = runner::trade_hash(&mut runner::engine()?, records);
    let theirs = runner::trade_hash(&mut Rival::default(), records);
    if ours != theirs {
        return Err(format!("the engines trade differently: {ours:x} {theirs:x}, {name}").into());
    }
    let (value, baseline) = runner::rates(records)?;
    Ok(Row {
        name: name.to_owned(),
        value,
        unit: "msg/s",
        baseline: Some(baseline),
        asked,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_baseline_trades_as_the_engine_does() {
        let mut flows = vec![stream::mixed(30_000, 1).unwrap()];
        flows.push(stream::scattered(&flows[0]));
        flows
            .extend(SCENARIOS.map(|(_, swing, seed)| scenarios::flow(swing, 5_000, seed).unwrap()));
        for records in flows {
            let ours = runner::trade_hash(&mut runner::engine().unwrap(), &records);
            assert_ne!(ours, 0);
            assert_eq!(ours, runner::trade_hash(&mut Rival::default(), &records));
        }
    }
}
