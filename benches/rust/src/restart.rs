//! How long a venue takes to be ready again: a snapshot of many orders, and a long tail behind it.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command as Process;
use std::thread;
use std::time::{Duration, Instant};

use tradecore_core::matching::{Command, NewOrder, Report, Sink};
use tradecore_core::units::Side;
use tradecore_journal::disk::LocalDisk;
use tradecore_journal::durable::{Ack, DurableLog, JournalError, JournalOptions};
use tradecore_journal::{CommandLog as _, Sequencer};

use crate::figure::{Figures, Row};
use crate::journal::Place;
use crate::runner;

/// Orders that rest in the snapshot.
const RESTING: u64 = 1_000_000;
/// Commands behind it.
const TAIL: u64 = 10_000_000;
/// So many milliseconds a snapshot may take.
const SNAPSHOT_MS_MAX: u64 = 60_000;

type Durable = Sequencer<DurableLog<LocalDisk>>;

/// Who listens to nothing.
struct Nobody;

impl Sink for Nobody {
    fn push(&mut self, _: Report, _: impl FnOnce() -> i128) {}
}

/// Writes a journal, and has another process open it.
pub(crate) fn measure(figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let place = Place::new();
    fs::create_dir_all(&place.0)?;
    write(&place.0)?;
    let program = std::env::current_exe()?;
    let done = Process::new(program).arg("--open").arg(&place.0).output()?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into());
    }
    let text = String::from_utf8(done.stdout)?;
    let mut numbers = text.split_whitespace().map(str::parse::<f64>);
    let mut next = || numbers.next().ok_or("a number is missing");
    let (seconds, megabytes) = (next()??, next()??);
    let what = "1 M resting orders and 10 M commands behind them";
    figures.rows.push(Row {
        name: format!("ready again, {what}"),
        value: seconds,
        unit: "s",
        baseline: None,
        asked: Some("<= 10 s"),
    });
    figures.rows.push(Row {
        name: "most memory of a process that does that".to_owned(),
        value: megabytes,
        unit: "MB",
        baseline: None,
        asked: Some("<= 1000 MB"),
    });
    Ok(())
}

/// Opens the journal in a folder; seconds, and megabytes the process had at most.
pub(crate) fn open(folder: &Path) -> Result<String, Box<dyn Error>> {
    let started = Instant::now();
    let sequencer = journaled(folder)?;
    let seconds = started.elapsed().as_secs_f64();
    let live = sequencer.engine().live_orders();
    if u64::from(live) != RESTING || sequencer.log().position() != RESTING + TAIL {
        return Err(format!("the journal of {RESTING} orders has {live}").into());
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    Ok(format!("{seconds} {}", peak.unwrap_or(f64::NAN) / 1000.0))
}

fn journaled(folder: &Path) -> Result<Durable, Box<dyn Error>> {
    let disk = LocalDisk::lock(folder)?.ok_or("the folder is taken")?;
    let instruments = runner::engine()?.instruments().to_vec();
    let options = JournalOptions {
        ack: Ack::Memory,
        snapshot_bytes: u64::MAX,
        ..JournalOptions::default()
    };
    let log = DurableLog::open(disk, &instruments, options)?;
    Ok(Sequencer::open(instruments, log, &mut Nobody)?)
}

/// Orders that rest, a snapshot, and orders at the touch that come and go.
fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut sequencer = journaled(folder)?;
    for number in 0..RESTING {
        let is_buy = number.is_multiple_of(2);
        let away = i64::try_from(number % 5_000)?;
        let order = NewOrder {
            side: if is_buy { Side::Buy } else { Side::Sell },
            price: if is_buy { 10_000 - away } else { 10_002 + away },
            qty: 1,
            account: u32::try_from(number % 100)?,
            ..NewOrder::default()
        };
        tell(&mut sequencer, &Command::New(order))?;
    }
    sequencer.mark()?;
    let is_there = || {
        let names = fs::read_dir(folder)?.filter_map(Result::ok);
        let mut names = names.map(|entry| entry.file_name());
        Ok::<_, std::io::Error>(names.any(|name| name.to_string_lossy().starts_with("snap-")))
    };
    let started = Instant::now();
    while !is_there()? {
        if started.elapsed() > Duration::from_millis(SNAPSHOT_MS_MAX) {
            return Err("a snapshot is taken within a minute".into());
        }
        thread::sleep(Duration::from_millis(50));
    }
    for number in 0..TAIL / 2 {
        let order_id = RESTING + number + 1;
        let order = NewOrder {
            price: 10_001,
            qty: 1,
            order_id,
            ..NewOrder::default()
        };
        tell(&mut sequencer, &Command::New(order))?;
        let symbol = 0;
        tell(&mut sequencer, &Command::Cancel { symbol, order_id })?;
    }
    sequencer.log_mut().close()?;
    Ok(())
}

/// Tells a command, however long its place has to be waited for.
fn tell(sequencer: &mut Durable, command: &Command) -> Result<(), JournalError> {
    loop {
        match sequencer.apply(command, &mut Nobody) {
            Err(JournalError::Busy { .. }) => thread::sleep(Duration::from_millis(1)),
            done => return done.map(drop),
        }
    }
}
