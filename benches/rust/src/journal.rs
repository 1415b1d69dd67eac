//! What durability costs: commands on a journal in this folder's disk, beside a bare sync.

use std::error::Error;
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use tradecore_core::matching::{Command, NewOrder, Report};
use tradecore_core::units::Side;
use tradecore_journal::disk::LocalDisk;
use tradecore_journal::durable::{Ack, DurableLog, JournalOptions};
use tradecore_journal::{CommandLog as _, Sequencer};

use crate::clock;
use crate::figure::{Figures, Row};
use crate::runner;

/// Commands of a round.
const COMMANDS: usize = 500_000;
/// Syncs of the baseline.
const SYNCS: usize = 2_000;
/// Answers that may be waited for at a time.
const OUTSTANDING: u64 = 256;

/// Commands that may wait for the disk where nobody waits for theirs.
const WAITING: u64 = 50_000;

/// A folder of its own, removed with it.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let name = format!("tradecore-bench-{}", std::process::id());
        Self(std::env::current_dir().unwrap_or_default().join(name))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Measures a sync by itself, then commands that wait for theirs, then commands that do not.
pub(crate) fn measure(figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let place = Place::new();
    fs::create_dir_all(&place.0)?;
    let bare = clock::percentiles(syncs(&place.0)?, 0);
    for (name, nanoseconds) in ["p50", "p99"].into_iter().zip(bare) {
        push(
            figures,
            format!("{name} of a bare sync of 128 bytes"),
            nanoseconds,
            None,
        );
    }
    for (ack, folder) in [(Ack::Durable, "durable"), (Ack::Memory, "memory")] {
        let (seconds, spans) = commands(&place.0.join(folder), ack)?;
        figures.rows.push(Row {
            name: format!("commands on a journal, {folder}, {OUTSTANDING} outstanding"),
            value: COMMANDS as f64 / seconds,
            unit: "commands/s",
            baseline: None,
            asked: (ack == Ack::Durable).then_some(">= 250 k/s"),
        });
        let asked = [None, (ack == Ack::Durable).then_some("<= 1 ms")];
        let percentiles = clock::percentiles(spans, 0);
        for ((name, asked), nanoseconds) in ["p50", "p99"].into_iter().zip(asked).zip(percentiles) {
            let text = format!("{name} from a command to its answer, {folder}");
            push(figures, text, nanoseconds, asked);
        }
    }
    Ok(())
}

fn push(figures: &mut Figures, name: String, nanoseconds: u64, asked: Option<&'static str>) {
    figures.rows.push(Row {
        name,
        value: nanoseconds as f64,
        unit: "ns",
        baseline: None,
        asked,
    });
}

/// Nanoseconds of each write and sync of 128 bytes in a file of zeros.
fn syncs(folder: &Path) -> Result<Vec<u64>, Box<dyn Error>> {
    let mut file = fs::File::create_new(folder.join("bare"))?;
    file.write_all(&vec![0; SYNCS * 128])?;
    file.sync_all()?;
    file.seek(SeekFrom::Start(0))?;
    let mut spans = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let started = Instant::now();
        file.write_all(&[1; 128])?;
        file.sync_data()?;
        spans.push(started.elapsed().as_nanos() as u64);
    }
    Ok(spans)
}

/// Orders that rest and cancels, as many at a time as may be outstanding; seconds, and nanoseconds
/// from each command to its answer.
fn commands(folder: &Path, ack: Ack) -> Result<(f64, Vec<u64>), Box<dyn Error>> {
    let disk = LocalDisk::lock(folder)?.ok_or("the folder is taken")?;
    let instruments = runner::engine()?.instruments().to_vec();
    let options = JournalOptions {
        ack,
        ..JournalOptions::default()
    };
    let log = DurableLog::open(disk, &instruments, options)?;
    let mut reports: Vec<Report> = Vec::new();
    let mut sequencer = Sequencer::open(instruments, log, &mut reports)?;
    let mut begun = Vec::with_capacity(COMMANDS);
    let mut spans = Vec::with_capacity(COMMANDS);
    let started = Instant::now();
    for number in 0..COMMANDS as u64 {
        let command = match number % 2 {
            0 => Command::New(NewOrder {
                side: if number % 4 == 0 {
                    Side::Buy
                } else {
                    Side::Sell
                },
                price: if number % 4 == 0 { 100 } else { 101 },
                qty: 1,
                order_id: number + 1,
                ..NewOrder::default()
            }),
            _ => Command::Cancel {
                symbol: 0,
                order_id: number,
            },
        };
        begun.push(Instant::now());
        sequencer.apply(&command, &mut reports)?;
        let asked = number + 1;
        let most = if ack == Ack::Durable {
            OUTSTANDING
        } else {
            WAITING
        };
        if asked >= most + sequencer.log().on_medium() {
            sequencer.log().wait(asked - most + 1)?;
        }
        let now = Instant::now();
        for begun in &begun[spans.len()..usize::try_from(sequencer.log().durable())?] {
            spans.push((now - *begun).as_nanos() as u64);
        }
        sequencer.release(&mut reports);
        reports.clear();
    }
    sequencer.log().wait(COMMANDS as u64)?;
    Ok((started.elapsed().as_secs_f64(), spans))
}
