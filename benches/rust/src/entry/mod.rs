//! What an order costs from a client's socket to its durable answer: open loop, at a fixed rate.
//!
//! The server's threads run on the first core the process may use, the load on the last, the
//! journal on either. Latency counts from the moment a request was due, whether it could be sent
//! then or not; how late it was given to its socket is told beside it, and is no part that is taken
//! off. A run waits for late answers; where answers are lost it fails, and says how many.
//!
//! The load pauses for 50 us between two looks, which counts in every latency: where there are two
//! cores, one that never sleeps shares its own with the journal's writer and the disk's threads.
//! `ENTRY_SECONDS` (5) is the length of a run.

mod load;
mod place;
mod speech;
mod target;

use std::error::Error;
use std::time::Duration;

use crate::clock;
use crate::figure::{Figures, Row};
use load::Load;
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
    for run in &RUNS {
        let place = Place::new()?;
        place::pin(place::Core::Load);
        let warm = Load::new(&place.target(), run.speech, run.connections)?;
        warm.run(run.per_second / 4, Duration::from_secs(1))?;
        let load = Load::new(&place.target(), run.speech, run.connections)?;
        let before_ns = place::spent_ns();
        let answered = load.run(run.per_second, span)?;
        let spent_ns = place::spent_ns() - before_ns;
        place::unpin();
        let count = answered.spans.len() as f64;
        let mean = answered.spans.iter().sum::<u64>() as f64 / count.max(1.0);
        let percentiles = clock::percentiles(answered.spans, 0);
        let late = clock::percentiles(answered.late, 0);
        figures.rows.push(Row {
            name: format!("orders answered, {}", run.name),
            value: count / answered.seconds,
            unit: "orders/s",
            baseline: None,
            asked: None,
        });
        figures.rows.push(Row {
            name: format!("orders refused as BUSY, {}", run.name),
            value: answered.busy as f64,
            unit: "orders",
            baseline: None,
            asked: Some("0"),
        });
        figures.rows.push(Row {
            name: format!("processor time of the server for an order, {}", run.name),
            value: spent_ns as f64 / count.max(1.0) / 1e3,
            unit: "us",
            baseline: None,
            asked: None,
        });
        let names = ["mean", "p99", "p50", "p99.9"];
        let values = [
            mean,
            percentiles[1] as f64,
            percentiles[0] as f64,
            percentiles[2] as f64,
        ];
        let asked = [run.asked[0], run.asked[1], None, None];
        for (name, value) in ["p50", "p99"].into_iter().zip(late) {
            figures.rows.push(Row {
                name: format!("{name} of how late an order was given, {}", run.name),
                value: value as f64 / 1e3,
                unit: "us",
                baseline: None,
                asked: None,
            });
        }
        for ((name, value), asked) in names.into_iter().zip(values).zip(asked) {
            figures.rows.push(Row {
                name: format!("{name} of an order, {}", run.name),
                value: value / 1e3,
                unit: "us",
                baseline: None,
                asked,
            });
        }
    }
    Ok(())
}
