//! What an order costs from a client's socket to its durable answer: open loop, at a fixed rate.
//!
//! The server's threads run on the first core the process may use, the load on the last, the
//! journal on either. Latency counts from the moment a request was due, whether it could be sent
//! then or not; how late it was given to its socket is told beside it, and is no part that is taken
//! off. A run waits for late answers; where answers are lost it fails, and says how many.
//!
//! The load pauses for 50 us between two looks, which counts in every latency: where there are two
//! cores, one that never sleeps shares its own with the journal's writer and the disk's threads.
//! `ENTRY_SECONDS` (5) is the length of a run, `ENTRY_ONLY` a part of the names of those wanted.

mod load;
mod place;
mod speech;
mod target;

use std::error::Error;
use std::time::Duration;

use crate::clock;
use crate::figure::{Figures, Row};
use load::{Answers, Load};
use place::Place;
use speech::Speech;
pub(crate) use target::aim;

/// One run: what is spoken, how fast, by how many.
struct Run {
    name: &'static str,
    speech: Speech,
    per_second: u64,
    connections: usize,
    /// What the mean and the 99th percentile should be at most.
    asked: [Option<&'static str>; 2],
}

const RUNS: [Run; 4] = [
    Run {
        name: "HTTP, 40 k/s",
        speech: Speech::Http,
        per_second: 40_000,
        connections: 64,
        asked: [None, Some("<= 3 ms")],
    },
    Run {
        name: "WebSocket JSON, 150 k/s",
        speech: Speech::Json,
        per_second: 150_000,
        connections: 16,
        asked: [None, Some("<= 2 ms")],
    },
    Run {
        name: "WebSocket JSON, 100 k/s",
        speech: Speech::Json,
        per_second: 100_000,
        connections: 16,
        asked: [Some("<= 0.5 ms"), Some("<= 1 ms")],
    },
    Run {
        name: "WebSocket bytes, 150 k/s",
        speech: Speech::Binary,
        per_second: 150_000,
        connections: 16,
        asked: [None, Some("<= 2 ms")],
    },
];

/// Measures each run, on a journal in this folder's disk.
///
/// # Errors
///
/// What sockets and disk say.
pub(crate) fn measure(figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let seconds = std::env::var("ENTRY_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let span = Duration::from_secs(seconds.unwrap_or(5));
    let only = std::env::var("ENTRY_ONLY").unwrap_or_default();
    for run in RUNS.iter().filter(|run| run.name.contains(&only)) {
        let place = Place::new()?;
        place::pin(place::Core::Load);
        let warm = Load::new(&place.target(), run.speech, run.connections)?;
        warm.run(run.per_second / 4, Duration::from_secs(1))?;
        let load = Load::new(&place.target(), run.speech, run.connections)?;
        let (before, before_ns) = (place.answered(), place::spent_ns());
        let answered = load.run(run.per_second, span)?;
        let spent_ns = place::spent_ns() - before_ns;
        let within_ns = place.within_ns(&before);
        place::unpin();
        tell(figures, run, answered, [spent_ns as f64, within_ns]);
    }
    Ok(())
}

/// Adds what a run showed, beside all processor time of the server and each order's time within it.
fn tell(figures: &mut Figures, run: &Run, answered: Answers, [spent_ns, within_ns]: [f64; 2]) {
    let count = answered.spans.len() as f64;
    let mean = answered.spans.iter().sum::<u64>() as f64 / count.max(1.0);
    let percentiles = clock::percentiles(answered.spans, 0);
    let late = clock::percentiles(answered.late, 0);
    let each_us = spent_ns / count.max(1.0) / 1e3;
    for (name, value, unit, asked) in [
        (
            "orders answered",
            count / answered.seconds,
            "orders/s",
            None,
        ),
        (
            "orders refused as BUSY",
            answered.busy as f64,
            "orders",
            Some("0"),
        ),
        (
            "processor time of the server for an order",
            each_us,
            "us",
            None,
        ),
        (
            "mean of an order within the server",
            within_ns / 1e3,
            "us",
            None,
        ),
    ] {
        let name = format!("{name}, {}", run.name);
        figures.rows.push(row(name, value, unit, asked));
    }
    let names = ["mean", "p99", "p50", "p99.9"];
    let values = [
        mean,
        percentiles[1] as f64,
        percentiles[0] as f64,
        percentiles[2] as f64,
    ];
    let asked = [run.asked[0], run.asked[1], None, None];
    for (name, value) in ["p50", "p99"].into_iter().zip(late) {
        figures.rows.push(row(
            format!("{name} of how late an order was given, {}", run.name),
            value as f64 / 1e3,
            "us",
            None,
        ));
    }
    for ((name, value), asked) in names.into_iter().zip(values).zip(asked) {
        figures.rows.push(row(
            format!("{name} of an order, {}", run.name),
            value / 1e3,
            "us",
            asked,
        ));
    }
}

fn row(name: String, value: f64, unit: &'static str, asked: Option<&'static str>) -> Row {
    Row {
        name,
        value,
        unit,
        baseline: None,
        asked,
    }
}
