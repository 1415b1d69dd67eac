//! How long single calls take, and how much memory an order does.

use tradecore_core::instrument::InstrumentError;
use tradecore_core::matching::CommandRecord;

use crate::clock;
use crate::figure::{Figures, Row};
use crate::records::{BUY, SELL, limit};
use crate::rival::Rival;
use crate::runner::{self, Subject};
use crate::stream;

const LENGTH: usize = 1_000_000;
const LIVE: usize = 1_000_000;
const NAMES: [(&str, Option<&str>); 3] =
    [("p50", None), ("p99", None), ("p99.9", Some("<= 400 ns"))];

/// Measures each call of the mixed flow by itself, the clock's own cost taken off.
pub(crate) fn measure(figures: &mut Figures) -> Result<(), InstrumentError> {
    let records = stream::mixed(LENGTH, 7)?;
    let overhead = clock::overhead_ns();
    let ours = spans(&mut runner::engine()?, &records);
    let theirs = spans(&mut Rival::default(), &records);
    let [ours, theirs] = [ours, theirs].map(|spans| clock::percentiles(spans, overhead));
    for ((name, asked), (value, baseline)) in NAMES.into_iter().zip(ours.into_iter().zip(theirs)) {
        figures.rows.push(Row {
            name: format!("{name} of a call, {overhead} ns of the clock taken off"),
            value: value as f64,
            unit: "ns",
            baseline: Some(baseline as f64),
            asked,
        });
    }
    Ok(())
}

/// Nanoseconds of every call after the prefill.
fn spans(subject: &mut impl Subject, records: &[CommandRecord]) -> Vec<u64> {
    let mut out = runner::buffer();
    let (prefill, timed) = records.split_at(stream::PREFILL);
    runner::feed(subject, prefill, &mut out);
    let mut spans = Vec::with_capacity(timed.len());
    for record in timed {
        if out.len() >= runner::BATCH {
            out.clear();
        }
        let one = std::slice::from_ref(record);
        spans.push(clock::span_ns(|| subject.process(one, &mut out)));
    }
    spans
}

/// Measures what an engine holds for a million live orders on two thousand levels.
pub(crate) fn memory(figures: &mut Figures) -> Result<(), InstrumentError> {
    let mut engine = runner::engine()?;
    let mut out = runner::buffer();
    let records: Vec<CommandRecord> = (1..=LIVE as u64)
        .map(|order_id| {
            let behind = 1 + (order_id % 1_000).cast_signed();
            match order_id % 2 {
                0 => limit(order_id, BUY, 10, 100_000 - behind),
                _ => limit(order_id, SELL, 10, 100_000 + behind),
            }
        })
        .collect();
    runner::feed(&mut engine, &records, &mut out);
    figures.rows.push(Row {
        name: "bytes held for each of a million live orders".to_owned(),
        value: engine.bytes() as f64 / LIVE as f64,
        unit: "B",
        baseline: None,
        asked: Some("<= 64 + 16 (MB)"),
    });
    Ok(())
}
