//! What durability costs: commands on a journal in this folder's disk, beside a bare sync.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tradecore_core::matching::{Command, NewOrder, Report, Terms};
use tradecore_core::units::Side;
use tradecore_journal::disk::{Disk, LocalDisk};
use tradecore_journal::durable::{Ack, DurableLog, JournalOptions};
use tradecore_journal::{CommandLog as _, Name, Sequencer};

use crate::clock;
use crate::figure::{Figures, Row};
use crate::runner;
use crate::watched::WatchedDisk;

/// Commands of a round.
const COMMANDS: usize = 500_000;
/// Syncs of the baseline.
const SYNCS: usize = 2_000;
/// Answers that may be waited for at a time.
const OUTSTANDING: u64 = 256;

/// Commands that may wait for the disk where nobody waits for theirs.
const WAITING: u64 = 50_000;

/// Commands of a round that come at their times, and how many a second.
const PACED: u64 = 400_000;
const PACE: u64 = 100_000;

/// How long two segments may take to be prepared.
const PREPARED_WITHIN: Duration = Duration::from_secs(60);

/// A folder of its own, removed with it.
pub(crate) struct Place(pub(crate) PathBuf);

impl Place {
    pub(crate) fn new() -> Self {
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
    for (ack, folder, answers) in [
        (Ack::Durable, "durable", 0),
        (Ack::Durable, "durable, names and answers", 100_000),
        (Ack::Memory, "memory", 0),
    ] {
        let (seconds, spans) = commands(&place.0.join(folder), ack, answers)?;
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
    let paced = paced(&place.0.join("paced"))?;
    let asked = [Some("<= 0.25 ms"), Some("<= 0.6 ms")];
    let whole = format!("to a durable answer, open loop at {PACE}/s");
    // What of it is the disk's, and what the system's that lets a thread wait for a processor.
    for (what, spans, asked) in [
        (whole.as_str(), paced.spans, asked),
        ("of the sync of a block in that run", paced.syncs, [None; 2]),
        (
            "from a command's time to its being given in that run",
            paced.late,
            [None; 2],
        ),
    ] {
        let percentiles = clock::percentiles(spans, 0);
        for ((name, asked), nanoseconds) in ["p50", "p99"].into_iter().zip(asked).zip(percentiles) {
            push(figures, format!("{name} {what}"), nanoseconds, asked);
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
    io::Write::write_all(&mut file, &vec![0; SYNCS * 128])?;
    file.sync_all()?;
    file.seek(SeekFrom::Start(0))?;
    let mut spans = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let started = Instant::now();
        io::Write::write_all(&mut file, &[1; 128])?;
        file.sync_data()?;
        spans.push(started.elapsed().as_nanos() as u64);
    }
    Ok(spans)
}

fn locked(folder: &Path) -> Result<LocalDisk, Box<dyn Error>> {
    Ok(LocalDisk::lock(folder)?.ok_or("the folder is taken")?)
}

/// An engine over a journal in a folder, that keeps so many answers.
fn journaled<D: Disk>(
    disk: D,
    folder: &Path,
    ack: Ack,
    answers: u32,
) -> Result<Sequencer<DurableLog<D>>, Box<dyn Error>> {
    let instruments = runner::engine()?.instruments().to_vec();
    let options = JournalOptions {
        ack,
        ..JournalOptions::default()
    };
    let log = DurableLog::open(disk, &instruments, options)?;
    let mut sequencer = Sequencer::open(instruments, log, &mut Vec::<Report>::new())?;
    sequencer.keep_answers(answers)?;
    // As a venue is that has run for a while: two segments are prepared.
    let prepared = folder.join("seg-0000000003.tcj");
    let started = Instant::now();
    while !prepared.exists() {
        if started.elapsed() > PREPARED_WITHIN {
            return Err("two segments are prepared within a minute".into());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(sequencer)
}

/// An order that rests, and then its cancel.
fn command(number: u64) -> Command {
    if number % 2 == 1 {
        return Command::Cancel {
            symbol: 0,
            order_id: number,
        };
    }
    let is_buy = number.is_multiple_of(4);
    Command::New(NewOrder {
        side: if is_buy { Side::Buy } else { Side::Sell },
        price: if is_buy { 100 } else { 101 },
        qty: 1,
        order_id: number + 1,
        ..NewOrder::default()
    })
}

/// Orders that rest and cancels, as many at a time as may be outstanding; seconds, and nanoseconds
/// from each command to its answer.
fn commands(folder: &Path, ack: Ack, answers: u32) -> Result<(f64, Vec<u64>), Box<dyn Error>> {
    let mut sequencer = journaled(locked(folder)?, folder, ack, answers)?;
    let before = sequencer.log().position();
    let mut reports: Vec<Report> = Vec::new();
    let mut begun = Vec::with_capacity(COMMANDS);
    let mut spans = Vec::with_capacity(COMMANDS);
    let mut name = String::new();
    let most = if ack == Ack::Durable {
        OUTSTANDING
    } else {
        WAITING
    };
    let started = Instant::now();
    for number in 0..COMMANDS as u64 {
        begun.push(Instant::now());
        match command(number) {
            Command::New(order) if answers > 0 => {
                name.clear();
                write!(name, "client-order-{number}")?;
                let name = Name::new(&name)?;
                sequencer.place(&order, &Terms::default(), name, &mut reports)?;
            }
            command => {
                sequencer.apply(&command, &mut reports)?;
            }
        }
        let asked = before + number + 1;
        if asked >= most + sequencer.log().on_medium() {
            sequencer.log().wait(asked - most + 1)?;
        }
        let now = Instant::now();
        let answered = usize::try_from(sequencer.log().durable().saturating_sub(before))?;
        for begun in &begun[spans.len()..answered.max(spans.len())] {
            spans.push((now - *begun).as_nanos() as u64);
        }
        sequencer.release(&mut reports);
        reports.clear();
    }
    sequencer.log().wait(before + COMMANDS as u64)?;
    Ok((started.elapsed().as_secs_f64(), spans))
}

/// Nanoseconds of a run at a pace.
struct Paced {
    /// From each command's time to the moment its answer is known to be durable.
    spans: Vec<u64>,
    /// From each command's time to the moment it was given: the thread waited for a processor.
    late: Vec<u64>,
    /// Of each sync of a block.
    syncs: Vec<u64>,
}

/// Commands that come at their times, whatever became of those before.
fn paced(folder: &Path) -> Result<Paced, Box<dyn Error>> {
    let disk = WatchedDisk::new(locked(folder)?);
    let mut sequencer = journaled(disk.clone(), folder, Ack::Durable, 0)?;
    disk.take();
    let mut reports: Vec<Report> = Vec::new();
    let mut spans = Vec::with_capacity(PACED as usize);
    let mut late = Vec::with_capacity(PACED as usize);
    let started = Instant::now();
    let due = |number: u64| Duration::from_nanos(number * 1_000_000_000 / PACE);
    let mut number = 0;
    while (spans.len() as u64) < PACED {
        let now = started.elapsed();
        if number < PACED && now >= due(number) {
            late.push(now.saturating_sub(due(number)).as_nanos() as u64);
            sequencer.apply(&command(number), &mut reports)?;
            number += 1;
        } else {
            // Whoever writes may need this processor.
            std::thread::yield_now();
        }
        let durable = sequencer.log().durable();
        let now = started.elapsed();
        while (spans.len() as u64) < durable {
            let late = now.saturating_sub(due(spans.len() as u64));
            spans.push(late.as_nanos() as u64);
        }
        sequencer.release(&mut reports);
        reports.clear();
    }
    let syncs = disk.take();
    Ok(Paced { spans, late, syncs })
}
